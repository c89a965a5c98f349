package dev.convector.jmh.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.race.Fact;
import dev.convector.jmh.race.Relay;
import dev.convector.jmh.race.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One session's facts and JMH results, iterations given back to their contenders. */
final class Results {
  private static final String SUFFIX = ".session.json";

  /** Scores of the benchmarks of the machine: benchmark, threads and when, joined by slashes. */
  private final Map<String, Double> machine = new LinkedHashMap<>();

  private final Map<String, Gathered> gathered = new LinkedHashMap<>();
  private final Session session;
  private final List<Timing> timings;

  /** GFLOP/s of the multiply-adds that took turns with a task's contenders, by task. */
  private final Map<String, Double> peaks;

  private record Key(String task, int threads, int batch, String contender) {}

  /** Turns of one contender, from all forks. */
  private record Gathered(Key key, List<Double> nanos) {}

  private Results(Session session, JsonNode jmh) {
    this.session = session;
    for (JsonNode result : jmh) {
      String benchmark = result.get("benchmark").asText();
      String[] path = benchmark.split("\\.");
      String type = path[path.length - 2];
      JsonNode params = result.get("params");
      if (params.has("contenders")) {
        gather(params, result);
      } else {
        String key = type + "/" + result.get("threads").asInt() + "/" + params.get("when").asText();
        machine.put(key, result.at("/primaryMetric/score").asDouble());
      }
    }
    peaks =
        gathered.values().stream()
            .filter(turns -> turns.key.contender.equals(Relay.PEAK))
            .collect(Collectors.toMap(turns -> turns.key.task, this::peak));
    timings =
        gathered.values().stream()
            .filter(turns -> !turns.key.contender.equals(Relay.PEAK))
            .map(this::timing)
            .toList();
  }

  /** All sessions of a folder, by name. */
  static List<Results> in(Path folder) throws IOException {
    List<Path> files;
    try (var entries = Files.list(folder)) {
      files = entries.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList();
    }
    ObjectMapper mapper = new ObjectMapper();
    List<Results> all = new ArrayList<>();
    for (Path file : files) {
      Session session = mapper.readValue(file.toFile(), Session.class);
      JsonNode jmh = mapper.readTree(folder.resolve(session.name() + ".json").toFile());
      all.add(new Results(session, jmh));
    }
    return all;
  }

  Session session() {
    return session;
  }

  Collection<Timing> timings() {
    return timings;
  }

  TreeSet<Integer> threadCounts() {
    TreeSet<Integer> counts = new TreeSet<>();
    timings.forEach(timing -> counts.add(timing.threads()));
    return counts;
  }

  /** GFLOP/s that FMA can reach; NaN if it was not measured. */
  double peak(int threads, String when) {
    return session.lanes() * machine("FmaPeak", threads, when);
  }

  /** The mean of before and after, of which either may be missing. */
  double peak(int threads) {
    return mean(peak(threads, "before"), peak(threads, "after"));
  }

  /** What FMA reached in turn with a task's contenders; the session's mean if it took none. */
  double peak(String task, int threads) {
    return threads == 1 ? peaks.getOrDefault(task, peak(1)) : peak(threads);
  }

  /** The first quartile: where C2 is busy with the contenders, some turns are not compiled yet. */
  private double peak(Gathered turns) {
    double nanos = Timing.quantile(sorted(turns), 0.25);
    return (double) session.lanes() * FmaPeak.FLOPS_PER_LANE / nanos;
  }

  private static double[] sorted(Gathered turns) {
    return turns.nanos.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /** Those that the machine was measured with. */
  TreeSet<Integer> machineThreads() {
    TreeSet<Integer> counts = new TreeSet<>();
    for (String key : machine.keySet()) {
      if (key.startsWith("FmaPeak/")) {
        counts.add(Integer.valueOf(key.split("/")[1]));
      }
    }
    return counts;
  }

  /** What the tables' batch was multiplied by; products of matrices have none. */
  int batch() {
    return timings.stream().mapToInt(Timing::batch).max().orElse(1);
  }

  /** GB/s that are read of main memory; NaN if it was not measured. */
  double readBandwidth(int threads, String when) {
    return machine("ReadBandwidth", threads, when);
  }

  double readBandwidth(int threads) {
    return mean(readBandwidth(threads, "before"), readBandwidth(threads, "after"));
  }

  /** GB/s of a copy in main memory, read and written. */
  double bandwidth(int threads, String when) {
    return machine("MemoryBandwidth", threads, when);
  }

  double bandwidth(int threads) {
    return mean(bandwidth(threads, "before"), bandwidth(threads, "after"));
  }

  /** Nanoseconds from one core to another and back. */
  double roundTrip(String when) {
    return machine("CoreRoundTrip", 2, when);
  }

  private double machine(String benchmark, int threads, String when) {
    return machine.getOrDefault(benchmark + "/" + threads + "/" + when, Double.NaN);
  }

  private static double mean(double a, double b) {
    return Double.isNaN(a) ? b : Double.isNaN(b) ? a : (a + b) / 2;
  }

  /** Iteration i of a fork belongs to contender i modulo their number. */
  private void gather(JsonNode params, JsonNode result) {
    String[] contenders = params.get("contenders").asText().split(",");
    String task = params.has("layer") ? params.get("layer").asText() : params.get("size").asText();
    int batch = params.path("batch").asInt(1);
    JsonNode times = result.at("/primaryMetric/rawData");
    for (int fork = 0; fork < times.size(); fork++) {
      for (int i = 0; i < times.get(fork).size(); i++) {
        Key key =
            new Key(task, params.get("threads").asInt(), batch, contenders[i % contenders.length]);
        Gathered turns =
            gathered.computeIfAbsent(key.toString(), k -> new Gathered(key, new ArrayList<>()));
        turns.nanos.add(times.get(fork).get(i).asDouble());
      }
    }
  }

  private Timing timing(Gathered turns) {
    Key key = turns.key;
    List<Fact> facts =
        session.facts().stream()
            .filter(f -> f.task().equals(key.task) && f.threads() == key.threads)
            .filter(f -> f.contender().equals(key.contender))
            .toList();
    String failure =
        facts.isEmpty()
            ? "its output was not checked"
            : facts.stream().map(Fact::failure).filter(f -> !f.isEmpty()).findAny().orElse("");
    return new Timing(
        key.task,
        key.threads,
        key.batch,
        key.contender,
        sorted(turns),
        facts.stream().mapToDouble(Fact::allocatedBytes).average().orElse(Double.NaN),
        facts.isEmpty() ? "" : facts.getFirst().algorithm(),
        facts.isEmpty() ? -1 : facts.getFirst().workspaceBytes(),
        failure,
        facts.stream().mapToLong(Fact::oracleNanos).average().orElse(Double.NaN));
  }
}

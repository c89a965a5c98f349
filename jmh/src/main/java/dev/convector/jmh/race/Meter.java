package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.machine.ClockSpeed;
import dev.convector.jmh.machine.CoreRoundTrip;
import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.machine.MemoryBandwidth;
import dev.convector.jmh.machine.ReadBandwidth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Calls JMH, one fork at a time, and collects results and facts. */
public final class Meter {
  /**
   * Of every fork. The last two change no result: native memory is freed at once rather than
   * through the collector, which suits the natives, and JMH's use of Unsafe is not warned of.
   */
  static final List<String> JVM_FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.bytedeco.javacpp.nopointergc=true",
          "--sun-misc-unsafe-memory-access=allow");

  private final List<String> flags = new ArrayList<>(JVM_FLAGS);
  private final int rounds;
  private final int turnMillis;
  private final int warmupMillis;
  private final List<Reading> readings = new ArrayList<>();
  private final Tally tally = new Tally();
  private final Map<String, String> versions = new TreeMap<>();

  /**
   * @param moreFlags of every fork, after {@link #JVM_FLAGS}
   */
  public Meter(int rounds, int turnMillis, int warmupMillis, List<String> moreFlags) {
    flags.addAll(moreFlags);
    this.rounds = rounds;
    this.turnMillis = turnMillis;
    this.warmupMillis = warmupMillis;
  }

  public List<String> flags() {
    return flags;
  }

  public List<Reading> readings() {
    return readings;
  }

  public List<Timing> timings() {
    return tally.timings();
  }

  /** Of the libraries that answered, as they say themselves. */
  public Map<String, String> versions() {
    return versions;
  }

  /** The machine itself: the peak and memory's speed on one thread and on all that are used. */
  public void machine(String when, List<Integer> threadCounts) throws RunnerException {
    read(ClockSpeed.class, when, 1);
    for (Class<?> benchmark : List.of(FmaPeak.class, MemoryBandwidth.class, ReadBandwidth.class)) {
      for (int threads : threadCounts) {
        read(benchmark, when, threads);
      }
    }
    if (Runtime.getRuntime().availableProcessors() > 1) {
      read(CoreRoundTrip.class, when, 0);
    }
  }

  /** On so many threads, or if none on those that the benchmark asks for. */
  private void read(Class<?> benchmark, String when, int threads) throws RunnerException {
    ChainedOptionsBuilder options = machineOptions(benchmark, when);
    if (threads > 0) {
      options.threads(threads);
    }
    for (RunResult result : run(options)) {
      double score = result.getPrimaryResult().getScore();
      readings.add(
          new Reading(benchmark.getSimpleName(), result.getParams().getThreads(), when, score));
    }
  }

  /**
   * One fork of a layer, with contenders that share it.
   *
   * @param collector of garbage; empty for the JVM's own choice
   */
  public void layer(Layer layer, int batch, int threads, String collector, String contenders)
      throws IOException {
    fork(
        new Tally.Key(layer.name(), threads, batch, collector, ""),
        contenders,
        options(ConvRace.class)
            .param("layer", layer.name())
            .param("batch", Integer.toString(batch))
            .param("threads", Integer.toString(threads)));
  }

  /** One fork of a matrix product. */
  public void gemm(GemmSize size, int threads, String contenders) throws IOException {
    fork(
        new Tally.Key(size.name(), threads, 1, "", ""),
        contenders,
        options(GemmRace.class)
            .param("size", size.name())
            .param("threads", Integer.toString(threads)));
  }

  /** A fork that dies disqualifies its contenders, not the race. */
  private void fork(Tally.Key place, String contenders, ChainedOptionsBuilder options)
      throws IOException {
    String[] turns = (place.threads() == 1 ? contenders + "," + Relay.PEAK : contenders).split(",");
    Path report = Files.createTempFile("race", ".json");
    List<String> more = new ArrayList<>(List.of("-D" + Relay.FACTS_PROPERTY + "=" + report));
    if (!place.collector().isEmpty()) {
      more.add("-XX:+Use" + place.collector() + "GC");
    }
    try {
      tally.fork(
          place,
          turns,
          run(
              options
                  .param("contenders", String.join(",", turns))
                  .jvmArgsAppend(more.toArray(String[]::new))
                  .warmupIterations(turns.length)
                  .warmupTime(TimeValue.milliseconds(warmupMillis))
                  .measurementIterations(turns.length * rounds)
                  .measurementTime(TimeValue.milliseconds(turnMillis))));
      keep(
          place, new ObjectMapper().readValue(report.toFile(), new TypeReference<List<Fact>>() {}));
    } catch (RunnerException e) {
      List<Fact> facts = new ArrayList<>();
      for (String name : contenders.split(",")) {
        facts.add(Fact.failed(name, "its JVM failed: " + e));
      }
      keep(place, facts);
    } finally {
      Files.deleteIfExists(report);
    }
  }

  private void keep(Tally.Key place, List<Fact> facts) {
    tally.facts(place, facts);
    for (Fact fact : facts) {
      if (!fact.version().isEmpty()) {
        versions.put(fact.contender().substring(0, fact.contender().indexOf('/')), fact.version());
      }
    }
  }

  private ChainedOptionsBuilder machineOptions(Class<?> benchmark, String when) {
    return options(benchmark)
        .param("when", when)
        .warmupIterations(2)
        .warmupTime(TimeValue.milliseconds(300))
        .measurementIterations(4)
        .measurementTime(TimeValue.milliseconds(150));
  }

  private ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include("\\Q" + benchmark.getName() + ".\\E.*")
        .forks(1)
        .jvmArgs(flags.toArray(String[]::new))
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run();
  }
}

package dev.convector.jmh.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.convector.jmh.race.Fact;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A session made up for a test: its files as the race writes them, read as the report does. */
final class Measured {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ArrayNode jmh = MAPPER.createArrayNode();
  private final List<Fact> facts = new ArrayList<>();
  private final List<NetworkRun> networkRuns = new ArrayList<>();

  /** A contender's turns in nanoseconds; all contenders of a race take as many. */
  record Turns(String contender, String algorithm, String failure, double... nanos) {}

  static Turns turns(String contender, double... nanos) {
    return new Turns(contender, "DIRECT", "", nanos);
  }

  static Turns turns(String contender, String algorithm, double... nanos) {
    return new Turns(contender, algorithm, "", nanos);
  }

  static Turns disqualified(String contender, double... nanos) {
    return new Turns(contender, "DIRECT", "wrong", nanos);
  }

  /** One fork in which the contenders take turns. */
  Measured race(String task, int threads, Turns... contenders) {
    double[] times =
        Stream.iterate(0, i -> i + 1)
            .limit(contenders[0].nanos.length)
            .flatMap(i -> Arrays.stream(contenders).map(c -> c.nanos[i]))
            .mapToDouble(Double::doubleValue)
            .toArray();
    String names = Arrays.stream(contenders).map(Turns::contender).collect(Collectors.joining(","));
    for (Turns c : contenders) {
      facts.add(
          new Fact(task, threads, c.contender, "", c.algorithm, 0, 0, 0, 0, c.failure, 5_000_000));
    }
    return forks(task, threads, names, times);
  }

  /** Iterations of each fork in the order in which they were measured; no facts. */
  Measured forks(String task, int threads, String contenders, double[]... times) {
    ObjectNode result = result("ConvRace.race", threads);
    ObjectNode params = result.putObject("params");
    params.put("contenders", contenders);
    params.put("threads", Integer.toString(threads));
    params.put(task.startsWith("gemm/") ? "size" : "layer", task);
    result.putObject("primaryMetric").set("rawData", MAPPER.valueToTree(times));
    return this;
  }

  /** What a benchmark of the machine found. */
  Measured machine(String type, int threads, String when, double score) {
    ObjectNode result = result(type + ".run", threads);
    result.putObject("params").put("when", when);
    result.putObject("primaryMetric").put("score", score);
    return this;
  }

  /** A whole network. */
  Measured network(NetworkRun run) {
    networkRuns.add(run);
    return this;
  }

  private ObjectNode result(String benchmark, int threads) {
    ObjectNode result = jmh.addObject();
    result.put("benchmark", "dev.convector.jmh.race." + benchmark);
    result.put("threads", threads);
    return result;
  }

  /** Of a processor called "Abacus 3000" with 16 lanes. */
  Results read(Path folder) throws IOException {
    Session session =
        new Session(
            "test",
            "",
            "2000-01-01T00:00:00Z",
            "",
            "Abacus 3000",
            2,
            16,
            0,
            "",
            "",
            List.of(),
            List.of(),
            1,
            1,
            1,
            1,
            facts,
            null,
            null,
            null,
            null,
            networkRuns);
    MAPPER.writeValue(folder.resolve("test.session.json").toFile(), session);
    Files.writeString(folder.resolve("test.json"), jmh.toString());
    return Results.in(folder).getFirst();
  }
}

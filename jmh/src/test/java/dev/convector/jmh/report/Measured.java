package dev.convector.jmh.report;

import dev.convector.jmh.race.Archive;
import dev.convector.jmh.race.Fact;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Reading;
import dev.convector.jmh.race.Relay;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.race.Tally;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A session made up for a test: its files as the race writes them, read as the report does. */
final class Measured {
  private final Tally tally = new Tally();
  private final List<Reading> readings = new ArrayList<>();
  private final List<NetworkRun> networkRuns = new ArrayList<>();
  private int lanes = 16;

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
    return under("", task, threads, contenders);
  }

  /** The same under a collector. */
  Measured under(String collector, String task, int threads, Turns... contenders) {
    Tally.Key place = new Tally.Key(task, threads, 1, collector, "");
    double[] times =
        IntStream.range(0, contenders[0].nanos.length)
            .boxed()
            .flatMapToDouble(i -> Arrays.stream(contenders).mapToDouble(c -> c.nanos[i]))
            .toArray();
    tally.fork(
        place, Arrays.stream(contenders).map(Turns::contender).toArray(String[]::new), times);
    tally.facts(
        place,
        Arrays.stream(contenders)
            .filter(c -> !c.contender.equals(Relay.PEAK))
            .map(c -> new Fact(c.contender, "", c.algorithm, 0, 0, 0, 0, c.failure, 5_000_000))
            .toList());
    return this;
  }

  /** Iterations of each fork in the order in which they were measured; no facts. */
  Measured forks(String task, int threads, String contenders, double[]... times) {
    for (double[] fork : times) {
      tally.fork(new Tally.Key(task, threads, 1, "", ""), contenders.split(","), fork);
    }
    return this;
  }

  /** What a benchmark of the machine found. */
  Measured machine(String what, int threads, String when, double score) {
    readings.add(new Reading(what, threads, when, score));
    return this;
  }

  /** Vectors of so many floats, instead of 16. */
  Measured lanes(int count) {
    lanes = count;
    return this;
  }

  /** A whole network. */
  Measured network(NetworkRun run) {
    networkRuns.add(run);
    return this;
  }

  /** Of a processor called "Abacus 3000" with 16 lanes. */
  Results read(Path folder) throws IOException {
    return write(folder, "test", "2000-01-01");
  }

  /** As one of several sessions in a folder; returns the newest of its name. */
  Results write(Path folder, String name, String day) throws IOException {
    write(folder, name, day, "Abacus 3000");
    return Results.in(folder).stream()
        .filter(results -> results.session().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The same on another processor. */
  void write(Path folder, String name, String day, String processor) throws IOException {
    Session session =
        new Session(
            name,
            "race",
            day + "T00:00:00Z",
            "abc",
            processor,
            2,
            lanes,
            0,
            "",
            "",
            "G1",
            List.of(),
            List.of(),
            1,
            1,
            1,
            1,
            400,
            8000,
            Map.of("onednn", "3"),
            readings,
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            networkRuns);
    new Archive(folder).write(session, tally.timings());
  }
}

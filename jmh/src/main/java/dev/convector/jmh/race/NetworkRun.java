package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A whole network in one library.
 *
 * @param network its name
 * @param input {@code [batch, channels, height, width]}
 * @param threads that the library may use
 * @param contender the library
 * @param version as the library reports it
 * @param millis of a run, median over the turns
 * @param difference the largest from what the first native library answers, in parts of that
 *     answer's root mean square; NaN without one
 * @param fresh what it takes alone in a process; null if that was not measured
 */
public record NetworkRun(
    String network,
    List<Integer> input,
    int threads,
    String contender,
    String version,
    double millis,
    double difference,
    FreshProcess fresh) {
  /** Outputs agree up to here. */
  public static final double TOLERANCE = 1e-3;

  public static final String NAME = "networks";

  /** Turns and warm-up are so many times longer than a layer's. */
  public static final int TIMES_LONGER = 10;

  /** On two threads MobileNet V2 is steady 5.2 s after its session was made, on one after 4.1. */
  public static final int LEAST_WARMUP_MILLIS = 8000;

  /** ONNX Runtime's idle workers spin for some 50 ms, counted in loops. */
  private static final int PAUSE_MILLIS = 200;

  /** Images of a run. */
  public int batch() {
    return input.getFirst();
  }

  public double millisAnImage() {
    return millis / batch();
  }

  /**
   * Contenders take turns in a JVM of their own, then each has a process for itself. What is
   * compiled ahead needs one turn to warm up, and a third of a process's time.
   *
   * @param file of the network, written for its batch
   * @param freshSeconds of each such process; 0 for none
   */
  public static List<NetworkRun> inChildren(
      Network network,
      Path file,
      int threads,
      List<Library> libraries,
      Turns turns,
      double freshSeconds,
      List<String> flags)
      throws IOException {
    List<NetworkRun> runs = new ArrayList<>();
    for (NetworkRun run : takingTurns(network, file, threads, libraries, turns, flags)) {
      Library library = Libraries.named(run.contender);
      double seconds = library.isNative() ? freshSeconds / 3 : freshSeconds;
      runs.add(
          seconds == 0
              ? run
              : run.with(FreshProcess.start(network, file, library, threads, seconds, flags)));
    }
    return runs;
  }

  private NetworkRun with(FreshProcess process) {
    return new NetworkRun(network, input, threads, contender, version, millis, difference, process);
  }

  private static List<NetworkRun> takingTurns(
      Network network,
      Path file,
      int threads,
      List<Library> libraries,
      Turns turns,
      List<String> flags)
      throws IOException {
    List<String> names =
        libraries.stream().filter(Library::runsNetworks).map(Library::name).toList();
    if (names.isEmpty()) {
      return List.of();
    }
    return Child.call(
        flags,
        new TypeReference<>() {},
        NAME,
        network.name(),
        Integer.toString(network.batch()),
        file.toString(),
        Integer.toString(threads),
        String.join(",", names),
        Integer.toString(turns.rounds()),
        Integer.toString(turns.turnMillis()),
        Integer.toString(turns.warmupMillis()));
  }

  /** Of the child: network, batch, file, threads, libraries, then the turns. */
  static List<NetworkRun> measure(List<String> arguments) throws Exception {
    Network network = Networks.named(arguments.get(0)).ofBatch(Integer.parseInt(arguments.get(1)));
    int threads = Integer.parseInt(arguments.get(3));
    List<Library> libraries =
        List.of(arguments.get(4).split(",")).stream().map(Libraries::named).toList();
    Turns turns =
        new Turns(
            Integer.parseInt(arguments.get(5)),
            Integer.parseInt(arguments.get(6)),
            Integer.parseInt(arguments.get(7)),
            threads == 1 ? 0 : PAUSE_MILLIS);
    return measure(new NetworkTask(network, Path.of(arguments.get(2))), threads, libraries, turns);
  }

  static List<NetworkRun> measure(
      NetworkTask task, int threads, List<Library> libraries, Turns turns) throws Exception {
    List<Contender> contenders = new ArrayList<>();
    for (Library library : libraries) {
      contenders.add(library.prepare(task, threads));
    }
    double[] nanos =
        turns.medians(
            contenders.stream()
                .<Callable<?>>map(
                    contender ->
                        () -> {
                          contender.run();
                          return contender;
                        })
                .toList(),
            libraries.stream()
                .map(library -> library.isNative() ? turns.turnMillis() : turns.warmupMillis())
                .toList());
    float[] expected = null;
    for (int i = 0; i < libraries.size() && expected == null; i++) {
      expected = libraries.get(i).isNative() ? contenders.get(i).output() : null;
    }
    List<NetworkRun> runs = new ArrayList<>();
    for (int i = 0; i < libraries.size(); i++) {
      Library library = libraries.get(i);
      try (Contender contender = contenders.get(i)) {
        runs.add(
            new NetworkRun(
                task.network().name(),
                task.network().input(),
                threads,
                library.name(),
                library.version(),
                nanos[i] / 1e6,
                difference(contender.output(), expected),
                null));
      }
    }
    return runs;
  }

  /** NaN too where lengths differ or an element is none. */
  private static double difference(float[] actual, float[] expected) {
    if (expected == null || actual.length != expected.length) {
      return Double.NaN;
    }
    return Relay.largestDifference(actual, expected) / Relay.rms(expected);
  }
}

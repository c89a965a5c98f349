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
 * @param firstMillis from the file to the first answer of a fresh session, in a JVM that ran no
 *     other network; native code is loaded before
 * @param difference the largest from what the first native library answers, in parts of that
 *     answer's root mean square; NaN without one
 */
public record NetworkRun(
    String network,
    List<Integer> input,
    int threads,
    String contender,
    String version,
    double millis,
    double firstMillis,
    double difference) {
  /** Outputs agree up to here. */
  public static final double TOLERANCE = 1e-3;

  public static final String NAME = "networks";

  /** Turns and warm-up are so many times longer than a layer's. */
  public static final int TIMES_LONGER = 10;

  /** ONNX Runtime's idle workers spin for some 50 ms, counted in loops. */
  private static final int PAUSE_MILLIS = 200;

  /** In a JVM of its own: contenders take turns. */
  public static List<NetworkRun> inChild(
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
        file.toString(),
        Integer.toString(threads),
        String.join(",", names),
        Integer.toString(turns.rounds()),
        Integer.toString(turns.turnMillis()),
        Integer.toString(turns.warmupMillis()));
  }

  /** Of the child: network, file, threads, libraries, then the turns. */
  static List<NetworkRun> measure(List<String> arguments) throws Exception {
    int threads = Integer.parseInt(arguments.get(2));
    List<Library> libraries =
        List.of(arguments.get(3).split(",")).stream().map(Libraries::named).toList();
    Turns turns =
        new Turns(
            Integer.parseInt(arguments.get(4)),
            Integer.parseInt(arguments.get(5)),
            Integer.parseInt(arguments.get(6)),
            threads == 1 ? 0 : PAUSE_MILLIS);
    NetworkTask task = new NetworkTask(Networks.named(arguments.get(0)), Path.of(arguments.get(1)));
    return measure(task, threads, libraries, turns);
  }

  static List<NetworkRun> measure(
      NetworkTask task, int threads, List<Library> libraries, Turns turns) throws Exception {
    List<Contender> contenders = new ArrayList<>();
    double[] first = new double[libraries.size()];
    for (int i = 0; i < first.length; i++) {
      libraries.get(i).version();
      long start = System.nanoTime();
      Contender contender = libraries.get(i).prepare(task, threads);
      contenders.add(contender);
      contender.run();
      first[i] = (System.nanoTime() - start) / 1e6;
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
                .toList());
    float[] expected = null;
    for (int i = 0; i < first.length && expected == null; i++) {
      expected = libraries.get(i).isNative() ? contenders.get(i).output() : null;
    }
    List<NetworkRun> runs = new ArrayList<>();
    for (int i = 0; i < first.length; i++) {
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
                first[i],
                difference(contender.output(), expected)));
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

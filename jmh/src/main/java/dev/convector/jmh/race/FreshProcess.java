package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process that runs nothing but one network in one library.
 *
 * @param firstMillis from the process's start, its JVM's included, to the first answer
 * @param steadyMillis from the process's start until a run takes at most a ninth more than in the
 *     end
 * @param peakMebibytes its largest resident set, of which the JVM takes some 44 MiB before anything
 *     is loaded; NaN where the system doesn't say, as only Linux does
 */
public record FreshProcess(double firstMillis, double steadyMillis, double peakMebibytes) {
  static final String NAME = "fresh-process";

  /** Of the speed in the end, from which on it counts as steady. */
  private static final double STEADY = 0.9;

  /** Seconds whose median run must be so fast. */
  private static final double STRETCH = 0.1;

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  /**
   * Starts one.
   *
   * @param file of the network, written for its batch
   * @param seconds that it runs, at least one run
   * @param flags of the JVM
   */
  public static FreshProcess start(
      Network network, Path file, Library library, int threads, double seconds, List<String> flags)
      throws IOException {
    return Child.call(
        flags,
        new TypeReference<>() {},
        NAME,
        network.name(),
        Integer.toString(network.batch()),
        file.toString(),
        library.name(),
        Integer.toString(threads),
        Double.toString(seconds),
        Long.toString(System.currentTimeMillis()));
  }

  /** Of the child: what {@link #start} says, in its order, then when it was asked for. */
  static FreshProcess measure(List<String> arguments) throws Exception {
    double began = (System.currentTimeMillis() - Long.parseLong(arguments.get(6))) / 1e3;
    long start = System.nanoTime();
    Network network = Networks.named(arguments.get(0)).ofBatch(Integer.parseInt(arguments.get(1)));
    NetworkTask task = new NetworkTask(network, Path.of(arguments.get(2)));
    Library library = Libraries.named(arguments.get(3));
    double seconds = Double.parseDouble(arguments.get(5));
    double[] ends = new double[1 << 20];
    int runs = 0;
    try (Contender contender = library.prepare(task, Integer.parseInt(arguments.get(4)))) {
      double prepared = began + (System.nanoTime() - start) / 1e9;
      do {
        contender.run();
        ends[runs++] = began + (System.nanoTime() - start) / 1e9;
      } while (runs < ends.length && ends[runs - 1] < seconds);
      return of(new Calls(prepared, Arrays.copyOf(ends, runs)), peak());
    }
  }

  /** From runs whose times count from the process's start. */
  static FreshProcess of(Calls runs, double peakMebibytes) {
    double steady = runs.reached(runs.steady() / STEADY, STRETCH);
    return new FreshProcess(runs.ends()[0] * 1e3, steady * 1e3, peakMebibytes);
  }

  private static double peak() throws IOException {
    if (!Files.exists(STATUS)) {
      return Double.NaN;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return peakOf(lines);
    }
  }

  /** Of lines such as {@code VmHWM: 2048 kB}; NaN without one. */
  static double peakOf(Stream<String> lines) {
    return lines
        .filter(line -> line.startsWith(PEAK))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(Double.NaN);
  }
}

package dev.convector.jmh.cliff;

import dev.convector.jmh.machine.FmaPeak;
import java.util.Arrays;
import java.util.List;

/**
 * Times runs against each other in this JVM: turns of some milliseconds, in each round one of each,
 * a loop of multiply-adds before each so that the clock is the same.
 */
final class Stopwatch {
  private static final int ROUNDS = 7;
  private static final long PEAK_NANOS = 60_000;

  /** What C2 could otherwise remove. */
  private static volatile float sink;

  private final long turnNanos;
  private final long warmupNanos;
  private final FmaPeak peak = new FmaPeak();

  private static final class Runner {
    final Runnable run;
    int calls = 1;

    Runner(Runnable run) {
      this.run = run;
    }
  }

  /**
   * @param turnMicros of a turn, or one call if that takes longer
   * @param warmupSeconds of all runs together, at least
   */
  Stopwatch(long turnMicros, double warmupSeconds) {
    turnNanos = 1000 * turnMicros;
    warmupNanos = (long) (1e9 * warmupSeconds);
  }

  /** Nanoseconds of each, median over the turns. */
  double[] times(List<Runnable> runs) {
    List<Runner> runners = runs.stream().map(Runner::new).toList();
    long start = System.nanoTime();
    do {
      runners.forEach(this::turn);
    } while (System.nanoTime() - start < warmupNanos);
    double[][] nanos = new double[runners.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i][round] = turn(runners.get(i));
      }
    }
    return Arrays.stream(nanos).mapToDouble(Stopwatch::median).toArray();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** Nanoseconds of a run. */
  private double turn(Runner runner) {
    long end = System.nanoTime() + PEAK_NANOS;
    while (System.nanoTime() < end) {
      sink = peak.fma();
    }
    long start = System.nanoTime();
    for (int i = 0; i < runner.calls; i++) {
      runner.run.run();
    }
    double nanos = (System.nanoTime() - start) / (double) runner.calls;
    runner.calls = (int) Math.clamp(Math.round(turnNanos / nanos), 1, 2L * runner.calls);
    return nanos;
  }
}

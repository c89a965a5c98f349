package dev.convector.jmh.cliff;

import dev.convector.Accuracy;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.machine.FmaPeak;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Times spots against each other in this JVM: turns of some milliseconds, in each round one of
 * each, a loop of multiply-adds before each so that the clock is the same.
 */
final class Stopwatch {
  private static final int ROUNDS = 7;
  private static final long PEAK_NANOS = 60_000;
  private static final int PATTERN = 4096;

  /** What C2 could otherwise remove. */
  private static volatile float sink;

  private final long turnNanos;
  private final long warmupNanos;
  private final FmaPeak peak = new FmaPeak();

  private static final class Runner {
    final Spot spot;
    final Conv2dPlan plan;
    final float[] src;
    final float[] dst;
    int calls = 1;

    Runner(Spot spot) {
      this.spot = spot;
      Layer layer = spot.layer();
      Conv2d conv = layer.conv(spot.layout(), Accuracy.STANDARD);
      plan = conv.plan(filled(layer.weightElements()), filled(layer.filters()));
      src = filled(layer.inputElements());
      dst = new float[layer.outputElements()];
    }

    /** A pattern that repeats: random numbers for all elements would take longer than the runs. */
    private static float[] filled(int size) {
      var random = new SplittableRandom(size);
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = i < PATTERN ? (float) random.nextDouble(-1, 1) : values[i - PATTERN];
      }
      return values;
    }
  }

  /**
   * @param turnMicros of a turn, or one call if that takes longer
   * @param warmupSeconds of all spots together, at least
   */
  Stopwatch(long turnMicros, double warmupSeconds) {
    turnNanos = 1000 * turnMicros;
    warmupNanos = (long) (1e9 * warmupSeconds);
  }

  /** In the order of the spots. */
  List<Speed> times(List<Spot> spots) {
    List<Runner> runners = spots.stream().map(Runner::new).toList();
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
    List<Speed> speeds = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      Arrays.sort(nanos[i]);
      Runner runner = runners.get(i);
      speeds.add(new Speed(runner.spot, runner.plan.algorithm().name(), nanos[i][ROUNDS / 2]));
    }
    return speeds;
  }

  /** Nanoseconds of a run. */
  private double turn(Runner runner) {
    long end = System.nanoTime() + PEAK_NANOS;
    while (System.nanoTime() < end) {
      sink = peak.fma();
    }
    long start = System.nanoTime();
    for (int i = 0; i < runner.calls; i++) {
      runner.plan.run(runner.src, runner.dst, Execution.serial());
    }
    double nanos = (System.nanoTime() - start) / (double) runner.calls;
    runner.calls = (int) Math.clamp(Math.round(turnNanos / nanos), 1, 2L * runner.calls);
    return nanos;
  }
}

package dev.convector.jmh.race;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Works that take turns, as contenders do in a fork.
 *
 * @param rounds turns of each
 * @param turnMillis of a turn
 * @param warmupMillis of each before the first
 * @param pauseMillis before each turn, in which threads of the work before may stop to spin
 */
public record Turns(int rounds, int turnMillis, int warmupMillis, int pauseMillis) {
  /** What a work returns ends here, so that C2 can't remove the work. */
  private static volatile Object sink;

  /** C2 reaches its final code some 0.4 s after a first call. */
  public Turns() {
    this(7, 40, 400);
  }

  public Turns(int rounds, int turnMillis, int warmupMillis) {
    this(rounds, turnMillis, warmupMillis, 0);
  }

  /** Nanoseconds of a call of each, median over the rounds. */
  public double[] medians(List<? extends Callable<?>> works) throws Exception {
    return medians(works, Collections.nCopies(works.size(), warmupMillis));
  }

  /** The same where each warms up for its own milliseconds. */
  double[] medians(List<? extends Callable<?>> works, List<Integer> warmups) throws Exception {
    for (int i = 0; i < works.size(); i++) {
      turn(works.get(i), warmups.get(i));
    }
    double[][] nanos = new double[works.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i][round] = turn(works.get(i), turnMillis);
      }
    }
    return Arrays.stream(nanos).mapToDouble(Turns::median).toArray();
  }

  /** Of values in any order; sorts them. */
  public static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private double turn(Callable<?> work, int millis) throws Exception {
    Thread.sleep(pauseMillis);
    long limit = TimeUnit.MILLISECONDS.toNanos(millis);
    long start = System.nanoTime();
    long elapsed;
    int calls = 0;
    do {
      sink = work.call();
      calls++;
      elapsed = System.nanoTime() - start;
    } while (elapsed < limit);
    return elapsed / (double) calls;
  }
}

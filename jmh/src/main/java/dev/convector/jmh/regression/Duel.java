package dev.convector.jmh.regression;

import dev.convector.jmh.machine.FmaPeak;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two versions of a case that take turns of a few milliseconds: old, new, new, old.
 *
 * <p>Before each turn a loop of multiply-adds brings the clock and the vector units to the same
 * state, and a call that isn't timed the caches, where a turn has several. That is not enough for a
 * plan of several MB: a turn after one of the same version takes up to a fifth less than one after
 * the other's. In such a round each version has one turn of either kind, and a steady drift of the
 * machine cancels. What is compared is the ratio within a round.
 */
final class Duel {
  /** A multiply-add loop of about this long before each turn. */
  private static final long PEAK_NANOS = 100_000;

  /** Rounds by whose medians the end of the warm-up is told. */
  private static final int WINDOW = 8;

  /** A version is warm when a window isn't faster by more than this than all before. */
  private static final double STEADY = 0.99;

  /** A warm-up ends at the latest after so many times its least length. */
  private static final int PATIENCE = 3;

  private static final int LEAST_ROUNDS = 5;

  /** Turns go on, up to {@link #PATIENCE} times as long, until the ratio is known so well. */
  private static final double STANDARD_ERROR = 0.006;

  /** What C2 could otherwise remove. */
  private static volatile float sink;

  private final Side old;
  private final Side young;
  private final long turnNanos;
  private final FmaPeak peak = new FmaPeak();

  /** One version with the times of its turns. */
  private static final class Side {
    private final Subject subject;
    private final List<Double> nanos = new ArrayList<>();
    private int calls = 1;

    Side(Subject subject) {
      this.subject = subject;
    }

    double[] times() {
      return nanos.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  Duel(Subject old, Subject young, int turnMicros) {
    this.old = new Side(old);
    this.young = new Side(young);
    this.turnNanos = turnMicros * 1000L;
  }

  /** Warms both up and times them. */
  Measurement measure(double warmupSeconds, double seconds, double difference) {
    warmUp((long) (1e9 * warmupSeconds));
    clear();
    long start = System.nanoTime();
    long least = (long) (1e9 * seconds);
    Measurement result;
    do {
      long end = start + Math.max(least, System.nanoTime() - start + least / 4);
      while (System.nanoTime() < end || old.nanos.size() < LEAST_ROUNDS) {
        round();
      }
      result = result(difference);
    } while (result.standardError() > STANDARD_ERROR
        && System.nanoTime() - start < PATIENCE * least);
    return result;
  }

  private Measurement result(double difference) {
    return Measurement.of(
        old.times(), young.times(), difference, old.subject.algorithm(), young.subject.algorithm());
  }

  private void warmUp(long least) {
    long start = System.nanoTime();
    double oldBest = Double.POSITIVE_INFINITY;
    double youngBest = Double.POSITIVE_INFINITY;
    long elapsed = 0;
    boolean steady = false;
    while (elapsed < least || !steady && elapsed < PATIENCE * least) {
      clear();
      for (int i = 0; i < WINDOW; i++) {
        round();
        adapt(old);
        adapt(young);
      }
      double oldNow = Statistics.median(old.times());
      double youngNow = Statistics.median(young.times());
      steady = oldNow > STEADY * oldBest && youngNow > STEADY * youngBest;
      oldBest = Math.min(oldBest, oldNow);
      youngBest = Math.min(youngBest, youngNow);
      elapsed = System.nanoTime() - start;
    }
  }

  private void clear() {
    old.nanos.clear();
    young.nanos.clear();
  }

  private void round() {
    double oldNanos = turn(old);
    double youngNanos = turn(young);
    youngNanos += turn(young);
    oldNanos += turn(old);
    old.nanos.add(oldNanos / 2);
    young.nanos.add(youngNanos / 2);
  }

  /** Nanoseconds of a call. */
  private double turn(Side side) {
    long end = System.nanoTime() + PEAK_NANOS;
    while (System.nanoTime() < end) {
      sink = peak.fma();
    }
    if (side.calls > 1) {
      side.subject.run(1);
    }
    long start = System.nanoTime();
    side.subject.run(side.calls);
    return (System.nanoTime() - start) / (double) side.calls;
  }

  /** So many calls that they take a turn; at most doubled at once, since a first call is slow. */
  private void adapt(Side side) {
    double last = side.nanos.getLast();
    side.calls = (int) Math.clamp(Math.round(turnNanos / last), 1, 2L * side.calls);
  }

  /** What a version writes, over an array that holds nothing of the other's. */
  static float[] output(Subject subject, float[] dst) {
    Arrays.fill(dst, Float.NaN);
    subject.run(1);
    return dst.clone();
  }
}

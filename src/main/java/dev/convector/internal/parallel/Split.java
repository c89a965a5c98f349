package dev.convector.internal.parallel;

import dev.convector.internal.simd.Setting;

/**
 * The one place that decides how work is split between threads.
 *
 * <p>The system property {@code convector.leastNanos} lowers the time that is worth another thread,
 * so that tests share small work, and the oracle still has it done soon.
 */
public final class Split {
  /**
   * Work below this runs on the caller alone. Waking a helper costs 5 to 20 microseconds, so less
   * can only lose.
   */
  private static final int LEAST_NANOS = Setting.of("convector.leastNanos", 20_000, 1);

  /** Units for each thread: enough that one thread's delay can be made up by the others. */
  private static final int UNITS_PER_THREAD = 4;

  private Split() {}

  /**
   * Threads worth using for work of this size.
   *
   * @param multiplyAdds taken as 50 a nanosecond, what one core of 2020 to 2025 does
   * @param floatsMoved read or written, taken as 8 a nanosecond, between a second-level cache and
   *     memory
   * @param available the most threads
   */
  public static int threads(long multiplyAdds, long floatsMoved, int available) {
    long nanos = Math.max(multiplyAdds / 50, floatsMoved / 8);
    return (int) Math.min(available, 1 + nanos / LEAST_NANOS);
  }

  /**
   * Into how many parts to cut each of {@code blocks} blocks along a second axis of {@code most}
   * pieces: 1 where the blocks alone are enough.
   */
  public static int parts(int blocks, int most, int threads) {
    if (threads == 1) {
      return 1;
    }
    return Math.min(most, Math.ceilDiv(UNITS_PER_THREAD * threads, blocks));
  }

  /**
   * The same where each part of a block repeats a share of the block's work: the number of parts
   * with which the last thread is done first, by count.
   */
  public static int parts(int blocks, int most, int threads, double repeated) {
    int best = 1;
    double shortest = Double.POSITIVE_INFINITY;
    for (int parts = 1; parts <= Math.min(most, UNITS_PER_THREAD * threads); parts++) {
      double time = Math.ceilDiv(blocks * parts, threads) * (repeated + (1 - repeated) / parts);
      if (time < shortest) {
        best = parts;
        shortest = time;
      }
    }
    return threads == 1 ? 1 : best;
  }

  /** So many units, or where that is too few as many as there are pieces, at most {@code least}. */
  public static int atLeast(int least, int pieces, int units) {
    return Math.max(units, Math.min(least, pieces));
  }

  /** First of {@code pieces} pieces that belongs to a part; the next part's first is its end. */
  public static int start(int pieces, int part, int parts) {
    return (int) ((long) pieces * part / parts);
  }
}

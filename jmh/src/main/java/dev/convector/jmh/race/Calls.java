package dev.convector.jmh.race;

import java.util.Arrays;

/**
 * Calls without a pause between them, in seconds: how soon are they as fast as in the end?
 *
 * @param begin when the first began
 * @param ends when each ended, ascending
 */
public record Calls(double begin, double[] ends) {
  /** Of a call: the median of the last third of the time. */
  public double steady() {
    double last = ends[ends.length - 1];
    return median(
        Math.min(indexAfter(begin + (last - begin) * 2 / 3), ends.length - 1), ends.length);
  }

  /**
   * When a stretch begins whose median call takes no longer; NaN if none does.
   *
   * @param duration of a call
   * @param stretch seconds, or one call if that takes longer
   */
  public double reached(double duration, double stretch) {
    for (int i = 0; i < ends.length; i++) {
      double from = ends[i] - duration(i);
      if (median(i, Math.max(i + 1, indexAfter(from + stretch))) <= duration) {
        return from;
      }
    }
    return Double.NaN;
  }

  /** Seconds of a call. */
  public double duration(int call) {
    return ends[call] - (call == 0 ? begin : ends[call - 1]);
  }

  /** The first call that ends later; at most the number of calls. */
  public int indexAfter(double second) {
    int index = Arrays.binarySearch(ends, second);
    return index < 0 ? -index - 1 : index + 1;
  }

  /** Seconds of the calls from one to another, without the latter. */
  public double median(int from, int to) {
    double[] durations = new double[to - from];
    Arrays.setAll(durations, i -> duration(from + i));
    return Turns.median(durations);
  }
}

package dev.convector.internal.pool;

import dev.convector.Axis;
import dev.convector.internal.resample.Taps;
import java.util.Arrays;

/**
 * The windows along one axis, each cut to the input: so that padding, ceil mode and adaptive sizes
 * are the same to whoever reads them.
 *
 * @param size elements of the input
 * @param kernel taps of a window that is not cut; 0 where windows have no common size
 * @param stride elements between windows; 0 where they have no common distance
 * @param dilation elements between taps
 * @param lead elements of padding before the input
 * @param first of each window, the first tap inside the input
 * @param taps of each window, how many lie inside the input
 * @param counted of each window, what an average divides by along this axis
 */
public record PoolAxis(
    int size,
    int kernel,
    int stride,
    int dilation,
    int lead,
    int[] first,
    int[] taps,
    int[] counted) {

  /**
   * Windows of one size.
   *
   * @param padAfter padding behind the input as it was asked for, which an average may count; the
   *     axis's own may be larger
   */
  public static PoolAxis of(Axis axis, int padAfter, boolean countPadding) {
    int outputs = axis.output();
    int[] first = new int[outputs];
    int[] taps = new int[outputs];
    int[] counted = new int[outputs];
    for (int o = 0; o < outputs; o++) {
      int start = o * axis.stride() - axis.padBefore();
      int before = start >= 0 ? 0 : Math.min(axis.kernel(), Math.ceilDiv(-start, axis.dilation()));
      first[o] = start + before * axis.dilation();
      taps[o] = Math.max(0, within(axis, start, axis.size()) - before);
      counted[o] = countPadding ? within(axis, start, axis.size() + padAfter) : taps[o];
    }
    return new PoolAxis(
        axis.size(),
        axis.kernel(),
        axis.stride(),
        axis.dilation(),
        axis.padBefore(),
        first,
        taps,
        counted);
  }

  /** Window {@code o} is {@code [floor(o * size / outputs), ceil((o + 1) * size / outputs))}. */
  public static PoolAxis adaptive(int size, int outputs) {
    int[] first = new int[outputs];
    int[] taps = new int[outputs];
    for (int o = 0; o < outputs; o++) {
      first[o] = (int) ((long) o * size / outputs);
      taps[o] = (int) Math.ceilDiv((o + 1L) * size, (long) outputs) - first[o];
    }
    return new PoolAxis(size, 0, 0, 1, 0, first, taps, taps);
  }

  /**
   * The same windows where each element, of an axis without dilation, is as many.
   *
   * @param count of them
   * @param counted of them by an average
   */
  PoolAxis times(int count, int counted) {
    return new PoolAxis(
        size * count,
        0,
        0,
        1,
        0,
        Arrays.stream(first).map(i -> i * count).toArray(),
        Arrays.stream(taps).map(i -> i * count).toArray(),
        Arrays.stream(this.counted).map(i -> i * counted).toArray());
  }

  /** Taps from {@code start} on that lie before {@code end}. */
  private static int within(Axis axis, int start, int end) {
    return start >= end ? 0 : Math.min(axis.kernel(), (end - 1 - start) / axis.dilation() + 1);
  }

  public int outputs() {
    return first.length;
  }

  /** The least element that windows of a range see; no window may be without one. */
  int least(int from, int to) {
    int least = size;
    for (int o = from; o < to; o++) {
      least = Math.min(least, first[o]);
    }
    return least;
  }

  /** One past the last element that windows of a range see. */
  int end(int from, int to) {
    int end = 0;
    for (int o = from; o < to; o++) {
      end = Math.max(end, first[o] + (taps[o] - 1) * dilation + 1);
    }
    return end;
  }

  /** The first window without a tap inside the input; -1 if there is none. */
  public int empty() {
    for (int o = 0; o < taps.length; o++) {
      if (taps[o] == 0) {
        return o;
      }
    }
    return -1;
  }

  /** The first window that is not cut, where they have a common size. */
  int wholeFrom() {
    int o = 0;
    while (o < outputs() && taps[o] < kernel) {
      o++;
    }
    return o;
  }

  /** One past the last window that is not cut. */
  int wholeTo() {
    int o = outputs();
    while (o > wholeFrom() && taps[o - 1] < kernel) {
      o--;
    }
    return o;
  }

  /** One past the last of the windows from one on that have as many taps, one element apart. */
  int sameEnd(int from) {
    int end = from + 1;
    while (end < outputs() && taps[from] == taps[end] && first[end] - first[from] == end - from) {
      end++;
    }
    return end;
  }

  /** Whether no window is cut, where they have a common size. */
  boolean isWhole() {
    return wholeFrom() == 0 && wholeTo() == outputs();
  }

  /** Taps of all windows together. */
  long allTaps() {
    long sum = 0;
    for (int t : taps) {
      sum += t;
    }
    return sum;
  }

  /** An average along this axis: each window's taps with the reciprocal of what it divides by. */
  Taps average() {
    float[] reciprocals = new float[outputs()];
    for (int o = 0; o < outputs(); o++) {
      reciprocals[o] = 1f / counted[o];
    }
    return taps(reciprocals);
  }

  /** A sum along this axis, times a weight. */
  Taps sum(float weight) {
    float[] same = new float[outputs()];
    Arrays.fill(same, weight);
    return taps(same);
  }

  private Taps taps(float[] windowWeights) {
    int all = Math.toIntExact(allTaps());
    int[] starts = new int[outputs() + 1];
    int[] indices = new int[all];
    float[] weights = new float[all];
    int at = 0;
    for (int o = 0; o < outputs(); o++) {
      for (int t = 0; t < taps[o]; t++) {
        indices[at] = first[o] + t * dilation;
        weights[at++] = windowWeights[o];
      }
      starts[o + 1] = at;
    }
    return new Taps(size, starts, indices, weights);
  }
}

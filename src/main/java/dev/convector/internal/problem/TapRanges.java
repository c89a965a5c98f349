package dev.convector.internal.problem;

import dev.convector.Axis;
import dev.convector.ConvShape;
import java.util.ArrayList;
import java.util.List;

/**
 * One axis of the output cut into ranges whose elements have the same taps inside the input.
 *
 * <p>Along one axis the taps inside always are a contiguous range, which shrinks towards the
 * borders. So a 3x3 kernel with padding 1 has three ranges: the first row (taps 1 and 2), the
 * middle (all) and the last row (taps 0 and 1). The product of both axes' ranges are rectangles
 * without any padding.
 */
public final class TapRanges {
  private final int[] starts;
  private final int[] firstTaps;
  private final int[] endTaps;
  private final int[] firstOutputs;
  private final int[] endOutputs;

  public TapRanges(int output, int input, int kernel, int stride, int dilation, int padding) {
    List<int[]> ranges = new ArrayList<>();
    for (int o = 0; o < output; o++) {
      int origin = o * stride - padding;
      int first = origin >= 0 ? 0 : Math.min(kernel, Math.ceilDiv(-origin, dilation));
      int end = origin >= input ? 0 : Math.min(kernel, (input - 1 - origin) / dilation + 1);
      end = Math.max(first, end);
      int[] last = ranges.isEmpty() ? null : ranges.getLast();
      if (last == null || last[1] != first || last[2] != end) {
        ranges.add(new int[] {o, first, end});
      }
    }
    starts = new int[ranges.size() + 1];
    firstTaps = new int[ranges.size()];
    endTaps = new int[ranges.size()];
    for (int i = 0; i < ranges.size(); i++) {
      starts[i] = ranges.get(i)[0];
      firstTaps[i] = ranges.get(i)[1];
      endTaps[i] = ranges.get(i)[2];
    }
    starts[ranges.size()] = output;
    firstOutputs = new int[kernel];
    endOutputs = new int[kernel];
    for (int tap = 0; tap < kernel; tap++) {
      // o * stride + shift is inside [0, input)
      long shift = (long) tap * dilation - padding;
      firstOutputs[tap] = Math.clamp(Math.ceilDiv(-shift, stride), 0, output);
      endOutputs[tap] = Math.clamp(Math.ceilDiv(input - shift, stride), firstOutputs[tap], output);
    }
  }

  /** An axis of a convolution. */
  public static TapRanges of(Axis a) {
    return new TapRanges(a.output(), a.size(), a.kernel(), a.stride(), a.dilation(), a.padBefore());
  }

  /** One range, of outputs that all have all taps. */
  public static TapRanges whole(int outputs, int taps) {
    return new TapRanges(outputs, Integer.MAX_VALUE, taps, 1, 1, 0);
  }

  /** The rows of a convolution. */
  public static TapRanges rows(ConvShape s) {
    return of(s.rows());
  }

  /** The columns of a convolution. */
  public static TapRanges columns(ConvShape s) {
    return of(s.columns());
  }

  /** Of all outputs together, those taps that lie inside the input. */
  public long taps() {
    long taps = 0;
    for (int range = 0; range < count(); range++) {
      taps += (long) (end(range) - start(range)) * (endTap(range) - firstTap(range));
    }
    return taps;
  }

  public int count() {
    return firstTaps.length;
  }

  /** Whether all outputs see so many taps, which are all. */
  public boolean isWhole(int taps) {
    return count() == 1 && endTaps[0] - firstTaps[0] == taps;
  }

  /** The range of an output. */
  public int find(int output) {
    int range = 0;
    while (starts[range + 1] <= output) {
      range++;
    }
    return range;
  }

  /** First output of a range. */
  public int start(int range) {
    return starts[range];
  }

  /** One past the last output of a range. */
  public int end(int range) {
    return starts[range + 1];
  }

  /** First tap inside the input. */
  public int firstTap(int range) {
    return firstTaps[range];
  }

  /** One past the last tap inside the input; the first where none is. */
  public int endTap(int range) {
    return endTaps[range];
  }

  /** First output for which a tap lies inside the input; its {@link #endOutput} if none does. */
  public int firstOutput(int tap) {
    return firstOutputs[tap];
  }

  /** The first tap that lies inside the input for any output; 0 if none does. */
  public int firstTap() {
    int tap = 0;
    while (tap < endTap() && firstOutputs[tap] == endOutputs[tap]) {
      tap++;
    }
    return tap;
  }

  /** One past the last tap that lies inside the input for any output; 0 if none does. */
  public int endTap() {
    int end = firstOutputs.length;
    while (end > 0 && firstOutputs[end - 1] == endOutputs[end - 1]) {
      end--;
    }
    return end;
  }

  /** One past the last output for which a tap lies inside the input. */
  public int endOutput(int tap) {
    return endOutputs[tap];
  }
}

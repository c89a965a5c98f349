package dev.convector.internal.problem;

import dev.convector.Axis;
import dev.convector.TransposedAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One axis of an ordinary convolution that computes every so manieth element of an output: element
 * {@code i} of the phase is output {@code first + i * step} and sums, over the phase's taps {@code
 * t}, the input at {@code i * stride - padding + t * dilation} times tap {@code firstTap + t *
 * tapStep} of the kernel. The padding may be negative: then the first inputs are seen by no window.
 *
 * <p>A convolution is one phase. A transposed one is as many as its stride: the outputs of a phase
 * meet the same taps of the kernel, which read neighbouring inputs. So each tap of the kernel
 * belongs to exactly one phase, and no product with an inserted zero is ever made.
 */
public record PhaseAxis(
    int first,
    int step,
    int outputs,
    int stride,
    int padding,
    int dilation,
    int firstTap,
    int tapStep,
    int taps) {

  /** All of a convolution's axis. */
  public static PhaseAxis of(Axis a) {
    return new PhaseAxis(
        0, 1, a.output(), a.stride(), a.padBefore(), a.dilation(), 0, 1, a.kernel());
  }

  /**
   * The phases of a transposed convolution's axis; some may have no taps, or no outputs. Those that
   * have neither are left out: a stride may be larger than any output.
   */
  public static List<PhaseAxis> of(TransposedAxis a) {
    List<PhaseAxis> phases = new ArrayList<>();
    // Tap r of the input h goes to output h * stride - padBefore + r * dilation. So the taps of an
    // output p are those with r * dilation = p + padBefore modulo the stride, one every period.
    int common = greatestCommonDivisor(a.stride(), a.dilation());
    int period = a.stride() / common;
    for (int p : firstOutputs(a)) {
      long place = (long) p + a.padBefore();
      int tap = 0;
      while (tap < Math.min(period, a.kernel())
          && ((long) tap * a.dilation() - place) % a.stride() != 0) {
        tap++;
      }
      int taps = tap < Math.min(period, a.kernel()) ? (a.kernel() - 1 - tap) / period + 1 : 0;
      // The last tap reads the first input.
      int last = tap + (taps - 1) * period;
      long padding = ((long) last * a.dilation() - place) / a.stride();
      phases.add(
          new PhaseAxis(
              p,
              a.stride(),
              Math.ceilDiv(Math.max(0, a.output() - p), a.stride()),
              1,
              taps == 0 ? 0 : Math.toIntExact(padding),
              a.dilation() / common,
              last,
              -period,
              taps));
    }
    return phases;
  }

  /** Of the phases that have outputs or taps, in ascending order. */
  private static int[] firstOutputs(TransposedAxis a) {
    IntStream ofOutputs = IntStream.range(0, Math.min(a.stride(), a.output()));
    IntStream ofTaps =
        IntStream.range(0, a.kernel())
            .map(r -> Math.floorMod((long) r * a.dilation() - a.padBefore(), a.stride()));
    return IntStream.concat(ofOutputs, ofTaps).sorted().distinct().toArray();
  }

  /** Of two numbers, of which one may be 0. */
  public static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The first of the phase's outputs that isn't before an output. */
  public int begin(int output) {
    return Math.clamp(Math.ceilDiv(output - first, step), 0, outputs);
  }

  /** All outputs in one range, as where all taps read something: an input or a zero. */
  public TapRanges wholeRange() {
    return TapRanges.whole(outputs, taps);
  }

  /** Which outputs see the same inputs. */
  public TapRanges ranges(int input) {
    return new TapRanges(outputs, input, taps, stride, dilation, padding);
  }
}

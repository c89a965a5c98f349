package dev.convector.internal.gradient;

import dev.convector.Axis;
import dev.convector.PaddingMode;
import dev.convector.TransposedAxis;

/**
 * One axis of a convolution as its weights' gradient sees it: which element of the input each tap
 * of each output reads. Unlike an {@link Axis} the outputs may be fewer than fit the input, as they
 * are of a transposed convolution with output padding, seen from its output.
 *
 * @param inputs elements of the input
 * @param outputs elements of the output
 * @param taps of the kernel
 * @param mode what is read outside the input
 */
public record GradientAxis(
    int inputs, int outputs, int taps, int stride, int dilation, int padding, PaddingMode mode) {

  /** A convolution's. */
  public static GradientAxis of(Axis a, PaddingMode mode) {
    return new GradientAxis(
        a.size(),
        a.output(),
        a.kernel(),
        a.stride(),
        a.dilation(),
        a.padBefore(),
        a.isPadded() ? mode : PaddingMode.ZEROS);
  }

  /** Of the convolution from the output of a transposed one back to its input. */
  public static GradientAxis back(TransposedAxis a, PaddingMode mode) {
    return new GradientAxis(
        a.output(),
        a.size(),
        a.kernel(),
        a.stride(),
        a.dilation(),
        a.padBefore(),
        a.isPadded() ? mode : PaddingMode.ZEROS);
  }

  /** An axis along which each element stands alone. */
  static GradientAxis alone(int size) {
    return new GradientAxis(size, size, 1, 1, 1, 0, PaddingMode.ZEROS);
  }

  /** Whether each element stands alone. */
  boolean isAlone() {
    return taps == 1 && stride == 1 && padding == 0 && outputs == inputs;
  }

  /** Whether there is nothing but zeros outside the input. */
  boolean isZeroOutside() {
    return mode == PaddingMode.ZEROS;
  }

  /** Whether one window is the whole input, without padding. */
  boolean isWhole() {
    return outputs == 1 && taps == inputs && dilation == 1 && padding == 0;
  }

  /**
   * Which element of the input is read {@code offset} elements behind where an output's window
   * begins: the one place that knows what lies in the padding.
   *
   * @return its index, -1 for a zero
   */
  int source(int output, int offset) {
    long position = position(output, offset);
    if (position >= 0 && position < inputs) {
      return (int) position;
    }
    // Beyond the padding, which may be further than ints, nothing matters.
    return isZeroOutside() || position != (int) position ? -1 : mode.source((int) position, inputs);
  }

  /** Where that is, which is no element if it is negative or beyond the last. */
  private long position(int output, int offset) {
    return (long) output * stride + offset - padding;
  }

  /** The first of the outputs {@code [from, to)} that reads inside the input; else to. */
  int firstInside(int from, int to, int offset) {
    long first = Math.ceilDiv((long) padding - offset, (long) stride);
    return Math.clamp(first, from, to);
  }

  /** One past the last of the outputs {@code [from, to)} that reads inside the input. */
  int endInside(int from, int to, int offset) {
    long end = Math.ceilDiv((long) inputs + padding - offset, (long) stride);
    return Math.clamp(end, firstInside(from, to, offset), to);
  }

  /** The first element that the outputs from one on read, outside of which there are zeros. */
  int leastRead(int output) {
    return Math.clamp(position(output, 0), 0, inputs);
  }

  /** One past the last element that outputs up to one read. */
  int endRead(int output) {
    return Math.clamp(position(output, (taps - 1) * dilation) + 1, 0, inputs);
  }
}

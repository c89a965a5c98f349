package dev.convector;

/**
 * One axis of a transposed convolution, valid once constructed: each element of the input is spread
 * over a window of the output, and neighbouring elements' windows are a stride apart.
 *
 * <p>It is the axis of the convolution from the output back to the input; padding is what that one
 * would add and is cut off here.
 *
 * @param size elements of the input, at least 1
 * @param kernel taps of the window, at least 1
 * @param stride output elements between the windows of neighbouring inputs, at least 1
 * @param dilation output elements between neighbouring taps, at least 1
 * @param padBefore elements cut off before the first, at least 0
 * @param padAfter elements cut off after the last, at least 0
 * @param outputPadding elements added after the last, at least 0 and less than the larger of stride
 *     and dilation; which tells apart the sizes that a convolution with this stride maps to one
 */
public record TransposedAxis(
    int size,
    int kernel,
    int stride,
    int dilation,
    int padBefore,
    int padAfter,
    int outputPadding) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the number, its value and the rule it breaks: those
   *     above, the output must have at least 1 element, and before cutting at most {@link
   *     Integer#MAX_VALUE}
   */
  public TransposedAxis {
    check(AxisWords.PLAIN, size, kernel, stride, dilation, padBefore, padAfter, outputPadding);
  }

  /** The same checks, with messages that call the numbers as their axis does. */
  static TransposedAxis named(
      AxisWords words,
      int size,
      int kernel,
      int stride,
      int dilation,
      int padBefore,
      int padAfter,
      int outputPadding) {
    check(words, size, kernel, stride, dilation, padBefore, padAfter, outputPadding);
    return new TransposedAxis(size, kernel, stride, dilation, padBefore, padAfter, outputPadding);
  }

  /**
   * The padding, and the output padding beyond the given one, that give an output of so many
   * elements, as ONNX has them.
   *
   * @param autoPad {@link AutoPad#SAME_UPPER} cuts the odd element off after the last, all others,
   *     and null, before the first
   */
  static TransposedAxis withOutput(
      AxisWords words, TransposedAxis natural, AutoPad autoPad, int output) {
    Arguments.atLeast(1, words.output, output);
    int total = natural.output() - output;
    int most = Math.max(natural.stride, natural.dilation) - 1 - natural.outputPadding;
    if (-total > most) {
      throw new IllegalArgumentException(
          words.output
              + ": "
              + output
              + "; must be at most "
              + (natural.output() + most)
              + ", which "
              + words.size
              + " ("
              + natural.size
              + ") and "
              + words.stride
              + " ("
              + natural.stride
              + ") give without padding");
    }
    int cut = Math.max(0, total);
    int before = autoPad == AutoPad.SAME_UPPER ? cut / 2 : cut - cut / 2;
    return new TransposedAxis(
        natural.size,
        natural.kernel,
        natural.stride,
        natural.dilation,
        before,
        cut - before,
        natural.outputPadding - Math.min(0, total));
  }

  /** The same window spread from an input of another size. */
  TransposedAxis resized(AxisWords words, int newSize) {
    return named(words, newSize, kernel, stride, dilation, padBefore, padAfter, outputPadding);
  }

  /**
   * The axis of the convolution from the output back to the input; its window may have a tap more
   * than this one's, whose weight is zero.
   */
  Axis back() {
    int after = padAfter - outputPadding;
    if (after > -stride) {
      return new Axis(output(), kernel, stride, dilation, padBefore, Math.max(0, after));
    }
    // No window reaches the last elements of the output. With a tap more, one does; and since the
    // output padding is less than the dilation then, there is no padding that is negative.
    return new Axis(output(), kernel + 1, stride, dilation, padBefore, after + dilation);
  }

  /**
   * The axis from the output of a window back to its input.
   *
   * @param axis a convolution's
   * @return an axis whose output is that one's input, with the same window
   */
  public static TransposedAxis back(Axis axis) {
    int rest = (axis.size() + axis.padBefore() + axis.padAfter() - axis.effectiveKernel());
    return new TransposedAxis(
        axis.output(),
        axis.kernel(),
        axis.stride(),
        axis.dilation(),
        axis.padBefore(),
        axis.padAfter(),
        rest % axis.stride());
  }

  /**
   * The same window spread over all that it reaches.
   *
   * @return without padding and output padding
   */
  public TransposedAxis uncut() {
    return new TransposedAxis(size, kernel, stride, dilation, 0, 0, 0);
  }

  /**
   * Whether elements are cut off at either end.
   *
   * @return true if so
   */
  public boolean isPadded() {
    return (padBefore | padAfter) != 0;
  }

  /**
   * Elements of the output.
   *
   * @return {@code (size - 1) * stride + effectiveKernel + outputPadding - padBefore - padAfter}
   */
  public int output() {
    return (size - 1) * stride + effectiveKernel() + outputPadding - padBefore - padAfter;
  }

  /**
   * Output elements that the dilated window spans.
   *
   * @return {@code (kernel - 1) * dilation + 1}
   */
  public int effectiveKernel() {
    return (kernel - 1) * dilation + 1;
  }

  private static void check(
      AxisWords words,
      int size,
      int kernel,
      int stride,
      int dilation,
      int padBefore,
      int padAfter,
      int outputPadding) {
    Arguments.atLeast(1, words.size, size);
    Arguments.atLeast(1, words.kernel, kernel);
    Arguments.atLeast(1, words.stride, stride);
    Arguments.atLeast(1, words.dilation, dilation);
    Arguments.atLeast(0, words.padBefore, padBefore);
    Arguments.atLeast(0, words.padAfter, padAfter);
    Arguments.atLeast(0, words.outputPadding, outputPadding);
    if (outputPadding >= Math.max(stride, dilation)) {
      throw new IllegalArgumentException(
          words.outputPadding
              + ": "
              + outputPadding
              + "; must be less than "
              + words.stride
              + " ("
              + stride
              + ") or "
              + words.dilation
              + " ("
              + dilation
              + ")");
    }
    long effective = (kernel - 1L) * dilation + 1;
    long whole = (size - 1L) * stride + effective + outputPadding;
    if (effective > Integer.MAX_VALUE || whole > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          words.size
              + ": "
              + size
              + "; with "
              + words.stride
              + " "
              + stride
              + " and a kernel that spans "
              + effective
              + " the output before padding is cut off ("
              + whole
              + ") must be at most "
              + Integer.MAX_VALUE);
    }
    long padding = (long) padBefore + padAfter;
    if (padding >= whole) {
      throw new IllegalArgumentException(
          words.padBefore
              + ": "
              + padBefore
              + "; with "
              + words.padAfter
              + " "
              + padAfter
              + " it cuts off all of the output ("
              + whole
              + ") and must leave at least 1");
    }
  }
}

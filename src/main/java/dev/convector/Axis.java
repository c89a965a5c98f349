package dev.convector;

/**
 * One axis of an input and of the window that moves along it, valid once constructed. A
 * two-dimensional operation has two, a one-dimensional one, a three-dimensional three.
 *
 * @param size elements of the input, at least 1
 * @param kernel taps of the window, at least 1
 * @param stride elements between neighbouring outputs, at least 1
 * @param dilation elements between neighbouring taps, at least 1; 1 is an ordinary window
 * @param padBefore elements of padding before the input's first, at least 0
 * @param padAfter elements of padding after the input's last, at least 0
 */
public record Axis(int size, int kernel, int stride, int dilation, int padBefore, int padAfter) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the number, its value and the rule it breaks: those
   *     above, the padded input must have at most {@link Integer#MAX_VALUE} elements, and the
   *     dilated window must fit it
   */
  public Axis {
    check(AxisWords.PLAIN, size, kernel, stride, dilation, padBefore, padAfter);
  }

  /**
   * An axis along which each element stands alone, as in a 1x1 convolution.
   *
   * @param size elements of the input, at least 1
   * @return kernel, stride and dilation 1, no padding
   * @throws IllegalArgumentException if the size is not positive
   */
  public static Axis of(int size) {
    return new Axis(size, 1, 1, 1, 0, 0);
  }

  /** The same checks, with messages that call the numbers as their axis does. */
  static Axis named(
      AxisWords words,
      int size,
      int kernel,
      int stride,
      int dilation,
      int padBefore,
      int padAfter) {
    check(words, size, kernel, stride, dilation, padBefore, padAfter);
    return new Axis(size, kernel, stride, dilation, padBefore, padAfter);
  }

  /** The same window along an input of another size; a padding that is not null is worked out. */
  Axis resized(AxisWords words, int newSize, AutoPad autoPad) {
    int[] pads =
        autoPad == null
            ? new int[] {padBefore, padAfter}
            : autoPad.around(newSize, kernel, stride, dilation);
    return named(words, newSize, kernel, stride, dilation, pads[0], pads[1]);
  }

  /**
   * Elements of the output: places where the window stands.
   *
   * @return {@code (size + padBefore + padAfter - effectiveKernel) / stride + 1}
   */
  public int output() {
    return (size + padBefore + padAfter - effectiveKernel()) / stride + 1;
  }

  /**
   * Input elements that the dilated window spans.
   *
   * @return {@code (kernel - 1) * dilation + 1}
   */
  public int effectiveKernel() {
    return (kernel - 1) * dilation + 1;
  }

  /**
   * Whether there is padding on either side.
   *
   * @return true if so
   */
  public boolean isPadded() {
    return (padBefore | padAfter) != 0;
  }

  private static void check(
      AxisWords words,
      int size,
      int kernel,
      int stride,
      int dilation,
      int padBefore,
      int padAfter) {
    Arguments.atLeast(1, words.size, size);
    Arguments.atLeast(1, words.kernel, kernel);
    Arguments.atLeast(1, words.stride, stride);
    Arguments.atLeast(1, words.dilation, dilation);
    Arguments.atLeast(0, words.padBefore, padBefore);
    Arguments.atLeast(0, words.padAfter, padAfter);
    long padded = (long) size + padBefore + padAfter;
    if (padded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "padding: "
              + padBefore
              + " + "
              + padAfter
              + "; the padded "
              + words.size
              + " ("
              + padded
              + ") must be at most "
              + Integer.MAX_VALUE);
    }
    long effective = (kernel - 1L) * dilation + 1;
    if (effective > padded) {
      throw new IllegalArgumentException(
          words.kernel
              + ": "
              + kernel
              + "; with dilation "
              + dilation
              + " it spans "
              + effective
              + " and must fit the padded "
              + words.size
              + " ("
              + padded
              + ")");
    }
  }
}

package dev.convector;

/** Named paddings; what ONNX calls {@code auto_pad}. A {@link PaddingMode} says what they hold. */
public enum AutoPad {
  /** No padding: the kernel stays inside the input. */
  VALID,
  /**
   * The output has {@code ceil(input / stride)} rows and columns; where the total padding is odd,
   * the extra row is at the bottom and the extra column at the right.
   */
  SAME_UPPER,
  /** As {@link #SAME_UPPER}, with the extra row at the top and the extra column at the left. */
  SAME_LOWER;

  /** The usual convention, TensorFlow's: {@link #SAME_UPPER}. */
  public static final AutoPad SAME = SAME_UPPER;

  /**
   * Padding before and after along one axis. Sizes that are not positive give some padding or
   * other; {@link Axis} refuses them.
   */
  int[] around(int size, int kernel, int stride, int dilation) {
    if (this == VALID || stride < 1) {
      return new int[] {0, 0};
    }
    long outputs = ((long) size + stride - 1) / stride;
    long covered = (outputs - 1) * stride + (kernel - 1L) * dilation + 1;
    int total = Math.clamp(covered - size, 0, Integer.MAX_VALUE);
    int less = total / 2;
    return this == SAME_UPPER ? new int[] {less, total - less} : new int[] {total - less, less};
  }
}

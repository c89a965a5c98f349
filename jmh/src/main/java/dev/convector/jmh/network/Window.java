package dev.convector.jmh.network;

/**
 * Of a convolution or a pool.
 *
 * @param height of the kernel
 * @param width of the kernel
 * @param stride of both axes
 * @param padHeight zeros above and below
 * @param padWidth zeros left and right
 * @param dilation of both axes
 */
record Window(int height, int width, int stride, int padHeight, int padWidth, int dilation) {
  static final Window ONE = same(1, 1);

  /** Odd kernels keep the size, but for the stride. */
  static Window same(int kernel, int stride) {
    return new Window(kernel, kernel, stride, kernel / 2, kernel / 2, 1);
  }

  static Window valid(int kernel, int stride) {
    return new Window(kernel, kernel, stride, 0, 0, 1);
  }

  /** Odd, stride 1. */
  static Window oblong(int height, int width) {
    return new Window(height, width, 1, height / 2, width / 2, 1);
  }

  /** Padded for it, if the kernel is odd. */
  Window dilated(int by) {
    return new Window(height, width, stride, by * (height / 2), by * (width / 2), by);
  }

  int outputHeight(int input) {
    return (input + 2 * padHeight - dilation * (height - 1) - 1) / stride + 1;
  }

  int outputWidth(int input) {
    return (input + 2 * padWidth - dilation * (width - 1) - 1) / stride + 1;
  }
}

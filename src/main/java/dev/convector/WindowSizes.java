package dev.convector;

import java.util.Objects;

/** What the builders of windowed operations collect alike: sizes, strides, dilations, padding. */
final class WindowSizes {
  private int[] input;
  private int[] kernel;
  private int[] stride = {1, 1};
  private int[] dilation = {1, 1};
  private int[] sides = {0, 0, 0, 0};
  private Padding named;

  void input(int batch, int channels, int height, int width) {
    input = new int[] {batch, channels, height, width};
  }

  void kernel(int height, int width) {
    kernel = new int[] {height, width};
  }

  void stride(int height, int width) {
    stride = new int[] {height, width};
  }

  void dilation(int height, int width) {
    dilation = new int[] {height, width};
  }

  void padding(int top, int left, int bottom, int right) {
    sides = new int[] {top, left, bottom, right};
    named = null;
  }

  void padding(Padding padding) {
    named = Objects.requireNonNull(padding, "padding");
  }

  /**
   * Checks that both were set.
   *
   * @param kernelName the builder's method that sets the kernel
   */
  void requireInputAnd(String kernelName) {
    require(input != null, "input");
    require(kernel != null, kernelName);
  }

  static void require(boolean set, String name) {
    if (!set) {
      throw new IllegalStateException(name + ": not set; must be before build()");
    }
  }

  int channels() {
    return input[1];
  }

  ConvShape shape(int filters, int groups) {
    int[] pads = named == null ? sides : namedSides();
    return new ConvShape(
        input[0],
        input[1],
        input[2],
        input[3],
        filters,
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        dilation[0],
        dilation[1],
        pads[0],
        pads[1],
        pads[2],
        pads[3],
        groups);
  }

  private int[] namedSides() {
    int[] rows = named.around(input[2], kernel[0], stride[0], dilation[0]);
    int[] columns = named.around(input[3], kernel[1], stride[1], dilation[1]);
    return new int[] {rows[0], columns[0], rows[1], columns[1]};
  }
}

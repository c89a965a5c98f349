package dev.convector;

/**
 * The sizes of a two-dimensional convolution, valid once constructed.
 *
 * <p>Sizes are counts of elements. Weights are {@code [filters][channels / groups][kernelHeight]
 * [kernelWidth]}. Usually built by {@link Conv2d#builder()}.
 *
 * @param batch images, N, at least 1
 * @param channels input channels, C, at least 1
 * @param height input height, H, at least 1
 * @param width input width, W, at least 1
 * @param filters output channels, K, at least 1
 * @param kernelHeight rows of the kernel, R, at least 1
 * @param kernelWidth columns of the kernel, S, at least 1
 * @param strideHeight rows between neighbouring outputs, at least 1
 * @param strideWidth columns between neighbouring outputs, at least 1
 * @param dilationHeight rows between neighbouring taps, at least 1
 * @param dilationWidth columns between neighbouring taps, at least 1
 * @param padTop rows of zeros above the input, at least 0
 * @param padLeft columns of zeros left of the input, at least 0
 * @param padBottom rows of zeros below the input, at least 0
 * @param padRight columns of zeros right of the input, at least 0
 * @param groups independent groups; divides channels and filters
 */
public record ConvShape(
    int batch,
    int channels,
    int height,
    int width,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    int groups) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the size, its value and the rule it breaks; also if
   *     the input, the output or the weights have more elements than an array can index
   */
  public ConvShape {
    atLeast(1, "batch", batch);
    atLeast(1, "channels", channels);
    atLeast(1, "height", height);
    atLeast(1, "width", width);
    atLeast(1, "filters", filters);
    atLeast(1, "kernelHeight", kernelHeight);
    atLeast(1, "kernelWidth", kernelWidth);
    atLeast(1, "strideHeight", strideHeight);
    atLeast(1, "strideWidth", strideWidth);
    atLeast(1, "dilationHeight", dilationHeight);
    atLeast(1, "dilationWidth", dilationWidth);
    atLeast(0, "padTop", padTop);
    atLeast(0, "padLeft", padLeft);
    atLeast(0, "padBottom", padBottom);
    atLeast(0, "padRight", padRight);
    atLeast(1, "groups", groups);
    divides(groups, "channels", channels);
    divides(groups, "filters", filters);
    long down = fits("height", height, padTop, padBottom, kernelHeight, dilationHeight);
    long across = fits("width", width, padLeft, padRight, kernelWidth, dilationWidth);
    indexable("input", batch, channels, height, width);
    indexable("output", batch, filters, down / strideHeight + 1, across / strideWidth + 1);
    indexable("weights", filters, channels / groups, kernelHeight, kernelWidth);
  }

  /**
   * Rows of the output.
   *
   * @return {@code (height + padTop + padBottom - effectiveKernelHeight) / strideHeight + 1}
   */
  public int outputHeight() {
    return (height + padTop + padBottom - effectiveKernelHeight()) / strideHeight + 1;
  }

  /**
   * Columns of the output.
   *
   * @return {@code (width + padLeft + padRight - effectiveKernelWidth) / strideWidth + 1}
   */
  public int outputWidth() {
    return (width + padLeft + padRight - effectiveKernelWidth()) / strideWidth + 1;
  }

  /**
   * Input rows that the dilated kernel spans.
   *
   * @return {@code (kernelHeight - 1) * dilationHeight + 1}
   */
  public int effectiveKernelHeight() {
    return (kernelHeight - 1) * dilationHeight + 1;
  }

  /**
   * Input columns that the dilated kernel spans.
   *
   * @return {@code (kernelWidth - 1) * dilationWidth + 1}
   */
  public int effectiveKernelWidth() {
    return (kernelWidth - 1) * dilationWidth + 1;
  }

  /**
   * Input channels that each filter sees.
   *
   * @return {@code channels / groups}
   */
  public int groupChannels() {
    return channels / groups;
  }

  /**
   * Filters of each group.
   *
   * @return {@code filters / groups}
   */
  public int groupFilters() {
    return filters / groups;
  }

  /**
   * Whether there is padding on any side.
   *
   * @return true if so
   */
  public boolean isPadded() {
    return (padTop | padLeft | padBottom | padRight) != 0;
  }

  /**
   * Elements of the input.
   *
   * @return {@code batch * channels * height * width}
   */
  public int inputSize() {
    return batch * channels * height * width;
  }

  /**
   * Elements of the output.
   *
   * @return {@code batch * filters * outputHeight * outputWidth}
   */
  public int outputSize() {
    return batch * filters * outputHeight() * outputWidth();
  }

  /**
   * Elements of the weights.
   *
   * @return {@code filters * groupChannels * kernelHeight * kernelWidth}
   */
  public int weightsSize() {
    return filters * groupChannels() * kernelHeight * kernelWidth;
  }

  /**
   * Multiply-adds of the direct method, those with padding included; twice that many operations.
   *
   * @return {@code outputSize * groupChannels * kernelHeight * kernelWidth}
   */
  public long multiplyAdds() {
    return (long) outputSize() * groupChannels() * kernelHeight * kernelWidth;
  }

  private static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + "; must be at least " + least);
    }
  }

  private static void divides(int groups, String name, int value) {
    if (value % groups != 0) {
      throw new IllegalArgumentException(
          "groups: " + groups + "; must divide " + name + " (" + value + ")");
    }
  }

  /** Returns how far the kernel can move inside its padded input. */
  private static long fits(String axis, int size, int before, int after, int kernel, int dilation) {
    String name = axis.equals("height") ? "kernelHeight" : "kernelWidth";
    long padded = (long) size + before + after;
    long effective = (kernel - 1L) * dilation + 1;
    if (padded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "padding: "
              + before
              + " + "
              + after
              + "; the padded "
              + axis
              + " ("
              + padded
              + ") must be at most "
              + Integer.MAX_VALUE);
    }
    if (effective > padded) {
      throw new IllegalArgumentException(
          name
              + ": "
              + kernel
              + "; with dilation "
              + dilation
              + " it spans "
              + effective
              + " and must fit the padded "
              + axis
              + " ("
              + padded
              + ")");
    }
    return padded - effective;
  }

  private static void indexable(String name, long a, long b, long c, long d) {
    long size = a;
    for (long factor : new long[] {b, c, d}) {
      size = size > Integer.MAX_VALUE ? size : size * factor;
    }
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name
              + ": "
              + a
              + " x "
              + b
              + " x "
              + c
              + " x "
              + d
              + "; must have at most "
              + Integer.MAX_VALUE
              + " elements, what an array can index");
    }
  }
}

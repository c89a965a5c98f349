package dev.convector;

import java.util.Objects;

/**
 * The sizes of a two-dimensional convolution, valid once constructed.
 *
 * <p>Sizes are counts of elements. Weights are {@code [filters][channels / groups][kernelHeight]
 * [kernelWidth]}. Usually built by {@link Conv2d#builder()}.
 *
 * @param batch images, N, at least 1
 * @param channels input channels, C, at least 1
 * @param rows the vertical axis: input height, H, and kernel height, R
 * @param columns the horizontal axis: input width, W, and kernel width, S
 * @param filters output channels, K, at least 1
 * @param groups independent groups; divides channels and filters
 */
public record ConvShape(int batch, int channels, Axis rows, Axis columns, int filters, int groups) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the size, its value and the rule it breaks; also if
   *     the input, the output or the weights have more elements than an array can index
   */
  public ConvShape {
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(1, "channels", channels);
    Objects.requireNonNull(rows, "rows");
    Objects.requireNonNull(columns, "columns");
    Arguments.atLeast(1, "filters", filters);
    Arguments.atLeast(1, "groups", groups);
    Arguments.divides(groups, "channels", channels);
    Arguments.divides(groups, "filters", filters);
    Arguments.indexable("input", batch, channels, rows.size(), columns.size());
    Arguments.indexable("output", batch, filters, rows.output(), columns.output());
    Arguments.indexable("weights", filters, channels / groups, rows.kernel(), columns.kernel());
  }

  /**
   * The same convolution of another input.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a shape with this one's channels, filters, kernel, stride, dilation, padding and groups
   * @throws IllegalArgumentException if a size breaks a rule
   */
  public ConvShape withInput(int batch, int height, int width) {
    return withInput(batch, height, width, null);
  }

  /** The same with the padding worked out anew, if it is not null. */
  ConvShape withInput(int batch, int height, int width, AutoPad autoPad) {
    return new ConvShape(
        batch,
        channels,
        rows.resized(AxisWords.HEIGHT, height, autoPad),
        columns.resized(AxisWords.WIDTH, width, autoPad),
        filters,
        groups);
  }

  /**
   * Input height.
   *
   * @return H, at least 1
   */
  public int height() {
    return rows.size();
  }

  /**
   * Input width.
   *
   * @return W, at least 1
   */
  public int width() {
    return columns.size();
  }

  /**
   * Rows of the kernel.
   *
   * @return R, at least 1
   */
  public int kernelHeight() {
    return rows.kernel();
  }

  /**
   * Columns of the kernel.
   *
   * @return S, at least 1
   */
  public int kernelWidth() {
    return columns.kernel();
  }

  /**
   * Rows between neighbouring outputs.
   *
   * @return at least 1
   */
  public int strideHeight() {
    return rows.stride();
  }

  /**
   * Columns between neighbouring outputs.
   *
   * @return at least 1
   */
  public int strideWidth() {
    return columns.stride();
  }

  /**
   * Rows between neighbouring taps.
   *
   * @return at least 1
   */
  public int dilationHeight() {
    return rows.dilation();
  }

  /**
   * Columns between neighbouring taps.
   *
   * @return at least 1
   */
  public int dilationWidth() {
    return columns.dilation();
  }

  /**
   * Rows of padding above the input.
   *
   * @return at least 0
   */
  public int padTop() {
    return rows.padBefore();
  }

  /**
   * Columns of padding left of the input.
   *
   * @return at least 0
   */
  public int padLeft() {
    return columns.padBefore();
  }

  /**
   * Rows of padding below the input.
   *
   * @return at least 0
   */
  public int padBottom() {
    return rows.padAfter();
  }

  /**
   * Columns of padding right of the input.
   *
   * @return at least 0
   */
  public int padRight() {
    return columns.padAfter();
  }

  /**
   * Rows of the output.
   *
   * @return {@code (height + padTop + padBottom - effectiveKernelHeight) / strideHeight + 1}
   */
  public int outputHeight() {
    return rows.output();
  }

  /**
   * Columns of the output.
   *
   * @return {@code (width + padLeft + padRight - effectiveKernelWidth) / strideWidth + 1}
   */
  public int outputWidth() {
    return columns.output();
  }

  /**
   * Input rows that the dilated kernel spans.
   *
   * @return {@code (kernelHeight - 1) * dilationHeight + 1}
   */
  public int effectiveKernelHeight() {
    return rows.effectiveKernel();
  }

  /**
   * Input columns that the dilated kernel spans.
   *
   * @return {@code (kernelWidth - 1) * dilationWidth + 1}
   */
  public int effectiveKernelWidth() {
    return columns.effectiveKernel();
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
    return rows.isPadded() || columns.isPadded();
  }

  /**
   * Elements of the input.
   *
   * @return {@code batch * channels * height * width}
   */
  public int inputSize() {
    return batch * channels * height() * width();
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
    return filters * groupChannels() * kernelHeight() * kernelWidth();
  }

  /**
   * Multiply-adds of the direct method: one for each tap of each output, also where the tap meets
   * padding. Each is two floating-point operations.
   *
   * @return {@code outputSize * groupChannels * kernelHeight * kernelWidth}
   */
  public long multiplyAdds() {
    return (long) outputSize() * groupChannels() * kernelHeight() * kernelWidth();
  }

  /**
   * The sizes as a network's listing has them.
   *
   * @return such as {@code 64x56x56 -> 128 3x3 s2 p1}, in front of it the batch unless that is 1,
   *     and with {@code d} for the dilation and {@code g} for the groups unless they are 1; four
   *     paddings are those above, at the left, below and at the right
   */
  @Override
  public String toString() {
    return LayerText.input(batch, channels, rows, columns)
        + " -> "
        + filters
        + " "
        + LayerText.window(rows, columns)
        + LayerText.unless(1, " g", groups);
  }
}

package dev.convector;

import java.util.Objects;

/**
 * The sizes of a two-dimensional transposed convolution, valid once constructed.
 *
 * <p>Sizes are counts of elements. Weights are {@code [channels][filters / groups][kernelHeight]
 * [kernelWidth]}. Usually built by {@link ConvTranspose2d#builder()}.
 *
 * @param batch images, N, at least 1
 * @param channels input channels, C, at least 1
 * @param rows the vertical axis: input height, H, and kernel height, R
 * @param columns the horizontal axis: input width, W, and kernel width, S
 * @param filters output channels, K, at least 1
 * @param groups independent groups; divides channels and filters
 */
public record ConvTransposeShape(
    int batch, int channels, TransposedAxis rows, TransposedAxis columns, int filters, int groups) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the size, its value and the rule it breaks; also if
   *     the input, the output or the weights have more elements than an array can index
   */
  public ConvTransposeShape {
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
    Arguments.indexable("weights", channels, filters / groups, rows.kernel(), columns.kernel());
  }

  /**
   * The transposed convolution from the output of a convolution back to its input, which is its
   * gradient with respect to the input.
   *
   * @param shape a convolution's
   * @return a shape whose input is that one's output, and the other way round, with the same
   *     weights
   */
  public static ConvTransposeShape back(ConvShape shape) {
    return new ConvTransposeShape(
        shape.batch(),
        shape.filters(),
        TransposedAxis.back(shape.rows()),
        TransposedAxis.back(shape.columns()),
        shape.channels(),
        shape.groups());
  }

  /** The convolution from the output back to the input. */
  ConvShape back() {
    return new ConvShape(batch, filters, rows.back(), columns.back(), channels, groups);
  }

  /**
   * The same transposed convolution of another input.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a shape with this one's channels, filters, kernel, stride, dilation, padding, output
   *     padding and groups
   * @throws IllegalArgumentException if a size breaks a rule
   */
  public ConvTransposeShape withInput(int batch, int height, int width) {
    return new ConvTransposeShape(
        batch,
        channels,
        rows.resized(AxisWords.HEIGHT, height),
        columns.resized(AxisWords.WIDTH, width),
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
   * Rows of the output.
   *
   * @return {@code rows.output()}
   */
  public int outputHeight() {
    return rows.output();
  }

  /**
   * Columns of the output.
   *
   * @return {@code columns.output()}
   */
  public int outputWidth() {
    return columns.output();
  }

  /**
   * Input channels of each group.
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
   * Whether the convolution back pads on any side, so that there is something to cut off here.
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
   * @return {@code channels * groupFilters * kernelHeight * kernelWidth}
   */
  public int weightsSize() {
    return channels * groupFilters() * kernelHeight() * kernelWidth();
  }

  /**
   * Multiply-adds: one for each weight that an input element meets, also those whose output is cut
   * off. Each is two floating-point operations.
   *
   * @return {@code inputSize * groupFilters * kernelHeight * kernelWidth}
   */
  public long multiplyAdds() {
    return (long) inputSize() * groupFilters() * kernelHeight() * kernelWidth();
  }

  /**
   * The sizes as a network's listing has them.
   *
   * @return such as {@code 128x28x28 -> 64 4x4 s2 p1}, in the form of {@link ConvShape#toString},
   *     with {@code o} for the padding of the output unless that is 0
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

package dev.convector;

import java.util.Objects;

/**
 * The sizes of a three-dimensional convolution, valid once constructed.
 *
 * <p>Sizes are counts of elements. Weights are {@code [filters][channels / groups][kernelDepth]
 * [kernelHeight][kernelWidth]}. Usually built by {@link Conv3d#builder()}.
 *
 * @param batch volumes, N, at least 1
 * @param channels input channels, C, at least 1
 * @param depth the slowest axis: input depth, D, and kernel depth
 * @param rows the vertical axis: input height, H, and kernel height, R
 * @param columns the horizontal axis: input width, W, and kernel width, S
 * @param filters output channels, K, at least 1
 * @param groups independent groups; divides channels and filters
 */
public record Conv3dShape(
    int batch, int channels, Axis depth, Axis rows, Axis columns, int filters, int groups) {

  /**
   * Checks every rule.
   *
   * @throws IllegalArgumentException that names the size, its value and the rule it breaks; also if
   *     the input, the output or the weights have more elements than an array can index
   */
  public Conv3dShape {
    Objects.requireNonNull(depth, "depth");
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(1, "channels", channels);
    Objects.requireNonNull(rows, "rows");
    Objects.requireNonNull(columns, "columns");
    Arguments.atLeast(1, "filters", filters);
    Arguments.atLeast(1, "groups", groups);
    Arguments.divides(groups, "channels", channels);
    Arguments.divides(groups, "filters", filters);
    Arguments.indexable("input", batch, channels, depth.size(), rows.size(), columns.size());
    Arguments.indexable("output", batch, filters, depth.output(), rows.output(), columns.output());
    Arguments.indexable(
        "weights", filters, channels / groups, depth.kernel(), rows.kernel(), columns.kernel());
  }

  /**
   * The convolution of one plane of one volume with one slice of the kernel.
   *
   * @return the same rows, columns, channels, filters and groups; a batch of 1
   */
  public ConvShape plane() {
    return new ConvShape(1, channels, rows, columns, filters, groups);
  }

  /**
   * Planes of the output.
   *
   * @return {@code (depth + padFront + padBack - effectiveKernelDepth) / strideDepth + 1}
   */
  public int outputDepth() {
    return depth.output();
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
   * Taps of the kernel.
   *
   * @return {@code kernelDepth * kernelHeight * kernelWidth}
   */
  public int kernelSize() {
    return depth.kernel() * rows.kernel() * columns.kernel();
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
    return depth.isPadded() || rows.isPadded() || columns.isPadded();
  }

  /**
   * Elements of the input.
   *
   * @return {@code batch * channels * depth * height * width}
   */
  public int inputSize() {
    return batch * channels * depth.size() * rows.size() * columns.size();
  }

  /**
   * Elements of the output.
   *
   * @return {@code batch * filters * outputDepth * outputHeight * outputWidth}
   */
  public int outputSize() {
    return batch * filters * outputDepth() * outputHeight() * outputWidth();
  }

  /**
   * Elements of the weights.
   *
   * @return {@code filters * groupChannels * kernelSize}
   */
  public int weightsSize() {
    return filters * groupChannels() * kernelSize();
  }

  /**
   * Multiply-adds of the direct method: one for each tap of each output, also where the tap meets
   * padding. Each is two floating-point operations.
   *
   * @return {@code outputSize * groupChannels * kernelSize}
   */
  public long multiplyAdds() {
    return (long) outputSize() * groupChannels() * kernelSize();
  }

  /**
   * The sizes as a network's listing has them.
   *
   * @return such as {@code 64x16x56x56 -> 128 3x3x3 s2 p1}, as {@link ConvShape#toString()} with
   *     the depth first
   */
  @Override
  public String toString() {
    return LayerText.input(batch, channels, depth, rows, columns)
        + " -> "
        + filters
        + " "
        + LayerText.window(depth, rows, columns)
        + LayerText.unless(1, " g", groups);
  }
}

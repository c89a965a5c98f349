package dev.convector;

import java.util.Objects;

/**
 * What the builders of convolutions collect alike, whatever their number of axes. Each method
 * returns the builder itself.
 *
 * @param <B> the builder
 */
abstract class ConvBuilder<B extends ConvBuilder<B>> extends WindowBuilder<B> {
  private int filters;
  private int groups = 1;
  private PaddingMode paddingMode = PaddingMode.ZEROS;
  private Activation activation = Activation.NONE;
  private boolean flipKernel;
  private Accuracy accuracy = Accuracy.STANDARD;

  ConvBuilder(AxisWords... words) {
    super(words);
  }

  final B setFilters(int count, int... taps) {
    filters = count;
    return setKernel(taps);
  }

  /**
   * Independent groups of channels; as many as channels is a depthwise convolution.
   *
   * @param count at least 1; must divide channels and filters
   * @return this builder
   */
  public B groups(int count) {
    groups = count;
    return self();
  }

  /**
   * What the padding holds.
   *
   * @param mode zeros by default; the others limit the padding
   * @return this builder
   */
  public B paddingMode(PaddingMode mode) {
    paddingMode = Objects.requireNonNull(mode, "paddingMode");
    return self();
  }

  /**
   * A function applied to each output, after bias and residual.
   *
   * @param function none by default
   * @return this builder
   */
  public B activation(Activation function) {
    activation = Objects.requireNonNull(function, "activation");
    return self();
  }

  /**
   * Whether to turn the kernel by 180 degrees; of a transposed convolution, as the convolution does
   * that it transposes.
   *
   * @param flip true for the mathematical convolution; false, the default, for cross-correlation
   * @return this builder
   */
  public B flipKernel(boolean flip) {
    flipKernel = flip;
    return self();
  }

  /**
   * How large rounding errors may be, and so which algorithms may be chosen or forced.
   *
   * @param bound standard by default
   * @return this builder
   */
  public B accuracy(Accuracy bound) {
    accuracy = Objects.requireNonNull(bound, "accuracy");
    return self();
  }

  final int filters() {
    return filters;
  }

  final int groups() {
    return groups;
  }

  final PaddingMode paddingMode() {
    return paddingMode;
  }

  final Activation activation() {
    return activation;
  }

  final boolean flipKernel() {
    return flipKernel;
  }

  final Accuracy accuracy() {
    return accuracy;
  }
}

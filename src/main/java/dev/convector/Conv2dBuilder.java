package dev.convector;

/**
 * What the builders of two-dimensional convolutions collect alike: the setters of {@link
 * ConvBuilder}, and for each axis those of {@link Window2dBuilder}, which Java can't inherit as
 * well. Each method returns the builder itself.
 *
 * @param <B> the builder
 */
abstract class Conv2dBuilder<B extends Conv2dBuilder<B>> extends ConvBuilder<B> {
  private boolean batchInvariant;

  Conv2dBuilder() {
    super(AxisWords.HEIGHT, AxisWords.WIDTH);
  }

  /**
   * The input's sizes, in this order whatever the layout.
   *
   * @param batch images, N, at least 1
   * @param channels C, at least 1
   * @param height H, at least 1
   * @param width W, at least 1
   * @return this builder
   */
  public B input(int batch, int channels, int height, int width) {
    return setInput(batch, channels, height, width);
  }

  /**
   * The filters.
   *
   * @param count output channels, K, at least 1
   * @param kernelHeight rows, R, at least 1
   * @param kernelWidth columns, S, at least 1
   * @return this builder
   */
  public B filters(int count, int kernelHeight, int kernelWidth) {
    return setFilters(count, kernelHeight, kernelWidth);
  }

  /**
   * The window's stride along each axis; 1 by default.
   *
   * @param height rows between neighbouring outputs, at least 1
   * @param width columns between neighbouring outputs, at least 1
   * @return this builder
   */
  public B stride(int height, int width) {
    return setStride(height, width);
  }

  /**
   * The window's dilation along each axis; 1, the default, is an ordinary window.
   *
   * @param height rows between neighbouring taps, at least 1
   * @param width columns between neighbouring taps, at least 1
   * @return this builder
   */
  public B dilation(int height, int width) {
    return setDilation(height, width);
  }

  /**
   * Padding of each axis of the input; none by default.
   *
   * @param height rows above and below, at least 0
   * @param width columns left and right, at least 0
   * @return this builder
   */
  public B padding(int height, int width) {
    return padding(height, width, height, width);
  }

  /**
   * Padding of each side of the input, in ONNX's order; none by default.
   *
   * @param top rows above, at least 0
   * @param left columns at the left, at least 0
   * @param bottom rows below, at least 0
   * @param right columns at the right, at least 0
   * @return this builder
   */
  public B padding(int top, int left, int bottom, int right) {
    return setPadding(new int[] {top, left}, new int[] {bottom, right});
  }

  /**
   * Whether each image's bits must be the same in a batch of any size. Without it {@link
   * Algorithm#AUTO} may take Winograd for many images and another algorithm for one of them, which
   * rounds differently, Winograd's blocks of channels may depend on the batch, and one image of a
   * single pixel, as in a fully connected layer, may be summed in another order than several; all
   * else, and {@link Accuracy#STRICT}, is invariant by itself. What is fastest for one image costs
   * a batch of images of 7x7 pixels and more nothing or up to a seventh, of 4x4 and fewer up to 2.4
   * times the time; what suits all costs one image of a single pixel up to 3.4 times the time.
   *
   * @param invariant false by default
   * @return this builder
   */
  public B batchInvariant(boolean invariant) {
    batchInvariant = invariant;
    return self();
  }

  final Axis rows() {
    return axis(0);
  }

  final Axis columns() {
    return axis(1);
  }

  final boolean batchInvariant() {
    return batchInvariant;
  }
}

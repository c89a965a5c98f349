package dev.convector;

import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.padding.PaddedAxis;
import dev.convector.internal.plan.Choice;
import dev.convector.internal.plan.VolumeConv;
import dev.convector.internal.volume.VolumeProblem;
import java.util.Objects;
import java.util.Optional;

/**
 * The description of a three-dimensional convolution, of volumes such as scans or of the frames of
 * a film: sizes, layout and activation, without weights.
 *
 * <pre>{@code
 * Conv3d conv = Conv3d.builder()
 *     .input(1, 64, 16, 56, 56)        // N, C, D, H, W, whatever the layout
 *     .filters(128, 3, 3, 3)           // count, kernel depth, height, width
 *     .padding(1)
 *     .layout(Layout.NHWC)             // N, D, H, W, C
 *     .build();
 * Conv3dPlan plan = conv.plan(weights, bias);
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>All is as with {@link Conv2d}, with one axis more, the slowest: cross-correlation, bias,
 * residual and activation. {@link Layout#NCHW} means batch, channels, depth, height, width, and
 * {@link Layout#NHWC} batch, depth, height, width, channels.
 *
 * <p>It is computed as sums of two-dimensional convolutions, one for each slice of the kernel along
 * its depth, by the same algorithms, or of few channels by all slices at once. Both work
 * channels-last: channels-first volumes are turned before and after, in arrays that {@link
 * Plan#workspaceBytes} counts.
 *
 * <p>Immutable, thread-safe.
 */
public final class Conv3d {
  private final VolumeProblem problem;

  /** What is computed: the same, with fewer axes where that can be. */
  private final VolumeProblem planar;

  /** Null where the padding was given in numbers. */
  private final AutoPad autoPad;

  private final boolean flipKernel;

  private Conv3d(VolumeProblem problem, AutoPad autoPad, boolean flipKernel) {
    Conv3dShape s = problem.shape();
    PaddingMode mode = problem.mode();
    mode.require(AxisWords.DEPTH, s.depth());
    mode.require(AxisWords.HEIGHT, s.rows());
    mode.require(AxisWords.WIDTH, s.columns());
    mode.requireIndexable(
        "padded input",
        s.channels(),
        PaddedAxis.padded(s.depth()),
        PaddedAxis.padded(s.rows()),
        PaddedAxis.padded(s.columns()));
    this.problem = problem;
    this.planar = problem.asPlanar();
    this.autoPad = autoPad;
    this.flipKernel = flipKernel;
  }

  /**
   * Starts a description. {@link Builder#input} and {@link Builder#filters} must be called; the
   * rest defaults to stride 1, no padding, of zeros, dilation 1, one group, NCHW, no activation,
   * standard accuracy.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Packs the weights for the algorithm that the library thinks fastest.
   *
   * @param weights {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]};
   *     copied
   * @return a plan without bias
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public Conv3dPlan plan(float[] weights) {
    return plan(weights, null, Algorithm.AUTO);
  }

  /**
   * Packs the weights for the algorithm that the library thinks fastest.
   *
   * @param weights {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]};
   *     copied
   * @param bias {@code [filters]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public Conv3dPlan plan(float[] weights, float[] bias) {
    return plan(weights, bias, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]};
   *     copied
   * @param bias {@code [filters]}, or null for none; copied
   * @param algorithm how to compute the planes; {@link Algorithm#AUTO} lets the library choose
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong, or the algorithm can't compute
   *     this convolution
   */
  public Conv3dPlan plan(float[] weights, float[] bias, Algorithm algorithm) {
    Conv3dShape shape = shape();
    Arguments.length("weights", weights, shape.weightsSize());
    if (bias != null) {
      Arguments.length("bias", bias, shape.filters());
    }
    Objects.requireNonNull(algorithm, "algorithm");
    return new Conv3dPlan(this, VolumeConv.pack(planar, algorithm, upright(weights), bias));
  }

  /**
   * Packs the weights for the gradient with respect to the input. Bias and activation are not part
   * of it.
   *
   * @param weights {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]};
   *     copied
   * @return a plan from the gradient of the output, before the activation, to that of the input
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public BackwardDataPlan backwardData(float[] weights) {
    Arguments.length("weights", weights, shape().weightsSize());
    Choice choice = VolumeConv.packBack(planar, upright(weights));
    return new BackwardDataPlan(this, choice, planar.stepsBack(choice.work()));
  }

  /**
   * The gradients with respect to weights and bias. The activation is not part of them.
   *
   * @return a plan from the input and the gradient of the output, before the activation, to the
   *     gradients of the weights and of the bias
   */
  public BackwardWeightsPlan backwardWeights() {
    return new BackwardWeightsPlan(
        this, GradientProblem.of(planar.shape(), paddingMode(), layout(), flipKernel));
  }

  /**
   * Why an algorithm can't compute this convolution.
   *
   * @param algorithm any
   * @return the rule that it breaks; empty if a plan can be made with it
   */
  public Optional<String> refusal(Algorithm algorithm) {
    return VolumeConv.refusal(planar, Objects.requireNonNull(algorithm, "algorithm"));
  }

  /**
   * The same convolution of another input.
   *
   * @param batch volumes, at least 1
   * @param depth planes of the input, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a description that differs in these, and in the padding if that is an {@link AutoPad}
   * @throws IllegalArgumentException if a size breaks a rule of {@link Conv3dShape}, or the padding
   *     one of its {@link PaddingMode}
   */
  public Conv3d withInput(int batch, int depth, int height, int width) {
    Conv3dShape s = shape();
    Conv3dShape shape =
        new Conv3dShape(
            batch,
            s.channels(),
            s.depth().resized(AxisWords.DEPTH, depth, autoPad),
            s.rows().resized(AxisWords.HEIGHT, height, autoPad),
            s.columns().resized(AxisWords.WIDTH, width, autoPad),
            s.filters(),
            s.groups());
    return new Conv3d(
        new VolumeProblem(shape, paddingMode(), layout(), activation(), accuracy()),
        autoPad,
        flipKernel);
  }

  /**
   * The sizes.
   *
   * @return the shape that was validated by {@link Builder#build()}
   */
  public Conv3dShape shape() {
    return problem.shape();
  }

  /**
   * Memory order of input, output and residual.
   *
   * @return NCHW for batch, channels, depth, height, width; NHWC for channels last
   */
  public Layout layout() {
    return problem.layout();
  }

  /**
   * What the padding holds.
   *
   * @return the mode
   */
  public PaddingMode paddingMode() {
    return problem.mode();
  }

  /**
   * The function applied to each output.
   *
   * @return the activation
   */
  public Activation activation() {
    return problem.activation();
  }

  /**
   * How large rounding errors may be.
   *
   * @return the bound
   */
  public Accuracy accuracy() {
    return problem.accuracy();
  }

  /**
   * Whether the kernel is reversed along every axis.
   *
   * @return true for the mathematical convolution, false for cross-correlation
   */
  public boolean flipKernel() {
    return flipKernel;
  }

  /**
   * Multiply-adds of one run of the direct method, also those with padding.
   *
   * @return {@link Conv3dShape#multiplyAdds()}
   */
  public long multiplyAdds() {
    return shape().multiplyAdds();
  }

  /**
   * Trainable parameters: the weights and one bias for each filter.
   *
   * @return {@code weightsSize + filters}
   */
  public long parameters() {
    return (long) shape().weightsSize() + shape().filters();
  }

  /**
   * The description as a layer of a network's listing.
   *
   * @return such as {@code Conv3d 64x16x56x56 -> 128 3x3x3 p1 NHWC relu}
   */
  @Override
  public String toString() {
    return "Conv3d "
        + shape()
        + LayerText.options(layout(), activation(), accuracy())
        + LayerText.of(paddingMode())
        + (flipKernel ? " flipped" : "");
  }

  VolumeProblem planar() {
    return planar;
  }

  private float[] upright(float[] weights) {
    return flipKernel ? Conv2d.flipped(weights, shape().kernelSize()) : weights;
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends ConvBuilder<Builder> {

    private Builder() {
      super(AxisWords.DEPTH, AxisWords.HEIGHT, AxisWords.WIDTH);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * The input's sizes, in this order whatever the layout.
     *
     * @param batch volumes, N, at least 1
     * @param channels C, at least 1
     * @param depth D, at least 1
     * @param height H, at least 1
     * @param width W, at least 1
     * @return this builder
     */
    public Builder input(int batch, int channels, int depth, int height, int width) {
      return setInput(batch, channels, depth, height, width);
    }

    /**
     * The filters.
     *
     * @param count output channels, K, at least 1
     * @param kernelDepth planes, at least 1
     * @param kernelHeight rows, R, at least 1
     * @param kernelWidth columns, S, at least 1
     * @return this builder
     */
    public Builder filters(int count, int kernelDepth, int kernelHeight, int kernelWidth) {
      return setFilters(count, kernelDepth, kernelHeight, kernelWidth);
    }

    /**
     * The window's stride along each axis; 1 by default.
     *
     * @param depth planes between neighbouring outputs, at least 1
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @return this builder
     */
    public Builder stride(int depth, int height, int width) {
      return setStride(depth, height, width);
    }

    /**
     * The window's dilation along each axis; 1, the default, is an ordinary window.
     *
     * @param depth planes between neighbouring taps, at least 1
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @return this builder
     */
    public Builder dilation(int depth, int height, int width) {
      return setDilation(depth, height, width);
    }

    /**
     * Padding of each axis of the input; none by default.
     *
     * @param depth planes in front and behind, at least 0
     * @param height rows above and below, at least 0
     * @param width columns left and right, at least 0
     * @return this builder
     */
    public Builder padding(int depth, int height, int width) {
      return padding(depth, height, width, depth, height, width);
    }

    /**
     * Padding of each side of the input, in ONNX's order; none by default.
     *
     * @param front planes in front, at least 0
     * @param top rows above, at least 0
     * @param left columns at the left, at least 0
     * @param back planes behind, at least 0
     * @param bottom rows below, at least 0
     * @param right columns at the right, at least 0
     * @return this builder
     */
    public Builder padding(int front, int top, int left, int back, int bottom, int right) {
      return setPadding(new int[] {front, top, left}, new int[] {back, bottom, right});
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #filters} was not called
     * @throws IllegalArgumentException if a size breaks a rule of {@link Conv3dShape}, or the
     *     padding one of its {@link PaddingMode}
     */
    public Conv3d build() {
      requireInputAnd("filters");
      Conv3dShape shape =
          new Conv3dShape(batch(), channels(), axis(0), axis(1), axis(2), filters(), groups());
      return new Conv3d(
          new VolumeProblem(shape, paddingMode(), layout(), activation(), accuracy()),
          autoPad(),
          flipKernel());
    }
  }
}

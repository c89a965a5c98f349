package dev.convector;

import dev.convector.internal.problem.ConvProblem;
import java.util.Optional;

/**
 * The description of a one-dimensional convolution, of sequences such as sound or text: sizes,
 * layout and activation, without weights.
 *
 * <pre>{@code
 * Conv1d conv = Conv1d.builder()
 *     .input(1, 64, 16_000)            // N, C, length
 *     .filters(64, 2)
 *     .dilation(512)
 *     .causal()
 *     .layout(Layout.NHWC)             // N, length, C
 *     .build();
 * Conv1dPlan plan = conv.plan(weights, bias);
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>It is the {@link Conv2d} of images of height 1 in all respects: what that one says of
 * cross-correlation, bias, residual and activation holds. {@link Layout#NCHW} means batch,
 * channels, length, and {@link Layout#NHWC} batch, length, channels. Padding of zeros is never
 * written to memory, however far the dilation makes it reach.
 *
 * <p>Immutable, thread-safe.
 */
public final class Conv1d {
  private final Conv2d planar;
  private final AutoPad autoPad;

  /**
   * @param autoPad null where the padding was given in numbers
   */
  private Conv1d(ConvProblem problem, AutoPad autoPad, PaddingMode mode, boolean flipKernel) {
    mode.require(AxisWords.LENGTH, problem.shape().columns());
    this.planar = new Conv2d(problem, autoPad, mode, flipKernel);
    this.autoPad = autoPad;
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
   * @param weights {@code [filters][channels / groups][kernel]}; copied
   * @return a plan without bias
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public Conv1dPlan plan(float[] weights) {
    return plan(weights, null, Algorithm.AUTO);
  }

  /**
   * Packs the weights for the algorithm that the library thinks fastest.
   *
   * @param weights {@code [filters][channels / groups][kernel]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public Conv1dPlan plan(float[] weights, float[] bias) {
    return plan(weights, bias, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [filters][channels / groups][kernel]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @param algorithm how to compute; {@link Algorithm#AUTO} lets the library choose
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong, or the algorithm can't compute
   *     this convolution
   */
  public Conv1dPlan plan(float[] weights, float[] bias, Algorithm algorithm) {
    return new Conv1dPlan(this, planar.plan(weights, bias, algorithm));
  }

  /**
   * Packs the weights for the gradient with respect to the input. Bias and activation are not part
   * of it.
   *
   * @param weights {@code [filters][channels / groups][kernel]}; copied
   * @return a plan from the gradient of the output, before the activation, to that of the input
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public BackwardDataPlan backwardData(float[] weights) {
    return planar.backwardData(this, weights);
  }

  /**
   * The gradients with respect to weights and bias. The activation is not part of them.
   *
   * @return a plan from the input and the gradient of the output, before the activation, to the
   *     gradients of the weights and of the bias
   */
  public BackwardWeightsPlan backwardWeights() {
    return planar.backwardWeights(this);
  }

  /**
   * Why an algorithm can't compute this convolution.
   *
   * @param algorithm any
   * @return the rule that it breaks; empty if a plan can be made with it
   */
  public Optional<String> refusal(Algorithm algorithm) {
    return planar.refusal(algorithm);
  }

  /**
   * The same convolution of another input.
   *
   * @param batch sequences, at least 1
   * @param length elements of a sequence, at least 1
   * @return a description that differs in these, and in the padding if that is an {@link AutoPad}
   * @throws IllegalArgumentException if a size breaks a rule of {@link Axis}, or the padding one of
   *     its {@link PaddingMode}
   */
  public Conv1d withInput(int batch, int length) {
    Axis axis = axis().resized(AxisWords.LENGTH, length, autoPad);
    ConvShape shape = shape(batch, shape().channels(), axis, shape().filters(), shape().groups());
    return new Conv1d(
        new ConvProblem(shape, layout(), activation(), accuracy()),
        autoPad,
        paddingMode(),
        flipKernel());
  }

  private static ConvShape shape(int batch, int channels, Axis axis, int filters, int groups) {
    return new ConvShape(batch, channels, Axis.of(1), axis, filters, groups);
  }

  /**
   * The sizes, as those of images of height 1.
   *
   * @return the shape that was validated by {@link Builder#build()}
   */
  public ConvShape shape() {
    return planar.shape();
  }

  /**
   * The axis along the sequence.
   *
   * @return length, kernel, stride, dilation and padding
   */
  public Axis axis() {
    return shape().columns();
  }

  /**
   * Elements of an output sequence.
   *
   * @return at least 1
   */
  public int outputLength() {
    return axis().output();
  }

  /**
   * Memory order of input, output and residual.
   *
   * @return NCHW for batch, channels, length; NHWC for batch, length, channels
   */
  public Layout layout() {
    return planar.layout();
  }

  /**
   * What the padding holds.
   *
   * @return the mode
   */
  public PaddingMode paddingMode() {
    return planar.paddingMode();
  }

  /**
   * The function applied to each output.
   *
   * @return the activation
   */
  public Activation activation() {
    return planar.activation();
  }

  /**
   * How large rounding errors may be.
   *
   * @return the bound
   */
  public Accuracy accuracy() {
    return planar.accuracy();
  }

  /**
   * Whether the kernel is reversed.
   *
   * @return true for the mathematical convolution, false for cross-correlation
   */
  public boolean flipKernel() {
    return planar.flipKernel();
  }

  /**
   * Multiply-adds of one run of the direct method, also those with padding.
   *
   * @return {@link ConvShape#multiplyAdds()}
   */
  public long multiplyAdds() {
    return planar.multiplyAdds();
  }

  /**
   * Trainable parameters: the weights and one bias for each filter.
   *
   * @return {@code filters * (channels / groups * kernel + 1)}
   */
  public long parameters() {
    return planar.parameters();
  }

  /**
   * The description as a layer of a network's listing.
   *
   * @return such as {@code Conv1d 64x16000 -> 64 2 d512 p512,0 NHWC relu}
   */
  @Override
  public String toString() {
    ConvShape s = shape();
    return "Conv1d "
        + LayerText.input(s.batch(), s.channels(), axis())
        + " -> "
        + s.filters()
        + " "
        + LayerText.window(axis())
        + LayerText.unless(1, " g", s.groups())
        + LayerText.options(layout(), activation(), accuracy())
        + LayerText.of(paddingMode())
        + (flipKernel() ? " flipped" : "");
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends ConvBuilder<Builder> {
    private boolean causal;

    private Builder() {
      super(AxisWords.LENGTH);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * The input's sizes, in this order whatever the layout.
     *
     * @param batch sequences, N, at least 1
     * @param channels C, at least 1
     * @param length elements of a sequence, at least 1
     * @return this builder
     */
    public Builder input(int batch, int channels, int length) {
      return setInput(batch, channels, length);
    }

    /**
     * The filters.
     *
     * @param count output channels, K, at least 1
     * @param kernel taps, at least 1
     * @return this builder
     */
    public Builder filters(int count, int kernel) {
      return setFilters(count, kernel);
    }

    /**
     * Padding of each end of the input; none by default.
     *
     * @param before elements before the first, at least 0
     * @param after elements after the last, at least 0
     * @return this builder
     */
    public Builder padding(int before, int after) {
      return setPadding(new int[] {before}, new int[] {after});
    }

    /**
     * As much padding before the first element as the dilated kernel spans beyond one, and none
     * after the last: so no output sees an input behind it, unless a {@link PaddingMode} such as
     * CIRCULAR takes the padding from there, and with stride 1 there are as many outputs as inputs.
     * Another padding takes its place.
     *
     * @return this builder
     */
    public Builder causal() {
      setPadding(new int[1], new int[1]);
      causal = true;
      return this;
    }

    @Override
    public Builder padding(AutoPad named) {
      causal = false;
      return super.padding(named);
    }

    @Override
    Builder setPadding(int[] before, int[] after) {
      causal = false;
      return super.setPadding(before, after);
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #filters} was not called
     * @throws IllegalArgumentException if a size breaks a rule of {@link Axis} or {@link
     *     ConvShape}, or the padding one of its {@link PaddingMode}
     */
    public Conv1d build() {
      requireInputAnd("filters");
      Axis axis = causal ? causalAxis(0) : axis(0);
      ConvShape shape = shape(batch(), channels(), axis, filters(), groups());
      return new Conv1d(
          new ConvProblem(shape, layout(), activation(), accuracy()),
          autoPad(),
          paddingMode(),
          flipKernel());
    }
  }
}

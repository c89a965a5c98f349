package dev.convector;

import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.padding.PaddedAxis;
import dev.convector.internal.padding.PaddedConv;
import dev.convector.internal.padding.PaddedTransposedConv;
import dev.convector.internal.plan.AlgorithmList;
import dev.convector.internal.plan.Choice;
import dev.convector.internal.plan.ResizableConv;
import dev.convector.internal.plan.TransposedList;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.TransposedProblem;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The description of a two-dimensional convolution: sizes, layout and activation, without weights.
 *
 * <pre>{@code
 * Conv2d conv = Conv2d.builder()
 *     .input(1, 64, 56, 56)
 *     .filters(128, 3, 3)
 *     .padding(1)
 *     .layout(Layout.NHWC)
 *     .activation(Activation.RELU)
 *     .build();
 * Conv2dPlan plan = conv.plan(weights, bias);
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>As in PyTorch and ONNX, convolution means cross-correlation: {@code dst[n][k][p][q] =
 * activation(bias[k] + residual[n][k][p][q] + sum over c, r, s of src[n][c][p * stride + r *
 * dilation - padTop][q * stride + s * dilation - padLeft] * weights[k][c][r][s])}, where the input
 * is zero outside its borders, or what a {@link PaddingMode} says, and {@code c} runs over the
 * channels of {@code k}'s group. {@link Builder#flipKernel} gives the mathematical convolution,
 * whose kernel is turned by 180 degrees.
 *
 * <p>Immutable, thread-safe.
 */
public final class Conv2d {
  private final ConvProblem problem;

  /** Null where the padding was given in numbers. */
  private final AutoPad autoPad;

  private final PaddingMode paddingMode;
  private final PaddedConv padded;
  private final boolean flipKernel;

  Conv2d(ConvProblem problem, AutoPad autoPad, PaddingMode paddingMode, boolean flipKernel) {
    ConvShape s = problem.shape();
    paddingMode.require(AxisWords.HEIGHT, s.rows());
    paddingMode.require(AxisWords.WIDTH, s.columns());
    paddingMode.requireIndexable(
        "padded input", s.channels(), PaddedAxis.padded(s.rows()), PaddedAxis.padded(s.columns()));
    this.problem = problem;
    this.autoPad = autoPad;
    this.paddingMode = paddingMode;
    this.padded = new PaddedConv(problem, paddingMode);
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
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}; copied
   * @return a plan without bias
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public Conv2dPlan plan(float[] weights) {
    return plan(weights, null, Algorithm.AUTO);
  }

  /**
   * Packs the weights for the algorithm that the library thinks fastest.
   *
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public Conv2dPlan plan(float[] weights, float[] bias) {
    return plan(weights, bias, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @param algorithm how to compute; {@link Algorithm#AUTO} lets the library choose
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong, or the algorithm can't compute
   *     this convolution
   */
  public Conv2dPlan plan(float[] weights, float[] bias, Algorithm algorithm) {
    check(weights, bias);
    Objects.requireNonNull(algorithm, "algorithm");
    return new Conv2dPlan(
        this, ResizableConv.pack(padded.inner(), algorithm, upright(weights), bias));
  }

  /**
   * Packs weights that the caller holds anyway, or can load again: the plan keeps none beside the
   * packed ones.
   *
   * @param weights gives {@code [filters][channels / groups][kernelHeight][kernelWidth]}, now and
   *     whenever {@link Conv2dPlan#withInput} must pack them again; always the same numbers
   * @param bias {@code [filters]}, or null for none; copied
   * @return a plan by the algorithm that the library thinks fastest
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public Conv2dPlan plan(Supplier<float[]> weights, float[] bias) {
    float[] given = Objects.requireNonNull(weights, "weights").get();
    check(given, bias);
    Supplier<float[]> again =
        () -> {
          float[] same = weights.get();
          check(same, null);
          return upright(same);
        };
    return new Conv2dPlan(
        this, ResizableConv.pack(padded.inner(), Algorithm.AUTO, upright(given), again, bias));
  }

  private void check(float[] weights, float[] bias) {
    Arguments.length("weights", weights, shape().weightsSize());
    if (bias != null) {
      Arguments.length("bias", bias, shape().filters());
    }
  }

  /**
   * Packs the weights for the gradient with respect to the input: a transposed convolution of the
   * output's gradient. Bias and activation are not part of it.
   *
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}; copied
   * @return a plan from the gradient of the output, before the activation, to that of the input
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public BackwardDataPlan backwardData(float[] weights) {
    return backwardData(this, weights);
  }

  /** For another description, which this one computes. */
  BackwardDataPlan backwardData(Object of, float[] weights) {
    ConvShape shape = shape();
    Arguments.length("weights", weights, shape.weightsSize());
    TransposedProblem problem =
        new TransposedProblem(
            ConvTransposeShape.back(shape),
            layout(),
            Activation.NONE,
            accuracy(),
            batchInvariant());
    PaddedTransposedConv back = new PaddedTransposedConv(problem, paddingMode);
    Choice choice = TransposedList.pack(back.inner(), Algorithm.AUTO, upright(weights), null);
    return new BackwardDataPlan(of, choice, back.steps(choice.work(), null));
  }

  /**
   * The gradients with respect to weights and bias. The activation is not part of them.
   *
   * @return a plan from the input and the gradient of the output, before the activation, to the
   *     gradients of the weights and of the bias
   */
  public BackwardWeightsPlan backwardWeights() {
    return backwardWeights(this);
  }

  /** For another description, which this one computes. */
  BackwardWeightsPlan backwardWeights(Object of) {
    return new BackwardWeightsPlan(
        of, GradientProblem.of(shape(), paddingMode, layout(), flipKernel));
  }

  /**
   * Why an algorithm can't compute this convolution.
   *
   * @param algorithm any
   * @return the rule that it breaks; empty if a plan can be made with it
   */
  public Optional<String> refusal(Algorithm algorithm) {
    return AlgorithmList.refusal(padded.inner(), Objects.requireNonNull(algorithm, "algorithm"));
  }

  /**
   * The same convolution of another input.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a description that differs in these, and in the padding if that is an {@link AutoPad}
   * @throws IllegalArgumentException if a size breaks a rule of {@link ConvShape}, or the padding
   *     one of its {@link PaddingMode}
   */
  public Conv2d withInput(int batch, int height, int width) {
    ConvShape shape = shape().withInput(batch, height, width, autoPad);
    return new Conv2d(problem.with(shape), autoPad, paddingMode, flipKernel);
  }

  /**
   * The sizes.
   *
   * @return the shape that was validated by {@link Builder#build()}
   */
  public ConvShape shape() {
    return problem.shape();
  }

  /**
   * Memory order of input, output and residual.
   *
   * @return the layout
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
    return paddingMode;
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
   * Whether each image's bits must be the same in a batch of any size.
   *
   * @return what {@link Builder#batchInvariant} was given
   */
  public boolean batchInvariant() {
    return problem.batchInvariant();
  }

  /**
   * Whether the kernel is turned by 180 degrees.
   *
   * @return true for the mathematical convolution, false for cross-correlation
   */
  public boolean flipKernel() {
    return flipKernel;
  }

  /**
   * Rows of the output.
   *
   * @return at least 1
   */
  public int outputHeight() {
    return shape().outputHeight();
  }

  /**
   * Columns of the output.
   *
   * @return at least 1
   */
  public int outputWidth() {
    return shape().outputWidth();
  }

  /**
   * Input rows that the dilated kernel spans.
   *
   * @return {@code (kernelHeight - 1) * dilationHeight + 1}
   */
  public int effectiveKernelHeight() {
    return shape().effectiveKernelHeight();
  }

  /**
   * Input columns that the dilated kernel spans.
   *
   * @return {@code (kernelWidth - 1) * dilationWidth + 1}
   */
  public int effectiveKernelWidth() {
    return shape().effectiveKernelWidth();
  }

  /**
   * Multiply-adds of one run of the direct method, also those with padding. Each is two
   * floating-point operations; an algorithm may do fewer.
   *
   * @return {@link ConvShape#multiplyAdds()}
   */
  public long multiplyAdds() {
    return shape().multiplyAdds();
  }

  /**
   * Trainable parameters: the weights and one bias for each filter.
   *
   * @return {@code filters * (channels / groups * kernelHeight * kernelWidth + 1)}
   */
  public long parameters() {
    return (long) shape().weightsSize() + shape().filters();
  }

  /**
   * The description as a layer of a network's listing.
   *
   * @return such as {@code Conv2d 64x56x56 -> 128 3x3 p1 NHWC relu}: {@link ConvShape#toString()},
   *     the layout, and what is not the default
   */
  @Override
  public String toString() {
    return "Conv2d " + problem + LayerText.of(paddingMode) + (flipKernel ? " flipped" : "");
  }

  /** How it is computed. */
  PaddedConv padded() {
    return padded;
  }

  private float[] upright(float[] weights) {
    return flipKernel ? flipped(weights, shape().kernelHeight() * shape().kernelWidth()) : weights;
  }

  /** Each kernel of so many taps turned by 180 degrees. */
  static float[] flipped(float[] weights, int area) {
    float[] turned = new float[weights.length];
    for (int plane = 0; plane < weights.length; plane += area) {
      for (int tap = 0; tap < area; tap++) {
        turned[plane + tap] = weights[plane + area - 1 - tap];
      }
    }
    return turned;
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends Conv2dBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #filters} was not called
     * @throws IllegalArgumentException if a size breaks a rule of {@link ConvShape}, or the padding
     *     one of its {@link PaddingMode}
     */
    public Conv2d build() {
      requireInputAnd("filters");
      ConvShape shape = new ConvShape(batch(), channels(), rows(), columns(), filters(), groups());
      return new Conv2d(
          new ConvProblem(shape, layout(), activation(), accuracy(), batchInvariant()),
          autoPad(),
          paddingMode(),
          flipKernel());
    }
  }
}

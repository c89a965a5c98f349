package dev.convector;

import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.padding.PaddedConv;
import dev.convector.internal.padding.PaddedTransposedConv;
import dev.convector.internal.plan.AlgorithmList;
import dev.convector.internal.plan.Choice;
import dev.convector.internal.plan.TransposedList;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.TransposedProblem;
import java.util.Objects;
import java.util.Optional;

/**
 * The description of a two-dimensional transposed convolution, also called fractionally strided
 * convolution or deconvolution: sizes, layout and activation, without weights.
 *
 * <pre>{@code
 * ConvTranspose2d up = ConvTranspose2d.builder()
 *     .input(1, 512, 28, 28)
 *     .filters(256, 2, 2)
 *     .stride(2)
 *     .layout(Layout.NHWC)
 *     .build();
 * ConvTranspose2dPlan plan = up.plan(weights, bias);
 * plan.run(src, dst);     // 1, 256, 56, 56
 * }</pre>
 *
 * <p>As in PyTorch and ONNX: each input {@code src[n][c][h][w]} adds {@code src * weights[c][k][r]
 * [s]} to the output {@code dst[n][k][h * stride + r * dilation - padTop][w * stride + s * dilation
 * - padLeft]}, for the filters {@code k} of its group; then bias and residual are added and the
 * activation is applied. What lands outside is cut off. Along each axis the output has {@code
 * (input - 1) * stride - padBefore - padAfter + dilation * (kernel - 1) + outputPadding + 1}
 * elements.
 *
 * <p>It is the transposed of a convolution with the same attributes, which maps the output's shape
 * to the input's: the matrix of one is that of the other transposed. So it is not an inverse, but
 * has the shape of one; and it is that convolution's gradient, for which {@link
 * Conv2d#backwardData} needs no description of its own.
 *
 * <p><b>Padding modes.</b> With a {@link PaddingMode} other than zeros it is the adjoint of the
 * {@link Conv2d} that pads the output's shape with that mode, by {@code padBefore} and {@code
 * max(0, padAfter - outputPadding)} along each axis. So what lands outside is not cut off, but
 * added to the element that the convolution would have copied there: with {@link
 * PaddingMode#CIRCULAR} it wraps round, with {@link PaddingMode#REPLICATE} it piles up on the
 * border. Its {@link #backwardData} is that convolution with that mode. The limits of the mode hold
 * for the output's sizes and these paddings.
 *
 * <p><b>Checkerboards.</b> Where the kernel is not a multiple of the stride, neighbouring outputs
 * are sums of different numbers of products, and a network easily paints that pattern into its
 * images; even where it is a multiple, weights may learn it (Odena, Dumoulin and Olah,
 * "Deconvolution and Checkerboard Artifacts", Distill, 2016). The alternative treats all outputs
 * alike: resize the image, by its nearest neighbours or bilinearly, and apply a convolution with
 * stride 1 to that. It costs as much as the stride's square times more products for a kernel of the
 * same size.
 *
 * <p>Immutable, thread-safe.
 */
public final class ConvTranspose2d {
  private final TransposedProblem problem;
  private final PaddingMode paddingMode;
  private final PaddedTransposedConv padded;
  private final boolean flipKernel;

  private ConvTranspose2d(TransposedProblem problem, PaddingMode paddingMode, boolean flipKernel) {
    require(paddingMode, AxisWords.HEIGHT, problem.shape().rows());
    require(paddingMode, AxisWords.WIDTH, problem.shape().columns());
    paddingMode.requireIndexable(
        "output before folding",
        problem.shape().filters(),
        problem.shape().rows().uncut().output(),
        problem.shape().columns().uncut().output());
    this.problem = problem;
    this.paddingMode = paddingMode;
    this.padded = new PaddedTransposedConv(problem, paddingMode);
    this.flipKernel = flipKernel;
  }

  private static void require(PaddingMode mode, AxisWords words, TransposedAxis a) {
    mode.require(words, a.output(), a.padBefore(), Math.max(0, a.padAfter() - a.outputPadding()));
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
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}; copied
   * @return a plan without bias
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public ConvTranspose2dPlan plan(float[] weights) {
    return plan(weights, null, Algorithm.AUTO);
  }

  /**
   * Packs the weights for the algorithm that the library thinks fastest.
   *
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public ConvTranspose2dPlan plan(float[] weights, float[] bias) {
    return plan(weights, bias, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}; copied
   * @param bias {@code [filters]}, or null for none; copied
   * @param algorithm how to compute; {@link Algorithm#AUTO} lets the library choose
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong, or the algorithm can't compute
   *     this
   */
  public ConvTranspose2dPlan plan(float[] weights, float[] bias, Algorithm algorithm) {
    ConvTransposeShape shape = problem.shape();
    Arguments.length("weights", weights, shape.weightsSize());
    if (bias != null) {
      Arguments.length("bias", bias, shape.filters());
    }
    Objects.requireNonNull(algorithm, "algorithm");
    Choice choice =
        TransposedList.pack(
            padded.inner(),
            algorithm,
            TransposedWeights.upright(shape, flipKernel, weights),
            padded.innerBias(bias));
    return new ConvTranspose2dPlan(this, choice, padded.steps(choice.work(), bias));
  }

  /**
   * Packs the weights for the gradient with respect to the input: a convolution of the output's
   * gradient. Bias and activation are not part of it.
   *
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}; copied
   * @return a plan from the gradient of the output, before the activation, to that of the input
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public BackwardDataPlan backwardData(float[] weights) {
    ConvTransposeShape shape = shape();
    Arguments.length("weights", weights, shape.weightsSize());
    ConvShape back = shape.back();
    PaddedConv conv =
        new PaddedConv(
            new ConvProblem(back, layout(), Activation.NONE, accuracy(), batchInvariant()),
            paddingMode);
    float[] upright = TransposedWeights.upright(shape, flipKernel, weights);
    float[] extended = TransposedWeights.extended(shape, upright);
    Choice choice = AlgorithmList.pack(conv.inner(), Algorithm.AUTO, extended, null);
    return new BackwardDataPlan(this, choice, conv.steps(choice.work()));
  }

  /**
   * The gradients with respect to weights and bias: of the weights that of the convolution back,
   * with input and output's gradient exchanged. The activation is not part of them.
   *
   * @return a plan from the input and the gradient of the output, before the activation, to the
   *     gradients of the weights and of the bias
   */
  public BackwardWeightsPlan backwardWeights() {
    return new BackwardWeightsPlan(
        this, GradientProblem.of(shape(), paddingMode, layout(), flipKernel));
  }

  /**
   * Why an algorithm can't compute this transposed convolution.
   *
   * @param algorithm any
   * @return the rule that it breaks; empty if a plan can be made with it
   */
  public Optional<String> refusal(Algorithm algorithm) {
    return TransposedList.refusal(padded.inner(), Objects.requireNonNull(algorithm, "algorithm"));
  }

  /**
   * The same transposed convolution of another input.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a description that differs in these and in the output's size; padding and output
   *     padding are the same, also those that came of a named padding or a given output
   * @throws IllegalArgumentException if a size breaks a rule of {@link ConvTransposeShape}, or the
   *     padding one of its {@link PaddingMode}
   */
  public ConvTranspose2d withInput(int batch, int height, int width) {
    return new ConvTranspose2d(
        new TransposedProblem(
            shape().withInput(batch, height, width),
            layout(),
            activation(),
            accuracy(),
            batchInvariant()),
        paddingMode,
        flipKernel);
  }

  /**
   * The sizes.
   *
   * @return the shape that was validated by {@link Builder#build()}
   */
  public ConvTransposeShape shape() {
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
   * What the padding of the convolution holds that this one is the adjoint of.
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
   * @return false for the transposed of a cross-correlation
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
   * Multiply-adds of one run: one for each weight that an input element meets, also those whose
   * output is cut off. Each is two floating-point operations.
   *
   * @return {@link ConvTransposeShape#multiplyAdds()}
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

  @Override
  public String toString() {
    return "ConvTranspose2d "
        + shape()
        + LayerText.options(layout(), activation(), accuracy())
        + LayerText.of(paddingMode)
        + (flipKernel ? " flipped" : "");
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends Conv2dBuilder<Builder> {
    private final int[] outputPadding = new int[2];
    private final int[] output = new int[2];

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Rows and columns added to the output, of which a convolution with the same stride sees
     * nothing, so that the output has the size that one had: none by default.
     *
     * @param height rows at the bottom, at least 0 and less than the larger of stride and dilation
     * @param width columns at the right, likewise
     * @return this builder
     */
    public Builder outputPadding(int height, int width) {
      outputPadding[0] = height;
      outputPadding[1] = width;
      return this;
    }

    /**
     * The output's size, from which the padding is worked out as ONNX does from {@code
     * output_shape}, whatever padding was given: half of what is too much is cut off at each end,
     * and an odd element before the first, or with {@link AutoPad#SAME_UPPER} after the last. What
     * is missing is output padding.
     *
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @return this builder
     */
    public Builder output(int height, int width) {
      Arguments.atLeast(1, AxisWords.HEIGHT.output, height);
      Arguments.atLeast(1, AxisWords.WIDTH.output, width);
      output[0] = height;
      output[1] = width;
      return this;
    }

    /**
     * A named padding: with {@link AutoPad#SAME_UPPER} and {@link AutoPad#SAME_LOWER} the output
     * has {@code input * stride} rows and columns, and where an odd number is cut off, the odd one
     * is at the end with the former and at the beginning with the latter.
     *
     * @param named which
     * @return this builder
     */
    @Override
    public Builder padding(AutoPad named) {
      return super.padding(named);
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #filters} was not called
     * @throws IllegalArgumentException if a size breaks a rule of {@link ConvTransposeShape}, or
     *     the padding one of its {@link PaddingMode}
     */
    public ConvTranspose2d build() {
      requireInputAnd("filters");
      ConvTransposeShape shape =
          new ConvTransposeShape(
              batch(),
              channels(),
              transposedAxis(0, outputPadding[0], output[0]),
              transposedAxis(1, outputPadding[1], output[1]),
              filters(),
              groups());
      return new ConvTranspose2d(
          new TransposedProblem(shape, layout(), activation(), accuracy(), batchInvariant()),
          paddingMode(),
          flipKernel());
    }
  }
}

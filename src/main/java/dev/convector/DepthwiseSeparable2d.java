package dev.convector;

import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Subnormals;
import dev.convector.internal.separable.SeparableConv;
import dev.convector.internal.separable.SeparableWeights;
import dev.convector.internal.separable.SeparableWork;
import java.util.Objects;

/**
 * The description of a depthwise-separable convolution, MobileNet's block: a depthwise convolution
 * with an activation, then a pointwise (1x1) one with an activation, computed in one pass. Stride,
 * dilation and padding are the depthwise convolution's.
 *
 * <pre>{@code
 * DepthwiseSeparable2d block = DepthwiseSeparable2d.builder()
 *     .input(1, 128, 56, 56)
 *     .kernel(3, 3)
 *     .padding(1)
 *     .depthwiseActivation(Activation.RELU6)
 *     .filters(256)
 *     .activation(Activation.RELU6)
 *     .layout(Layout.NHWC)
 *     .build();
 * DepthwiseSeparable2dPlan plan =
 *     block.plan(depthwiseWeights, depthwiseBias, pointwiseWeights, pointwiseBias);
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>The depthwise convolution's output, the intermediate, has {@code channels * multiplier}
 * channels, those of one input channel next to one another as in PyTorch and ONNX. It never exists
 * as a whole: each thread holds a few rows of it, or a part of one row where a row is large, at
 * most {@value #MAX_INTERMEDIATE_BYTES} bytes. A padding's value is zero, the kernel is not turned.
 *
 * <p>Immutable, thread-safe.
 */
public final class DepthwiseSeparable2d {
  /** The most bytes of the intermediate that a thread of a run holds. */
  public static final int MAX_INTERMEDIATE_BYTES = 256 * 1024;

  private final ConvProblem depthwise;
  private final ConvProblem pointwise;

  /** Null where the padding was given in numbers. */
  private final AutoPad autoPad;

  private DepthwiseSeparable2d(ConvProblem depthwise, ConvProblem pointwise, AutoPad autoPad) {
    this.depthwise = depthwise;
    this.pointwise = pointwise;
    this.autoPad = autoPad;
  }

  /** The pointwise convolution follows from the depthwise one, which is valid. */
  private static DepthwiseSeparable2d of(
      ConvProblem depthwise, int filters, Activation activation, AutoPad autoPad) {
    ConvShape shape = depthwise.shape();
    ConvProblem pointwise =
        new ConvProblem(
            new ConvShape(
                shape.batch(),
                shape.filters(),
                Axis.of(shape.outputHeight()),
                Axis.of(shape.outputWidth()),
                filters,
                1),
            depthwise.layout(),
            activation,
            depthwise.accuracy());
    String refusal = SeparableConv.refusal(depthwise, pointwise);
    if (refusal != null) {
      throw new IllegalArgumentException(
          "description: " + depthwise + ", " + pointwise + "; " + refusal);
    }
    return new DepthwiseSeparable2d(depthwise, pointwise, autoPad);
  }

  /**
   * Starts a description. {@link Builder#input}, {@link Builder#kernel} and {@link Builder#filters}
   * must be called; the rest defaults to multiplier 1, stride 1, no padding, dilation 1, NCHW, no
   * activation, standard accuracy.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Packs the weights.
   *
   * @param depthwiseWeights {@code [channels * multiplier][1][kernelHeight][kernelWidth]}; copied
   * @param depthwiseBias {@code [channels * multiplier]}, or null for none; copied
   * @param pointwiseWeights {@code [filters][channels * multiplier][1][1]}; copied
   * @param pointwiseBias {@code [filters]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public DepthwiseSeparable2dPlan plan(
      float[] depthwiseWeights,
      float[] depthwiseBias,
      float[] pointwiseWeights,
      float[] pointwiseBias) {
    Arguments.length("depthwiseWeights", depthwiseWeights, depthwise().weightsSize());
    if (depthwiseBias != null) {
      Arguments.length("depthwiseBias", depthwiseBias, depthwise().filters());
    }
    Arguments.length("pointwiseWeights", pointwiseWeights, pointwise().weightsSize());
    if (pointwiseBias != null) {
      Arguments.length("pointwiseBias", pointwiseBias, pointwise().filters());
    }
    SeparableWeights weights =
        new SeparableWeights(
            Subnormals.flushed(accuracy(), depthwiseWeights.clone()),
            depthwiseBias == null ? null : depthwiseBias.clone(),
            Subnormals.flushed(accuracy(), pointwiseWeights.clone()),
            pointwiseBias == null ? null : pointwiseBias.clone());
    return plan(weights, null);
  }

  /** Shares what is packed already where that fits; null for nothing. */
  DepthwiseSeparable2dPlan plan(SeparableWeights weights, SeparableWork packed) {
    SeparableWork shared = packed == null ? null : packed.withProblems(depthwise, pointwise);
    SeparableWork work =
        shared == null ? SeparableWork.pack(depthwise, pointwise, weights) : shared;
    return new DepthwiseSeparable2dPlan(this, weights, work);
  }

  /**
   * The same convolutions of another input.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a description that differs in these, and in the padding if that is an {@link AutoPad}
   * @throws IllegalArgumentException if a size breaks a rule, as in {@link Builder#build}
   */
  public DepthwiseSeparable2d withInput(int batch, int height, int width) {
    ConvShape shape = depthwise().withInput(batch, height, width, autoPad);
    ConvProblem first = new ConvProblem(shape, layout(), depthwiseActivation(), accuracy());
    return of(first, pointwise().filters(), activation(), autoPad);
  }

  /**
   * The sizes of the first convolution.
   *
   * @return as many groups as channels
   */
  public ConvShape depthwise() {
    return depthwise.shape();
  }

  /**
   * The sizes of the second convolution, whose input is the first one's output.
   *
   * @return a 1x1 kernel with stride 1
   */
  public ConvShape pointwise() {
    return pointwise.shape();
  }

  /**
   * Memory order of input and output.
   *
   * @return the layout
   */
  public Layout layout() {
    return depthwise.layout();
  }

  /**
   * The function applied between the two convolutions.
   *
   * @return the activation
   */
  public Activation depthwiseActivation() {
    return depthwise.activation();
  }

  /**
   * The function applied to each output.
   *
   * @return the activation
   */
  public Activation activation() {
    return pointwise.activation();
  }

  /**
   * How large rounding errors may be.
   *
   * @return the bound
   */
  public Accuracy accuracy() {
    return pointwise.accuracy();
  }

  /**
   * Rows of the output.
   *
   * @return at least 1
   */
  public int outputHeight() {
    return pointwise().height();
  }

  /**
   * Columns of the output.
   *
   * @return at least 1
   */
  public int outputWidth() {
    return pointwise().width();
  }

  /**
   * Multiply-adds of both convolutions, also those with padding. Each is two floating-point
   * operations.
   *
   * @return the sum of both {@link ConvShape#multiplyAdds()}
   */
  public long multiplyAdds() {
    return depthwise().multiplyAdds() + pointwise().multiplyAdds();
  }

  /**
   * Trainable parameters: the weights of both and one bias for each of their filters.
   *
   * @return how many floats the two layers learn
   */
  public long parameters() {
    return (long) depthwise().weightsSize()
        + depthwise().filters()
        + pointwise().weightsSize()
        + pointwise().filters();
  }

  /**
   * The description as a layer of a network's listing.
   *
   * @return such as {@code DepthwiseSeparable2d 32x112x112 -> 32 3x3 p1 g32 relu6 -> 64 1x1 NHWC
   *     relu6}: the depthwise convolution, the pointwise one, the layout, and what is not the
   *     default
   */
  @Override
  public String toString() {
    String second = pointwise.toString();
    return "DepthwiseSeparable2d "
        + depthwise()
        + LayerText.unless(Activation.NONE, " ", depthwiseActivation())
        + second.substring(second.indexOf(" -> "));
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends Window2dBuilder<Builder> {
    private int filters;
    private boolean filtersSet;
    private int multiplier = 1;
    private Activation depthwiseActivation = Activation.NONE;
    private Activation activation = Activation.NONE;
    private Accuracy accuracy = Accuracy.STANDARD;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The depthwise kernel.
     *
     * @param height rows, R, at least 1
     * @param width columns, S, at least 1
     * @return this builder
     */
    public Builder kernel(int height, int width) {
      return setKernel(height, width);
    }

    /**
     * Depthwise filters for each input channel.
     *
     * @param count at least 1, the default; times channels at most 65,536, so that a pixel of the
     *     intermediate fits {@link #MAX_INTERMEDIATE_BYTES}
     * @return this builder
     */
    public Builder multiplier(int count) {
      multiplier = count;
      return this;
    }

    /**
     * The pointwise filters.
     *
     * @param count output channels, K, at least 1
     * @return this builder
     */
    public Builder filters(int count) {
      filters = count;
      filtersSet = true;
      return this;
    }

    /**
     * A function applied between the two convolutions.
     *
     * @param function none by default
     * @return this builder
     */
    public Builder depthwiseActivation(Activation function) {
      depthwiseActivation = Objects.requireNonNull(function, "depthwiseActivation");
      return this;
    }

    /**
     * A function applied to each output, after bias and residual.
     *
     * @param function none by default
     * @return this builder
     */
    public Builder activation(Activation function) {
      activation = Objects.requireNonNull(function, "activation");
      return this;
    }

    /**
     * How large rounding errors may be. Each output of both convolutions is one sum of its
     * products, which every bound allows.
     *
     * @param bound standard by default
     * @return this builder
     */
    public Builder accuracy(Accuracy bound) {
      accuracy = Objects.requireNonNull(bound, "accuracy");
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input}, {@link #kernel} or {@link #filters} was not
     *     called
     * @throws IllegalArgumentException if a size breaks a rule, either of {@link ConvShape} or
     *     because a thread's memory would not be bounded: more than 65,536 channels between the two
     *     convolutions, or an input below one dilated kernel too large to be copied to scratch
     *     (where that is needed: at least 32,768 pixels)
     */
    public DepthwiseSeparable2d build() {
      requireInputAnd("kernel");
      require(filtersSet, "filters");
      ConvProblem depthwise = new ConvProblem(depthwise(), layout(), depthwiseActivation, accuracy);
      return of(depthwise, filters, activation, autoPad());
    }

    private ConvShape depthwise() {
      long channels = (long) channels() * multiplier;
      if (multiplier < 1 || channels > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "multiplier: "
                + multiplier
                + "; must be at least 1, and times channels ("
                + channels()
                + ") at most "
                + Integer.MAX_VALUE);
      }
      return new ConvShape(batch(), channels(), rows(), columns(), (int) channels, channels());
    }
  }
}

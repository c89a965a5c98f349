package dev.convector;

import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.simd.VectorModule;
import java.util.Objects;
import java.util.Optional;

/**
 * The description of a fully connected layer, also called linear or dense: each output is the sum
 * of all elements of an image, each times a weight of its own. It is a convolution whose kernel is
 * as large as the image.
 *
 * <pre>{@code
 * FullyConnected layer = FullyConnected.builder()
 *     .input(32, 512, 7, 7)            // N, C, H, W, whatever the layout
 *     .outputs(4096)
 *     .layout(Layout.NHWC)
 *     .activation(Activation.RELU)
 *     .build();
 * FullyConnectedPlan plan = layer.plan(weights, bias);
 * plan.run(src, dst);                  // 32, 4096
 * }</pre>
 *
 * <p>Weights are {@code [outputs][channels][height][width]} whatever the layout: what PyTorch's
 * {@code Flatten} and {@code Linear}, and ONNX's {@code Flatten} and {@code Gemm} with {@code
 * transB}, have for images with channels first. So a network that was trained channels-first runs
 * channels-last with the same weights. The output is {@code [batch][outputs]}.
 *
 * <p>It is computed as a {@link Conv2d} with a 1x1 kernel on as many channels as an image has
 * elements, for all images together: a product of two matrices.
 *
 * <p>Immutable, thread-safe.
 */
public final class FullyConnected {
  private final int channels;
  private final int height;
  private final int width;
  private final Layout layout;

  /** On images of one pixel that has all elements as its channels. */
  private final Conv2d pointwise;

  private FullyConnected(int channels, int height, int width, Layout layout, Conv2d pointwise) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.layout = layout;
    this.pointwise = pointwise;
  }

  /**
   * Starts a description. {@link Builder#input} and {@link Builder#outputs} must be called; the
   * rest defaults to NCHW, no activation, standard accuracy.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [outputs][channels][height][width]}; copied
   * @return a plan without bias
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public FullyConnectedPlan plan(float[] weights) {
    return plan(weights, null, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [outputs][channels][height][width]}; copied
   * @param bias {@code [outputs]}, or null for none; copied
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong
   */
  public FullyConnectedPlan plan(float[] weights, float[] bias) {
    return plan(weights, bias, Algorithm.AUTO);
  }

  /**
   * Packs the weights.
   *
   * @param weights {@code [outputs][channels][height][width]}; copied
   * @param bias {@code [outputs]}, or null for none; copied
   * @param algorithm how to compute; {@link Algorithm#AUTO} lets the library choose
   * @return a plan
   * @throws IllegalArgumentException if an array's length is wrong, or the algorithm can't compute
   *     this
   */
  public FullyConnectedPlan plan(float[] weights, float[] bias, Algorithm algorithm) {
    Arguments.length("weights", weights, pointwise.shape().weightsSize());
    return new FullyConnectedPlan(this, pointwise.plan(ordered(weights), bias, algorithm));
  }

  /**
   * Packs the weights for the gradient with respect to the input. Bias and activation are not part
   * of it.
   *
   * @param weights {@code [outputs][channels][height][width]}; copied
   * @return a plan from the gradient of the output, before the activation, to that of the input, in
   *     the input's layout
   * @throws IllegalArgumentException if the array's length is wrong
   */
  public BackwardDataPlan backwardData(float[] weights) {
    Arguments.length("weights", weights, pointwise.shape().weightsSize());
    return pointwise.backwardData(this, ordered(weights));
  }

  /**
   * The gradients with respect to weights and bias. The activation is not part of them.
   *
   * @return a plan from the input and the gradient of the output, before the activation, to the
   *     gradients of the weights and of the bias
   */
  public BackwardWeightsPlan backwardWeights() {
    // Its kernel is the whole image: so the gradient of either layout finds the weights' order.
    ConvShape whole =
        new ConvShape(
            batch(),
            channels,
            new Axis(height, height, 1, 1, 0, 0),
            new Axis(width, width, 1, 1, 0, 0),
            outputs(),
            1);
    return new BackwardWeightsPlan(
        this, GradientProblem.of(whole, PaddingMode.ZEROS, layout, false));
  }

  /** In the order that an image's elements have in memory. */
  private float[] ordered(float[] weights) {
    int area = height * width;
    if (layout == Layout.NCHW || area == 1 || channels == 1) {
      return weights;
    }
    float[] ordered = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      int pixel = i % area;
      int plane = i / area;
      ordered[(plane / channels * area + pixel) * channels + plane % channels] = weights[i];
    }
    return ordered;
  }

  /**
   * Why an algorithm can't compute this layer.
   *
   * @param algorithm any
   * @return the rule that it breaks; empty if a plan can be made with it
   */
  public Optional<String> refusal(Algorithm algorithm) {
    return pointwise.refusal(algorithm);
  }

  /**
   * The same layer on another number of images.
   *
   * @param batch images, at least 1
   * @return a description that differs in this
   * @throws IllegalArgumentException if the batch is less than 1, or input or output have more
   *     elements than an array can index
   */
  public FullyConnected withBatch(int batch) {
    return new FullyConnected(channels, height, width, layout, pointwise.withInput(batch, 1, 1));
  }

  /**
   * Images of a run.
   *
   * @return N, at least 1
   */
  public int batch() {
    return pointwise.shape().batch();
  }

  /**
   * Whether each image's bits must be the same in a batch of any size.
   *
   * @return what {@link Builder#batchInvariant} was given
   */
  public boolean batchInvariant() {
    return pointwise.batchInvariant();
  }

  /**
   * Elements of an image.
   *
   * @return {@code channels * height * width}
   */
  public int inputs() {
    return pointwise.shape().channels();
  }

  /**
   * Outputs of an image.
   *
   * @return at least 1
   */
  public int outputs() {
    return pointwise.shape().filters();
  }

  /**
   * Memory order of the input.
   *
   * @return the layout
   */
  public Layout layout() {
    return layout;
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
   * Multiply-adds of one run.
   *
   * @return {@code batch * inputs * outputs}
   */
  public long multiplyAdds() {
    return pointwise.multiplyAdds();
  }

  /**
   * Trainable parameters: the weights and one bias for each output.
   *
   * @return {@code outputs * (inputs + 1)}
   */
  public long parameters() {
    return pointwise.parameters();
  }

  /**
   * The description as a layer of a network's listing.
   *
   * @return such as {@code FullyConnected 32x512x7x7 -> 4096 NHWC relu}
   */
  @Override
  public String toString() {
    return "FullyConnected "
        + LayerText.input(batch(), channels, Axis.of(height), Axis.of(width))
        + " -> "
        + outputs()
        + LayerText.options(layout, activation(), pointwise.accuracy());
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder {
    private int batch;
    private int channels;
    private int height;
    private int width;
    private boolean inputSet;
    private int outputs;
    private boolean outputsSet;
    private Layout layout = Layout.NCHW;
    private Activation activation = Activation.NONE;
    private Accuracy accuracy = Accuracy.STANDARD;
    private boolean batchInvariant;

    private Builder() {
      VectorModule.require();
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
    public Builder input(int batch, int channels, int height, int width) {
      this.batch = batch;
      this.channels = channels;
      this.height = height;
      this.width = width;
      inputSet = true;
      return this;
    }

    /**
     * The input's sizes where it has no image's axes, such as the output of another fully connected
     * layer.
     *
     * @param batch vectors, N, at least 1
     * @param inputs elements of each, at least 1
     * @return this builder
     */
    public Builder input(int batch, int inputs) {
      return input(batch, inputs, 1, 1);
    }

    /**
     * The outputs of each image.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder outputs(int count) {
      outputs = count;
      outputsSet = true;
      return this;
    }

    /**
     * Memory order of the input.
     *
     * @param order NCHW by default
     * @return this builder
     */
    public Builder layout(Layout order) {
      layout = Objects.requireNonNull(order, "layout");
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
     * How large rounding errors may be.
     *
     * @param bound standard by default
     * @return this builder
     */
    public Builder accuracy(Accuracy bound) {
      accuracy = Objects.requireNonNull(bound, "accuracy");
      return this;
    }

    /**
     * Whether each image's bits must be the same in a batch of any size. Without it one image may
     * be summed in another order than several, but under {@link Accuracy#STRICT}; it costs one
     * image up to 3.4 times the time.
     *
     * @param invariant false by default
     * @return this builder
     */
    public Builder batchInvariant(boolean invariant) {
      batchInvariant = invariant;
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #outputs} was not called
     * @throws IllegalArgumentException if a size is less than 1, or input, output or weights have
     *     more elements than an array can index
     */
    public FullyConnected build() {
      WindowBuilder.require(inputSet, "input");
      WindowBuilder.require(outputsSet, "outputs");
      Arguments.atLeast(1, "batch", batch);
      Arguments.atLeast(1, "channels", channels);
      Arguments.atLeast(1, "height", height);
      Arguments.atLeast(1, "width", width);
      Arguments.atLeast(1, "outputs", outputs);
      Arguments.indexable("input", batch, channels, height, width);
      Arguments.indexable("weights", outputs, channels, height, width);
      Conv2d pointwise =
          Conv2d.builder()
              .input(batch, channels * height * width, 1, 1)
              .filters(outputs, 1, 1)
              .layout(Layout.NHWC)
              .activation(activation)
              .accuracy(accuracy)
              .batchInvariant(batchInvariant)
              .build();
      return new FullyConnected(channels, height, width, layout, pointwise);
    }
  }
}

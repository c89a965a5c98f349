package dev.convector;

import dev.convector.internal.gradient.GradientOperands;
import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.gradient.GradientTask;
import dev.convector.internal.gradient.GradientWorks;
import dev.convector.internal.parallel.ObjectPool;
import java.time.Duration;
import java.util.Objects;

/**
 * From a convolution's input and the gradient with respect to its output to the gradients with
 * respect to its weights and its bias, ready to run.
 *
 * <pre>{@code
 * BackwardWeightsPlan gradient = conv.backwardWeights();
 * gradient.run(input, outputGradient, weightsGradient, biasGradient);
 * gradient.accumulating().run(...);           // adds to what the gradients hold
 * }</pre>
 *
 * <p>Input and output's gradient have the shapes and the layout of the description. The weights'
 * gradient has the shape of the weights: {@code [filters][channels / groups][kernelHeight]
 * [kernelWidth]}, of a transposed convolution {@code [channels][filters / groups][kernelHeight]
 * [kernelWidth]}, in one and three dimensions with as many axes of the kernel; of a fully connected
 * layer {@code [outputs][channels][height][width]}. The bias' gradient is {@code [filters]}.
 *
 * <p>It is the gradient of the convolution without its activation, whose derivative depends on the
 * output: multiply the output's gradient by that first. For a fixed loss it is linear in both
 * arguments, and adjoint to the convolution without its bias: {@code <conv(x; w), y> =
 * <backwardWeights(x, y), w>}.
 *
 * <p>With a {@link PaddingMode} the products with what the padding holds take part. No padded image
 * is kept for them: the elements are read where padding copies them from.
 *
 * <p><b>Accuracy.</b> Each element is a sum over all pixels of the batch, in float: of blocks of at
 * most 1024 pixels, whose sums are added to each other. So with {@code b} blocks its error is at
 * most {@code (1024 + b) * 2^-24} times the sum of the products' absolute values; since roundings
 * go both ways, it usually is nearer to the square root of that factor. The order of the sum
 * depends on the shape alone: the bits are the same on every {@link Execution}. A NaN or an
 * infinity may also reach the other taps of its channel and filter, as those whose window has it
 * just outside multiply it by zero.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, and writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}.
 */
public final class BackwardWeightsPlan {
  private final Object of;
  private final GradientProblem problem;
  private final int inputSize;
  private final int outputSize;
  private final GradientWorks works;
  private final ObjectPool<GradientTask> tasks;
  private final boolean accumulating;

  /**
   * @param of the description of which it is the gradient
   */
  BackwardWeightsPlan(Object of, GradientProblem problem) {
    this.of = of;
    this.problem = problem;
    this.inputSize = problem.biasOfX() ? problem.outputSize() : problem.inputSize();
    this.outputSize = problem.biasOfX() ? problem.inputSize() : problem.outputSize();
    this.works = GradientWorks.of(problem);
    this.tasks = new ObjectPool<>(() -> new GradientTask(problem, works));
    this.accumulating = false;
  }

  /** The same, adding to what the gradients hold. */
  private BackwardWeightsPlan(BackwardWeightsPlan plan) {
    this.of = plan.of;
    this.problem = plan.problem;
    this.inputSize = plan.inputSize;
    this.outputSize = plan.outputSize;
    this.works = plan.works;
    this.tasks = plan.tasks;
    this.accumulating = true;
  }

  /**
   * Where each array begins to be used, for parts of larger ones: say the images of a minibatch, or
   * the parameters of a whole network in one array.
   *
   * @param input index of the input's first element, at least 0
   * @param outputGradient of the output's gradient, likewise
   * @param weightsGradient of the weights' gradient, likewise
   * @param biasGradient of the bias' gradient, likewise
   */
  public record Offsets(int input, int outputGradient, int weightsGradient, int biasGradient) {
    private static final Offsets NONE = new Offsets(0, 0, 0, 0);
  }

  /**
   * A plan that adds the gradients to what their arrays hold, as for a batch that comes in parts.
   * The sums over this run's pixels come first; what was held is added to each of them.
   *
   * @return such a plan, which shares this one's memory; this one if it is such already
   */
  public BackwardWeightsPlan accumulating() {
    return accumulating ? this : new BackwardWeightsPlan(this);
  }

  /**
   * Whether it adds to what the gradients hold.
   *
   * @return false if it overwrites them
   */
  public boolean isAccumulating() {
    return accumulating;
  }

  /**
   * Runs on the common pool.
   *
   * @param input the convolution's input
   * @param outputGradient the gradient with respect to its output, before the activation
   * @param weightsGradient receives the gradient with respect to the weights
   * @param biasGradient receives the gradient with respect to the bias; null if it isn't wanted
   * @throws IllegalArgumentException if an array is too short or what is written overlaps another
   */
  public void run(
      float[] input, float[] outputGradient, float[] weightsGradient, float[] biasGradient) {
    run(input, outputGradient, weightsGradient, biasGradient, Execution.common());
  }

  /**
   * Runs.
   *
   * @param input the convolution's input
   * @param outputGradient the gradient with respect to its output, before the activation
   * @param weightsGradient receives the gradient with respect to the weights
   * @param biasGradient receives the gradient with respect to the bias; null if it isn't wanted
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, what is written overlaps another, or
   *     the pool is shut down
   */
  public void run(
      float[] input,
      float[] outputGradient,
      float[] weightsGradient,
      float[] biasGradient,
      Execution execution) {
    run(input, outputGradient, weightsGradient, biasGradient, Offsets.NONE, execution);
  }

  /**
   * Runs on parts of larger arrays.
   *
   * @param input holds the convolution's input
   * @param outputGradient holds the gradient with respect to its output, before the activation
   * @param weightsGradient receives the gradient with respect to the weights; must not overlap the
   *     others
   * @param biasGradient receives the gradient with respect to the bias; null if it isn't wanted;
   *     must not overlap the others
   * @param offsets where each of them begins
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, what is written
   *     overlaps another, or the pool is shut down
   */
  public void run(
      float[] input,
      float[] outputGradient,
      float[] weightsGradient,
      float[] biasGradient,
      Offsets offsets,
      Execution execution) {
    Objects.requireNonNull(offsets, "offsets");
    Arguments.range("input", input, offsets.input, inputSize);
    Arguments.range("outputGradient", outputGradient, offsets.outputGradient, outputSize);
    Arguments.range(
        "weightsGradient", weightsGradient, offsets.weightsGradient, problem.weightsSize());
    requireApart(
        "weightsGradient",
        weightsGradient,
        offsets.weightsGradient,
        problem.weightsSize(),
        input,
        outputGradient,
        offsets);
    if (biasGradient != null) {
      Arguments.range("biasGradient", biasGradient, offsets.biasGradient, problem.biasSize());
      requireApart(
          "biasGradient",
          biasGradient,
          offsets.biasGradient,
          problem.biasSize(),
          input,
          outputGradient,
          offsets);
      Arguments.apart(
          "biasGradient",
          biasGradient,
          offsets.biasGradient,
          problem.biasSize(),
          "weightsGradient",
          weightsGradient,
          offsets.weightsGradient,
          problem.weightsSize());
    }
    Objects.requireNonNull(execution, "execution").requireOpen();
    GradientTask task = tasks.take();
    GradientOperands operands = task.operands();
    if (problem.biasOfX()) {
      operands.read(outputGradient, offsets.outputGradient, input, offsets.input);
    } else {
      operands.read(input, offsets.input, outputGradient, offsets.outputGradient);
    }
    operands.write(
        weightsGradient, offsets.weightsGradient, biasGradient, offsets.biasGradient, accumulating);
    try {
      task.run(execution.poolOrNull(), execution.threads());
    } finally {
      tasks.give(task);
    }
  }

  /**
   * Warms up on the common pool, for at most 3 seconds.
   *
   * @return whether the speed was steady by then
   * @see #warmUp(Duration, Execution)
   */
  public boolean warmUp() {
    return warmUp(WarmUp.LIMIT, Execution.common());
  }

  /**
   * Runs on arrays of its own until the speed is steady, as {@link Plan#warmUp(Duration,
   * Execution)} does. Allocates all four.
   *
   * @param limit when it stops at the latest, but for the run that it is in
   * @param execution where the runs take place that are to be fast
   * @return whether the speed was steady within the limit
   * @throws IllegalArgumentException if the limit is negative or the pool is shut down
   */
  public boolean warmUp(Duration limit, Execution execution) {
    float[] input = WarmUp.data(inputSize);
    float[] outputGradient = WarmUp.data(outputSize);
    float[] weightsGradient = new float[weightsSize()];
    float[] biasGradient = new float[biasSize()];
    return WarmUp.repeat(
        () -> run(input, outputGradient, weightsGradient, biasGradient, execution), limit);
  }

  private void requireApart(
      String name,
      float[] written,
      int offset,
      int size,
      float[] input,
      float[] outputGradient,
      Offsets offsets) {
    Arguments.apart("input", input, offsets.input, inputSize, name, written, offset, size);
    Arguments.apart(
        "outputGradient",
        outputGradient,
        offsets.outputGradient,
        outputSize,
        name,
        written,
        offset,
        size);
  }

  /**
   * Elements of the convolution's input.
   *
   * @return at least 1
   */
  public int inputSize() {
    return inputSize;
  }

  /**
   * Elements of the output's gradient.
   *
   * @return those of the convolution's output
   */
  public int outputSize() {
    return outputSize;
  }

  /**
   * Elements of the weights' gradient.
   *
   * @return those of the convolution's weights
   */
  public int weightsSize() {
    return problem.weightsSize();
  }

  /**
   * Elements of the bias' gradient.
   *
   * @return the convolution's filters
   */
  public int biasSize() {
    return problem.biasSize();
  }

  /**
   * Scratch that each thread of a run uses, of an array of 4 MiB that it borrows from a pool shared
   * by all plans.
   *
   * @return bytes, at most 4 MiB
   */
  public long workspaceBytes() {
    return works.scratchFloats() * (long) Float.BYTES + works.scratchInts() * (long) Integer.BYTES;
  }

  @Override
  public String toString() {
    return "BackwardWeightsPlan[" + of + (accumulating ? ", accumulating" : "") + "]";
  }
}

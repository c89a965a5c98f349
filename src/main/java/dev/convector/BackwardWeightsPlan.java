package dev.convector;

import dev.convector.internal.gradient.GradientProblem;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

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
 * <p>Operands may be {@link MemorySegment}s.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, and writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}.
 */
public final class BackwardWeightsPlan {
  private final Object of;
  private final BackwardWeightsRunner runner;
  private final boolean accumulating;

  /**
   * @param of the description of which it is the gradient
   */
  BackwardWeightsPlan(Object of, GradientProblem problem) {
    this(of, new BackwardWeightsRunner(problem), false);
  }

  private BackwardWeightsPlan(Object of, BackwardWeightsRunner runner, boolean accumulating) {
    this.of = of;
    this.runner = runner;
    this.accumulating = accumulating;
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
    static final Offsets NONE = new Offsets(0, 0, 0, 0);
  }

  /**
   * A plan that adds the gradients to what their arrays hold, as for a batch that comes in parts.
   * The sums over this run's pixels come first; what was held is added to each of them.
   *
   * @return such a plan, which shares this one's memory; this one if it is such already
   */
  public BackwardWeightsPlan accumulating() {
    return accumulating ? this : new BackwardWeightsPlan(of, runner, true);
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
    runner.run(
        input, outputGradient, weightsGradient, biasGradient, offsets, accumulating, execution);
  }

  /**
   * Runs on segments, as {@link Plan} has them. But each piece of the work goes through all pixels,
   * so that those which are no {@code float[]} are copied whole, before the run and after it, to
   * arrays of their size that the plan keeps for the next one.
   *
   * @param input begins with the convolution's input
   * @param outputGradient begins with the gradient with respect to its output, before the
   *     activation
   * @param weightsGradient receives the gradient with respect to the weights at its beginning; must
   *     not overlap the others
   * @param biasGradient receives the gradient with respect to the bias; null if it isn't wanted;
   *     must not overlap the others
   * @param execution where
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, what
   *     is written overlaps another or is read-only, or the pool is shut down
   * @throws IllegalStateException if an arena is closed
   */
  public void run(
      MemorySegment input,
      MemorySegment outputGradient,
      MemorySegment weightsGradient,
      MemorySegment biasGradient,
      Execution execution) {
    runner.run(input, outputGradient, weightsGradient, biasGradient, accumulating, execution);
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
    float[] input = WarmUp.data(inputSize());
    float[] outputGradient = WarmUp.data(outputSize());
    float[] weightsGradient = new float[weightsSize()];
    float[] biasGradient = new float[biasSize()];
    return WarmUp.repeat(
        () -> run(input, outputGradient, weightsGradient, biasGradient, execution), limit);
  }

  /**
   * Elements of the convolution's input.
   *
   * @return at least 1
   */
  public int inputSize() {
    return runner.inputSize();
  }

  /**
   * Elements of the output's gradient.
   *
   * @return those of the convolution's output
   */
  public int outputSize() {
    return runner.outputSize();
  }

  /**
   * Elements of the weights' gradient.
   *
   * @return those of the convolution's weights
   */
  public int weightsSize() {
    return runner.weightsSize();
  }

  /**
   * Elements of the bias' gradient.
   *
   * @return the convolution's filters
   */
  public int biasSize() {
    return runner.biasSize();
  }

  /**
   * Scratch that each thread of a run uses, of an array of 4 MiB that it borrows from a pool shared
   * by all plans.
   *
   * @return bytes, at most 4 MiB
   */
  public long workspaceBytes() {
    return runner.workspaceBytes();
  }

  @Override
  public String toString() {
    return "gradient of the weights of " + of + (accumulating ? ", accumulating" : "");
  }
}

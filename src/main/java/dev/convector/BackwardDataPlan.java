package dev.convector;

import dev.convector.internal.plan.Choice;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;

/**
 * From the gradient with respect to a convolution's output to the one with respect to its input,
 * with the weights packed, ready to run; a run's {@code src} is the former and {@code dst} the
 * latter, each in the shape and layout of what it is the gradient of.
 *
 * <p>It is the gradient of the convolution without its activation, whose derivative depends on the
 * output: multiply the output's gradient by that first. For a fixed loss it is linear in {@code
 * src}, and the adjoint of the convolution without its bias: {@code <conv(x), y> = <x, data(y)>}.
 */
public final class BackwardDataPlan implements Plan {
  private final Object of;
  private final Algorithm algorithm;
  private final PackedWork packed;
  private final PlanRunner runner;

  /**
   * @param of the description of which it is the gradient
   */
  BackwardDataPlan(Object of, Choice choice, RunSteps steps) {
    this.of = of;
    this.algorithm = choice.algorithm();
    this.packed = choice.work();
    this.runner = new PlanRunner(steps);
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  /**
   * Computes the gradient and adds what has come to the input by other ways.
   *
   * @param src holds the gradient with respect to the output
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the input's shape and layout; null for nothing. It
   *     may be exactly the place of {@code dst}, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the gradient with respect to the input; must not overlap {@code src}
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an array
   *     overlaps {@code dst} in a way that is not allowed, or the pool is shut down
   */
  public void run(
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset,
      Execution execution) {
    runner.run(src, srcOffset, residual, residualOffset, dst, dstOffset, execution);
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return algorithm;
  }

  /**
   * Elements of {@code src}.
   *
   * @return those of the convolution's output
   */
  @Override
  public int inputSize() {
    return runner.inputSize();
  }

  /**
   * Elements of {@code dst}.
   *
   * @return those of the convolution's input
   */
  @Override
  public int outputSize() {
    return runner.outputSize();
  }

  @Override
  public long workspaceBytes() {
    return runner.workspaceBytes();
  }

  @Override
  public long packedBytes() {
    return packed.packedBytes();
  }

  @Override
  public String toString() {
    return "BackwardDataPlan[" + algorithm + ", " + of + "]";
  }
}

package dev.convector;

import dev.convector.internal.plan.Choice;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;

/**
 * A transposed convolution with its weights packed, ready to run.
 *
 * <p>NaN and infinities in the input reach exactly the outputs of their window, with every
 * algorithm but Winograd's, where they reach the whole tile of outputs that is computed from them.
 * What a weight that is not finite makes of taps outside the input is not specified.
 */
public final class ConvTranspose2dPlan implements Plan {
  private final ConvTranspose2d description;
  private final Algorithm algorithm;
  private final PackedWork packed;
  private final PlanRunner runner;

  ConvTranspose2dPlan(ConvTranspose2d description, Choice choice, RunSteps steps) {
    this.description = description;
    this.algorithm = choice.algorithm();
    this.packed = choice.work();
    this.runner = new PlanRunner(steps);
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  /**
   * Computes and adds a residual before the activation.
   *
   * @param src holds the input, in the description's layout
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the output's shape and layout; null for nothing. It
   *     may be exactly the output's place, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the output, in the description's layout; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an array
   *     overlaps the output in a way that is not allowed, or the pool is shut down
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
   * What the plan was made of.
   *
   * @return the description
   */
  public ConvTranspose2d description() {
    return description;
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return algorithm;
  }

  @Override
  public int inputSize() {
    return runner.inputSize();
  }

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
    return "ConvTranspose2dPlan[" + algorithm() + ", " + description + "]";
  }
}

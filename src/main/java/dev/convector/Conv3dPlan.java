package dev.convector;

import dev.convector.internal.plan.VolumeConv;

/**
 * A three-dimensional convolution with its weights packed, ready to run. NaN and infinities spread
 * as with {@link Conv2dPlan}.
 */
public final class Conv3dPlan implements Plan {
  private final Conv3d description;
  private final VolumeConv conv;
  private final PlanRunner runner;

  Conv3dPlan(Conv3d description, VolumeConv conv) {
    this.description = description;
    this.conv = conv;
    this.runner = new PlanRunner(conv.steps());
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  /**
   * Convolves and adds a residual before the activation.
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
   * A plan with the same weights for another input, which shares them as {@link
   * Conv2dPlan#withInput} does.
   *
   * @param batch volumes, at least 1
   * @param depth planes of the input, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a plan of {@link Conv3d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule of {@link Conv3dShape}, the padding
   *     one of its {@link PaddingMode}, or an algorithm that was forced can't compute the new sizes
   */
  public Conv3dPlan withInput(int batch, int depth, int height, int width) {
    Conv3d other = description.withInput(batch, depth, height, width);
    return new Conv3dPlan(other, conv.withProblem(other.planar()));
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Conv3d description() {
    return description;
  }

  /**
   * The algorithm that computes the planes.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return conv.algorithm();
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
    return conv.bytes();
  }

  @Override
  public String toString() {
    return description + " by " + algorithm();
  }
}

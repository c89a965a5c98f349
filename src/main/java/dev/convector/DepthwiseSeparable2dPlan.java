package dev.convector;

import dev.convector.internal.separable.SeparableWeights;
import dev.convector.internal.separable.SeparableWork;

/** A depthwise-separable convolution with its weights packed, ready to run. */
public final class DepthwiseSeparable2dPlan implements Plan {
  private final DepthwiseSeparable2d description;
  private final SeparableWeights weights;
  private final SeparableWork packed;
  private final PlanRunner runner;

  DepthwiseSeparable2dPlan(
      DepthwiseSeparable2d description, SeparableWeights weights, SeparableWork packed) {
    this.description = description;
    this.weights = weights;
    this.packed = packed;
    this.runner =
        new PlanRunner(
            packed,
            description.depthwise().inputSize(),
            description.pointwise().outputSize(),
            description.multiplyAdds());
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  /**
   * Convolves and adds a residual before the last activation.
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
   * A plan with the same weights for another input. Both plans share the packed weights where those
   * don't depend on the sizes; otherwise the weights, which a plan keeps as they were given, are
   * packed again. This plan stays as it is.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a plan of {@link DepthwiseSeparable2d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule, as in {@link
   *     DepthwiseSeparable2d.Builder#build}
   */
  public DepthwiseSeparable2dPlan withInput(int batch, int height, int width) {
    return description.withInput(batch, height, width).plan(weights, packed);
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public DepthwiseSeparable2d description() {
    return description;
  }

  /**
   * How the first of the two convolutions is computed.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm depthwiseAlgorithm() {
    return packed.depthwiseAlgorithm();
  }

  /**
   * How the second of the two convolutions is computed.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm pointwiseAlgorithm() {
    return packed.pointwiseAlgorithm();
  }

  /**
   * The part of the intermediate that each thread of a run holds, within {@link #workspaceBytes}.
   *
   * @return bytes, at most {@link DepthwiseSeparable2d#MAX_INTERMEDIATE_BYTES}
   */
  public long intermediateBytes() {
    return packed.intermediateBytes();
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
    return packed.packedBytes() + weights.bytes();
  }

  @Override
  public String toString() {
    return description + " by " + depthwiseAlgorithm() + ", " + pointwiseAlgorithm();
  }
}

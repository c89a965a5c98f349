package dev.convector;

import dev.convector.internal.separable.SeparableWork;

/** A depthwise-separable convolution with its weights packed, ready to run. */
public final class DepthwiseSeparable2dPlan implements Plan {
  private final DepthwiseSeparable2d description;
  private final SeparableWork packed;
  private final PlanRunner runner;

  DepthwiseSeparable2dPlan(DepthwiseSeparable2d description, SeparableWork packed) {
    this.description = description;
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
   * What the plan was made of.
   *
   * @return the description
   */
  public DepthwiseSeparable2d description() {
    return description;
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
    return packed.packedBytes();
  }

  @Override
  public String toString() {
    return "DepthwiseSeparable2dPlan[" + description + "]";
  }
}

package dev.convector;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** A plan whose run may add a residual before the activation. */
abstract sealed class ResidualPlan extends RunnerPlan
    permits BackwardDataPlan,
        Conv1dPlan,
        Conv2dPlan,
        Conv3dPlan,
        ConvTranspose2dPlan,
        DepthwiseSeparable2dPlan,
        FullyConnectedPlan {
  ResidualPlan(PlanRunner runner) {
    super(runner);
  }

  /**
   * Runs and adds a residual before the activation, of two convolutions before the last one.
   *
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the output's shape and layout; null for nothing. It
   *     may be exactly the output's place, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the output; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an array
   *     overlaps the output in a way that is not allowed, or the pool is shut down
   */
  public final void run(
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
   * Runs on segments and adds a residual before the activation, of two convolutions before the last
   * one.
   *
   * @param src begins with the input
   * @param residual begins with what is added, with the output's shape and layout; null for
   *     nothing. It may begin exactly where the output does, which then accumulates, or must not
   *     overlap it
   * @param dst receives the output at its beginning; every element is written
   * @param execution where
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, the
   *     output is overlapped in a way that is not allowed or read-only, or the pool is shut down
   * @throws IllegalStateException if an arena is closed
   */
  public final void run(
      MemorySegment src, MemorySegment residual, MemorySegment dst, Execution execution) {
    runner.run(src, residual, dst, execution);
  }

  @Override
  public final boolean warmUp(Duration limit, Execution execution) {
    float[] src = WarmUp.data(inputSize());
    float[] dst = new float[outputSize()];
    return WarmUp.repeat(
        () -> {
          run(src, 0, dst, 0, execution);
          run(src, 0, dst, 0, dst, 0, execution);
        },
        limit);
  }
}

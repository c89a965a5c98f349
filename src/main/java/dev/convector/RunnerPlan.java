package dev.convector;

import java.lang.foreign.MemorySegment;

/** A plan whose runs, checked and shared out among threads, are a {@link PlanRunner}'s. */
abstract sealed class RunnerPlan implements Plan
    permits ResidualPlan, Pool2dPlan, Pool2dBackwardPlan, UnfoldPlan, Upsample2dPlan {
  final PlanRunner runner;

  RunnerPlan(PlanRunner runner) {
    this.runner = runner;
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  @Override
  public void run(MemorySegment src, MemorySegment dst, Execution execution) {
    runner.run(src, null, dst, execution);
  }

  @Override
  public final int inputSize() {
    return runner.inputSize();
  }

  @Override
  public final int outputSize() {
    return runner.outputSize();
  }

  @Override
  public final long workspaceBytes() {
    return runner.workspaceBytes();
  }
}

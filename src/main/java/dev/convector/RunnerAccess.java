package dev.convector;

import dev.convector.internal.access.PlanAccess;
import dev.convector.internal.problem.PackedWork;

/** Reaches the runners of plans. */
final class RunnerAccess extends PlanAccess {
  private static PlanRunner runner(Plan plan) {
    return switch (plan) {
      case ResidualPlan p -> p.runner;
      case Pool2dPlan p -> p.runner;
      case Upsample2dPlan p -> p.runner;
      case Pool2dBackwardPlan p -> null;
      case UnfoldPlan p -> null;
    };
  }

  @Override
  public boolean allowsResultDistance(Plan plan) {
    PlanRunner runner = runner(plan);
    PackedWork work = runner == null ? null : runner.onlyWork();
    return work != null && work.allowsResultDistance();
  }

  @Override
  public void run(
      Plan plan,
      float[] src,
      int srcOffset,
      float[] dst,
      int dstOffset,
      int dstPixel,
      Execution execution) {
    runner(plan).runApart(src, srcOffset, dst, dstOffset, dstPixel, execution);
  }
}

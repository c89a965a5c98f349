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

  private static PackedWork work(Plan plan) {
    PlanRunner runner = runner(plan);
    return runner == null ? null : runner.onlyWork();
  }

  @Override
  public boolean allowsSourceDistance(Plan plan) {
    PackedWork work = work(plan);
    return work != null && work.allowsSourceDistance();
  }

  @Override
  public boolean allowsResultDistance(Plan plan) {
    PackedWork work = work(plan);
    return work != null && work.allowsResultDistance();
  }

  @Override
  public void run(
      Plan plan,
      float[] src,
      int srcOffset,
      int srcPixel,
      float[] dst,
      int dstOffset,
      int dstPixel,
      Execution execution) {
    runner(plan).runApart(src, srcOffset, srcPixel, dst, dstOffset, dstPixel, execution);
  }
}

package dev.convector;

import dev.convector.internal.access.PlanAccess;
import dev.convector.internal.problem.PackedWork;

/** Reaches the runners of plans. */
final class RunnerAccess extends PlanAccess {
  private static PlanRunner runner(Plan plan) {
    return switch (plan) {
      case RunnerPlan p -> p.runner;
    };
  }

  @Override
  public boolean allowsResultDistance(Plan plan) {
    PackedWork work = runner(plan).onlyWork();
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

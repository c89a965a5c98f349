package dev.convector.onnx.internal.operator;

import dev.convector.Plan;
import dev.convector.internal.access.PlanAccess;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;

/** Runs one of the library's plans. */
record PlanStep(Plan plan, Operand src, Operand dst) implements Step {
  /** Runs a plan on operands whose pixels may lie apart. */
  static void runApart(Plan plan, Operand src, Operand dst, Run run) {
    PlanAccess.get()
        .run(
            plan,
            run.floats(src),
            run.offset(src),
            src.storage().distance(),
            run.floats(dst),
            run.offset(dst),
            dst.storage().distance(),
            run.execution());
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    PlanAccess access = PlanAccess.get();
    return (operand != src || access.allowsSourceDistance(plan))
        && (operand != dst || access.allowsResultDistance(plan));
  }

  @Override
  public void run(Run run) {
    if (src.isApart() || dst.isApart()) {
      runApart(plan, src, dst, run);
      return;
    }
    plan.run(run.floats(src), run.offset(src), run.floats(dst), run.offset(dst), run.execution());
  }

  @Override
  public long packedBytes() {
    return plan.packedBytes();
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes();
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.Plan;
import dev.convector.internal.access.PlanAccess;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;

/** Runs one of the library's plans. */
record PlanStep(Plan plan, Operand src, Operand dst) implements Step {
  /** Runs a plan whose result's pixels lie apart. */
  static void runApart(Plan plan, Operand src, Operand dst, Run run) {
    PlanAccess.get()
        .run(
            plan,
            run.floats(src),
            run.offset(src),
            run.floats(dst),
            run.offset(dst),
            dst.storage().distance(),
            run.execution());
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    return operand == dst && PlanAccess.get().allowsResultDistance(plan);
  }

  @Override
  public void run(Run run) {
    if (dst.isApart()) {
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

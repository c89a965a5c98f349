package dev.convector.onnx.internal.operator;

import dev.convector.Plan;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;

/** Runs one of the library's plans. */
record PlanStep(Plan plan, Operand src, Operand dst) implements Step {
  @Override
  public void run(Run run) {
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

package dev.convector.onnx.internal.operator;

import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.internal.access.PlanAccess;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import java.util.List;

/**
 * Runs one of the library's plans with a residual or without.
 *
 * @param adding how the plan runs
 * @param residual null for none
 */
record ResidualStep(Plan plan, Adding adding, Operand src, Operand residual, Operand dst)
    implements Step {
  /** As plans run whose residual may be null. */
  @FunctionalInterface
  interface Adding {
    void run(
        float[] src,
        int srcOffset,
        float[] residual,
        int residualOffset,
        float[] dst,
        int dstOffset,
        Execution execution);
  }

  /**
   * Adds it to a node.
   *
   * @param algorithm how it computes, for people
   * @param multiplyAdds that it does
   */
  void addTo(Site site, String algorithm, long multiplyAdds) {
    List<Operand> reads = residual == null ? List.of(src) : List.of(src, residual);
    site.step(algorithm, multiplyAdds, this, reads, List.of(dst));
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    return operand == dst && residual == null && PlanAccess.get().allowsResultDistance(plan);
  }

  @Override
  public void run(Run run) {
    if (dst.isApart()) {
      PlanStep.runApart(plan, src, dst, run);
      return;
    }
    adding.run(
        run.floats(src),
        run.offset(src),
        residual == null ? null : run.floats(residual),
        residual == null ? 0 : run.offset(residual),
        run.floats(dst),
        run.offset(dst),
        run.execution());
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes();
  }
}

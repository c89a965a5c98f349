package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;

/** Resizes along one axis. */
final class ResizeStep extends SplitStep {
  private final ResizeTaps taps;
  private final float extrapolated;
  private final AxisRows from;
  private final Operand src;
  private final Operand dst;
  private final int outputs;

  /**
   * @param extrapolated value of outputs that lie outside
   * @param axis both operands lie naturally and differ along it alone
   */
  ResizeStep(ResizeTaps taps, float extrapolated, Operand src, Operand dst, int axis) {
    super(dst.size(), (long) taps.taps() * 4 * dst.size());
    this.taps = taps;
    this.extrapolated = extrapolated;
    this.from = AxisRows.of(src, axis, axis + 1);
    this.src = src;
    this.dst = dst;
    this.outputs = dst.dimension(axis);
  }

  @Override
  protected void part(Run run, int first, int end) {
    float[] x = run.floats(src);
    float[] y = run.floats(dst);
    int inner = from.inner();
    for (int i = first; i < end; i++) {
      int o = i / inner % outputs;
      int outer = i / inner / outputs;
      int start = run.offset(src) + outer * from.length() * inner + i % inner;
      double sum = 0;
      for (int t = o * taps.taps(); t < (o + 1) * taps.taps(); t++) {
        sum += taps.weights()[t] * x[start + taps.indices()[t] * inner];
      }
      y[run.offset(dst) + i] = taps.outside()[o] ? extrapolated : (float) sum;
    }
  }
}

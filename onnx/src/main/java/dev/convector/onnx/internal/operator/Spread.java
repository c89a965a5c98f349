package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Broadcast;
import dev.convector.onnx.internal.execute.BroadcastStep;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import java.util.Arrays;

/** Repeats an operand of floats over a result that it can be broadcast to. */
final class Spread extends BroadcastStep {
  private final Operand src;
  private final Operand dst;

  Spread(Operand src, Operand dst) {
    super(new Broadcast(dst.physical(), src.physical()), dst.size(), 2);
    this.src = src;
    this.dst = dst;
  }

  @Override
  protected void row(Run run, int a, int b, int c, int to, int count) {
    float[] from = run.floats(src);
    int at = run.offset(src) + a;
    if (broadcast().stride(0) == 1) {
      System.arraycopy(from, at, run.floats(dst), run.offset(dst) + to, count);
    } else {
      Arrays.fill(run.floats(dst), run.offset(dst) + to, run.offset(dst) + to + count, from[at]);
    }
  }
}

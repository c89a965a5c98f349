package dev.convector.onnx.internal.operator;

import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import jdk.incubator.vector.FloatVector;

/** {@code min(max(x * factor + shift, low), high)}; a NaN stays one. */
final class AffineStep extends SplitStep {
  private final float factor;
  private final float shift;
  private final float low;
  private final float high;
  private final Operand src;
  private final Operand dst;

  AffineStep(float factor, float shift, float low, float high, Operand src, Operand dst) {
    super(dst.size(), 2L * dst.size());
    this.factor = factor;
    this.shift = shift;
    this.low = low;
    this.high = high;
    this.src = src;
    this.dst = dst;
  }

  @Override
  protected void part(Run run, int from, int to) {
    float[] x = run.floats(src);
    float[] y = run.floats(dst);
    int xAt = run.offset(src);
    int yAt = run.offset(dst);
    int whole = from + SPECIES.loopBound(to - from);
    for (int i = from; i < whole; i += SPECIES.length()) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i).mul(factor).add(shift);
      v.max(low).min(high).intoArray(y, yAt + i);
    }
    for (int i = whole; i < to; i++) {
      y[yAt + i] = Math.min(Math.max(x[xAt + i] * factor + shift, low), high);
    }
  }
}

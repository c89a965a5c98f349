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
  public boolean allowsDistance(Operand operand) {
    return true;
  }

  @Override
  protected void part(Run run, int from, int to) {
    float[] x = run.floats(src);
    float[] y = run.floats(dst);
    int end;
    for (int i = from; i < to; i = end) {
      end = dst.joinedEnd(i, src.joinedEnd(i, to));
      joined(x, run.offset(src) + src.at(i), y, run.offset(dst) + dst.at(i), end - i);
    }
  }

  private void joined(float[] x, int xAt, float[] y, int yAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += SPECIES.length()) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i).mul(factor).add(shift);
      v.max(low).min(high).intoArray(y, yAt + i);
    }
    for (int i = whole; i < count; i++) {
      y[yAt + i] = Math.min(Math.max(x[xAt + i] * factor + shift, low), high);
    }
  }
}

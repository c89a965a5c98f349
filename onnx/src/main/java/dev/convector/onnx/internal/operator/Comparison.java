package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Broadcast;
import dev.convector.onnx.internal.execute.BroadcastStep;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** Truth values of two operands. */
final class Comparison implements Operator {
  private final Floats floats;
  private final LongBinaryOperator whole;

  /** Of two floats. */
  @FunctionalInterface
  interface Floats {
    boolean test(float a, float b);
  }

  /**
   * @param floats null if floats can't be compared so
   * @param whole gives 1 for true
   */
  Comparison(Floats floats, LongBinaryOperator whole) {
    this.floats = floats;
    this.whole = whole;
  }

  @Override
  public void compile(Site site) {
    Operand a = site.natural(0);
    Operand b = site.in(Order.NATURAL, Binary.second(site, a, 1));
    if (a.type() != b.type()) {
      throw new OnnxException(a + " and " + b + ": must have one type");
    }
    if (a.type().isWhole()) {
      WholeStep.add(site, ElementType.BOOL, a, b, whole, true);
      return;
    }
    if (floats == null || a.type() != ElementType.FLOAT) {
      throw new OnnxException(a + ": this type is not supported");
    }
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    Operand result = site.output(0, ElementType.BOOL, shape, Order.NATURAL);
    site.step(new FloatStep(floats, a, b, result), List.of(a, b), result);
  }

  private static final class FloatStep extends BroadcastStep {
    private final Floats floats;
    private final Operand a;
    private final Operand b;
    private final Operand result;

    FloatStep(Floats floats, Operand a, Operand b, Operand result) {
      super(new Broadcast(result.shape(), a.shape(), b.shape()), result.size(), 6);
      this.floats = floats;
      this.a = a;
      this.b = b;
      this.result = result;
    }

    @Override
    protected void row(Run run, int aAt, int bAt, int unused, int to, int count) {
      float[] x = run.floats(a);
      float[] y = run.floats(b);
      long[] z = run.longs(result);
      int xAt = run.offset(a) + aAt;
      int yAt = run.offset(b) + bAt;
      int zAt = run.offset(result) + to;
      int xStride = broadcast().stride(0);
      int yStride = broadcast().stride(1);
      for (int i = 0; i < count; i++) {
        z[zAt + i] = floats.test(x[xAt + i * xStride], y[yAt + i * yStride]) ? 1 : 0;
      }
    }
  }
}

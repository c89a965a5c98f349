package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Broadcast;
import dev.convector.onnx.internal.execute.BroadcastStep;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** A function of two operands of whole numbers, element by element, wrapped as its type is. */
final class WholeStep extends BroadcastStep {
  private final LongBinaryOperator operator;
  private final Operand a;
  private final Operand b;
  private final Operand result;

  private WholeStep(
      LongBinaryOperator operator, Broadcast broadcast, Operand a, Operand b, Operand result) {
    super(broadcast, result.size(), 6);
    this.operator = operator;
    this.a = a;
    this.b = b;
    this.result = result;
  }

  /**
   * Adds the step.
   *
   * @param last whether its result is the node's
   */
  static Operand add(
      Site site,
      ElementType type,
      Operand a,
      Operand b,
      LongBinaryOperator operator,
      boolean last) {
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    Operand left = site.in(Order.NATURAL, a);
    Operand right = site.in(Order.NATURAL, b);
    Operand result =
        last
            ? site.output(0, type, shape, Order.NATURAL)
            : site.between(type, shape, Order.NATURAL);
    Broadcast broadcast = new Broadcast(shape, left.shape(), right.shape());
    site.step(
        new WholeStep(operator, broadcast, left, right, result), List.of(left, right), result);
    return result;
  }

  @Override
  protected void row(Run run, int aAt, int bAt, int unused, int to, int count) {
    long[] x = run.longs(a);
    long[] y = run.longs(b);
    long[] z = run.longs(result);
    int xAt = run.offset(a) + aAt;
    int yAt = run.offset(b) + bAt;
    int zAt = run.offset(result) + to;
    int xStride = broadcast().stride(0);
    int yStride = broadcast().stride(1);
    for (int i = 0; i < count; i++) {
      z[zAt + i] =
          result.type().wrap(operator.applyAsLong(x[xAt + i * xStride], y[yAt + i * yStride]));
    }
  }
}

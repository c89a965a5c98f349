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

/** Where: one of two operands, as a third says. */
final class Where implements Operator {
  @Override
  public void compile(Site site) {
    Operand condition = site.natural(0);
    Operand yes = site.natural(1);
    Operand no = site.natural(2);
    if (condition.type() != ElementType.BOOL || yes.type() != no.type()) {
      throw new OnnxException(condition + ", " + yes + ", " + no + ": types don't fit");
    }
    int[] shape = Shapes.broadcast(Shapes.broadcast(condition.shape(), yes.shape()), no.shape());
    Operand result = site.output(0, yes.type(), shape, Order.NATURAL);
    site.step(new Choose(condition, yes, no, result), List.of(condition, yes, no), result);
  }

  private static final class Choose extends BroadcastStep {
    private final Operand condition;
    private final Operand yes;
    private final Operand no;
    private final Operand result;

    Choose(Operand condition, Operand yes, Operand no, Operand result) {
      super(
          new Broadcast(result.shape(), condition.shape(), yes.shape(), no.shape()),
          result.size(),
          6);
      this.condition = condition;
      this.yes = yes;
      this.no = no;
      this.result = result;
    }

    @Override
    protected void row(Run run, int cAt, int yesAt, int noAt, int to, int count) {
      long[] truth = run.longs(condition);
      int truthAt = run.offset(condition) + cAt;
      int truthStride = broadcast().stride(0);
      int yesStart = run.offset(yes) + yesAt;
      int noStart = run.offset(no) + noAt;
      int yesStride = broadcast().stride(1);
      int noStride = broadcast().stride(2);
      int resultAt = run.offset(result) + to;
      if (result.storage().isWhole()) {
        long[] a = run.longs(yes);
        long[] b = run.longs(no);
        long[] y = run.longs(result);
        for (int i = 0; i < count; i++) {
          boolean chosen = truth[truthAt + i * truthStride] != 0;
          y[resultAt + i] = chosen ? a[yesStart + i * yesStride] : b[noStart + i * noStride];
        }
      } else {
        float[] a = run.floats(yes);
        float[] b = run.floats(no);
        float[] y = run.floats(result);
        for (int i = 0; i < count; i++) {
          boolean chosen = truth[truthAt + i * truthStride] != 0;
          y[resultAt + i] = chosen ? a[yesStart + i * yesStride] : b[noStart + i * noStride];
        }
      }
    }
  }
}

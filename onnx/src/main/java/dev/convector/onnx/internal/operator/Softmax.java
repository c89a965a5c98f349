package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.execute.VectorMath;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** Softmax and LogSoftmax; before opset 13 over all axes from one on, since then over one. */
final class Softmax implements Operator {
  private static final int ONE_AXIS = 13;

  private final Kind kind;

  /** Which of them. */
  enum Kind {
    SOFTMAX,
    LOG_SOFTMAX
  }

  Softmax(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void compile(Site site) {
    Operand given = site.floats(0);
    boolean flat = site.version() < ONE_AXIS;
    int axis = Shapes.axis(site.attributes().integer("axis", flat ? 1 : -1), given.rank());
    boolean single = !flat || axis == given.rank() - 1;
    Operand x = single ? given : site.in(Order.NATURAL, given);
    Operand y = site.outputOver(0, x);
    int place = x.place(axis);
    AxisRows rows = AxisRows.of(x, place, single ? place + 1 : x.rank());
    site.step(new Rows(kind, rows, x, y), List.of(x), y);
  }

  private static final class Rows extends SplitStep {
    private final Kind kind;
    private final AxisRows rows;
    private final Operand x;
    private final Operand y;

    Rows(Kind kind, AxisRows rows, Operand x, Operand y) {
      super(y.size() == 0 ? 0 : rows.outer() * rows.inner(), 12L * y.size());
      this.kind = kind;
      this.rows = rows;
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      float[] dst = run.floats(y);
      for (int i = from; i < to; i++) {
        int start = rows.start(i);
        if (rows.inner() == 1) {
          dense(src, run.offset(x) + start, dst, run.offset(y) + start);
        } else {
          apart(src, run.offset(x) + start, dst, run.offset(y) + start);
        }
      }
    }

    private void dense(float[] src, int at, float[] dst, int to) {
      int count = rows.length();
      float most = VectorMath.max(src, at, count);
      if (kind == Kind.LOG_SOFTMAX) {
        apart(src, at, dst, to);
        return;
      }
      VectorMath.expBelow(src, at, count, most, dst, to);
      float sum = VectorMath.sum(dst, to, count);
      VectorMath.scale(dst, to, count, 0, 1 / sum, 0, dst, to);
    }

    private void apart(float[] src, int at, float[] dst, int to) {
      int stride = rows.inner();
      float most = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < rows.length(); i++) {
        most = Math.max(most, src[at + i * stride]);
      }
      double sum = 0;
      for (int i = 0; i < rows.length(); i++) {
        sum += Math.exp(src[at + i * stride] - most);
      }
      double logarithm = Math.log(sum);
      for (int i = 0; i < rows.length(); i++) {
        double value = src[at + i * stride] - most - logarithm;
        dst[to + i * stride] = (float) (kind == Kind.SOFTMAX ? Math.exp(value) : value);
      }
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** CumSum: running sums along an axis. */
final class Accumulation implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.natural(0);
    long[] given = site.longs(1);
    if (given == null || given.length != 1) {
      throw new OnnxException("axis: must be one number");
    }
    int axis = Shapes.axis(given[0], x.rank());
    boolean exclusive = site.attributes().integer("exclusive", 0) != 0;
    boolean reverse = site.attributes().integer("reverse", 0) != 0;
    Operand y = site.output(0, x.type(), x.shape(), Order.NATURAL);
    AxisRows rows = AxisRows.of(x, axis, axis + 1);
    site.step(new Sums(exclusive, reverse, rows, x, y), List.of(x), y);
  }

  private static final class Sums extends SplitStep {
    private final boolean exclusive;
    private final boolean reverse;
    private final AxisRows rows;
    private final Operand x;
    private final Operand y;

    Sums(boolean exclusive, boolean reverse, AxisRows rows, Operand x, Operand y) {
      super(y.size() == 0 ? 0 : rows.outer() * rows.inner(), 4L * y.size());
      this.exclusive = exclusive;
      this.reverse = reverse;
      this.rows = rows;
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      int inner = rows.inner();
      for (int i = from; i < to; i++) {
        int first = rows.start(i);
        int start = reverse ? first + (rows.length() - 1) * inner : first;
        int step = reverse ? -inner : inner;
        if (y.storage().isWhole()) {
          longs(run.longs(x), run.offset(x) + start, run.longs(y), run.offset(y) + start, step);
        } else {
          floats(run.floats(x), run.offset(x) + start, run.floats(y), run.offset(y) + start, step);
        }
      }
    }

    private void floats(float[] src, int from, float[] dst, int to, int step) {
      double sum = 0;
      for (int k = 0; k < rows.length(); k++) {
        double next = sum + src[from + k * step];
        dst[to + k * step] = (float) (exclusive ? sum : next);
        sum = next;
      }
    }

    private void longs(long[] src, int from, long[] dst, int to, int step) {
      long sum = 0;
      for (int k = 0; k < rows.length(); k++) {
        long next = y.type().wrap(sum + src[from + k * step]);
        dst[to + k * step] = exclusive ? sum : next;
        sum = next;
      }
    }
  }
}

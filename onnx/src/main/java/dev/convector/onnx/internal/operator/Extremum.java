package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** ArgMax and ArgMin. */
final class Extremum implements Operator {
  private final boolean most;

  Extremum(boolean most) {
    this.most = most;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.in(Order.NATURAL, site.floats(0));
    int axis = Shapes.axis(site.attributes().integer("axis", 0), x.rank());
    int[] shape = x.shape().clone();
    shape[axis] = 1;
    if (site.attributes().integer("keepdims", 1) == 0) {
      System.arraycopy(x.shape(), axis + 1, shape, axis, x.rank() - axis - 1);
      shape = Arrays.copyOf(shape, x.rank() - 1);
    }
    boolean last = site.attributes().integer("select_last_index", 0) != 0;
    Operand y = site.output(0, ElementType.INT64, shape, Order.NATURAL);
    site.step(new Find(most, last, AxisRows.of(x, axis, axis + 1), x, y), List.of(x), y);
  }

  private static final class Find extends SplitStep {
    private final boolean most;
    private final boolean last;
    private final AxisRows rows;
    private final Operand x;
    private final Operand y;

    Find(boolean most, boolean last, AxisRows rows, Operand x, Operand y) {
      super(y.size(), 2L * x.size());
      this.most = most;
      this.last = last;
      this.rows = rows;
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      int inner = rows.inner();
      for (int i = from; i < to; i++) {
        int start = run.offset(x) + rows.start(i);
        int best = 0;
        for (int k = 1; k < rows.length(); k++) {
          float value = src[start + k * inner];
          float known = src[start + best * inner];
          if (most ? value > known : value < known) {
            best = k;
          } else if (last && value == known) {
            best = k;
          }
        }
        run.longs(y)[run.offset(y) + i] = best;
      }
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** GatherElements: single elements, each by an index along one axis. */
final class GatheringElements implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.natural(0);
    Operand indices = site.natural(1);
    int axis = Shapes.axis(site.attributes().integer("axis", 0), x.rank());
    boolean fits = indices.type().isWhole() && indices.rank() == x.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || indices.dimension(i) <= x.dimension(i);
    }
    if (!fits) {
      throw new OnnxException("indices " + indices + ": don't fit " + x);
    }
    Operand y = site.output(0, x.type(), indices.shape(), Order.NATURAL);
    site.step(new Gather(x, indices, y, axis), List.of(x, indices), y);
  }

  private static final class Gather extends SplitStep {
    private final Operand x;
    private final Operand indices;
    private final Operand y;
    private final int axis;
    private final int[] strides;

    Gather(Operand x, Operand indices, Operand y, int axis) {
      super(y.size(), 10L * y.size());
      this.x = x;
      this.indices = indices;
      this.y = y;
      this.axis = axis;
      this.strides = Shapes.strides(x.shape());
    }

    @Override
    protected void part(Run run, int from, int to) {
      long[] which = run.longs(indices);
      for (int i = from; i < to; i++) {
        int at = run.offset(x);
        int rest = i;
        for (int k = strides.length - 1; k >= 0; k--) {
          int place = rest % y.dimension(k);
          rest /= y.dimension(k);
          at +=
              strides[k]
                  * (k == axis
                      ? Gathering.index(which[run.offset(indices) + i], x.dimension(k))
                      : place);
        }
        if (x.storage().isWhole()) {
          run.longs(y)[run.offset(y) + i] = run.longs(x)[at];
        } else {
          run.floats(y)[run.offset(y) + i] = run.floats(x)[at];
        }
      }
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** Gather: slices along an axis, by their indices. */
final class Gathering implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.natural(0);
    Operand indices = site.natural(1);
    int axis = Shapes.axis(site.attributes().integer("axis", 0), x.rank());
    int rank = x.rank() - 1 + indices.rank();
    int[] shape = new int[rank];
    System.arraycopy(x.shape(), 0, shape, 0, axis);
    System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - 1 - axis);
    if (!indices.type().isWhole()) {
      throw new OnnxException("indices " + indices + ": must be whole numbers");
    }
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    site.step(new Gather(x, indices, y, axis), List.of(x, indices), y);
  }

  /** An index, which may count from the end. */
  static int index(long given, int size) {
    long index = given < 0 ? given + size : given;
    if (index < 0 || index >= size) {
      throw new OnnxException(
          "index " + given + ": must be within " + -size + " and " + (size - 1));
    }
    return (int) index;
  }

  private static final class Gather extends SplitStep {
    private final Operand x;
    private final Operand indices;
    private final Operand y;
    private final int size;
    private final int inner;

    Gather(Operand x, Operand indices, Operand y, int axis) {
      super(Shapes.product(x.shape(), 0, axis) * indices.size(), 2L * y.size());
      this.x = x;
      this.indices = indices;
      this.y = y;
      this.size = x.dimension(axis);
      this.inner = Shapes.product(x.shape(), axis + 1, x.rank());
    }

    @Override
    protected void part(Run run, int from, int to) {
      long[] which = run.longs(indices);
      int whichAt = run.offset(indices);
      int count = indices.size();
      for (int i = from; i < to; i++) {
        int index = index(which[whichAt + i % count], size);
        int at = run.offset(x) + (i / count * size + index) * inner;
        if (x.storage().isWhole()) {
          System.arraycopy(run.longs(x), at, run.longs(y), run.offset(y) + i * inner, inner);
        } else {
          System.arraycopy(run.floats(x), at, run.floats(y), run.offset(y) + i * inner, inner);
        }
      }
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import java.util.List;

/** Trilu: the triangle above or below a diagonal, zeros elsewhere. */
final class Triangle implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.natural(0);
    if (x.rank() < 2) {
      throw new OnnxException(x + ": is no matrix");
    }
    long[] diagonal = site.longs(1);
    boolean upper = site.attributes().integer("upper", 1) != 0;
    Operand y = site.output(0, x.type(), x.shape(), Order.NATURAL);
    site.step(new Rows(diagonal == null ? 0 : diagonal[0], upper, x, y), List.of(x), y);
  }

  private static final class Rows extends SplitStep {
    private final long diagonal;
    private final boolean upper;
    private final Operand x;
    private final Operand y;

    Rows(long diagonal, boolean upper, Operand x, Operand y) {
      super(y.size(), 4L * y.size());
      this.diagonal = diagonal;
      this.upper = upper;
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      int columns = y.dimension(y.rank() - 1);
      int rows = y.dimension(y.rank() - 2);
      for (int i = from; i < to; i++) {
        long distance = i % columns - (long) (i / columns % rows);
        boolean kept = upper ? distance >= diagonal : distance <= diagonal;
        if (y.storage().isWhole()) {
          run.longs(y)[run.offset(y) + i] = kept ? run.longs(x)[run.offset(x) + i] : 0;
        } else {
          run.floats(y)[run.offset(y) + i] = kept ? run.floats(x)[run.offset(x) + i] : 0;
        }
      }
    }
  }
}

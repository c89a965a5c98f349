package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** Cast and CastLike. Half and double precision become FLOAT; nothing becomes them. */
final class Casting implements Operator {
  @Override
  public String refusal(Node node) {
    if (node.is("CastLike")) {
      return null;
    }
    ElementType to = ElementType.of((int) node.attributes().integer("to", 0));
    return to == ElementType.FLOAT || to.isWhole() ? null : "to " + to;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    ElementType to =
        site.node().is("CastLike")
            ? site.required(1).type()
            : ElementType.of((int) site.attributes().integer("to", 0));
    if (to != ElementType.FLOAT && !to.isWhole()) {
      throw new OnnxException("to " + to + ": not supported");
    }
    if (x.type() == to) {
      site.alias(0, x);
      return;
    }
    Operand y = site.output(0, to, x.shape(), x.order());
    site.step(new CastStep(x, y), List.of(x), y);
  }

  /** Whole numbers as floats. */
  static Operand toFloats(Site site, Operand x) {
    Operand y = site.between(ElementType.FLOAT, x.shape(), x.order());
    site.step(new CastStep(x, y), List.of(x), y);
    return y;
  }

  private static final class CastStep extends SplitStep {
    private final Operand src;
    private final Operand dst;

    CastStep(Operand src, Operand dst) {
      super(dst.size(), 4L * dst.size());
      this.src = src;
      this.dst = dst;
    }

    @Override
    protected void part(Run run, int from, int to) {
      boolean whole = src.storage().isWhole();
      if (whole && dst.storage().isWhole()) {
        long[] x = run.longs(src);
        long[] y = run.longs(dst);
        for (int i = from; i < to; i++) {
          y[run.offset(dst) + i] = dst.type().wrap(x[run.offset(src) + i]);
        }
      } else if (whole) {
        toFloats(run, from, to);
      } else if (dst.storage().isWhole()) {
        toLongs(run, from, to);
      } else {
        System.arraycopy(
            run.floats(src),
            run.offset(src) + from,
            run.floats(dst),
            run.offset(dst) + from,
            to - from);
      }
    }

    private void toFloats(Run run, int from, int to) {
      long[] x = run.longs(src);
      float[] y = run.floats(dst);
      int xAt = run.offset(src);
      int yAt = run.offset(dst);
      for (int i = from; i < to; i++) {
        y[yAt + i] = x[xAt + i];
      }
    }

    /** Towards zero; truth is what is not zero. */
    private void toLongs(Run run, int from, int to) {
      float[] x = run.floats(src);
      long[] y = run.longs(dst);
      int xAt = run.offset(src);
      int yAt = run.offset(dst);
      boolean truth = dst.type() == ElementType.BOOL;
      for (int i = from; i < to; i++) {
        float value = x[xAt + i];
        y[yAt + i] = truth ? (value == 0 ? 0 : 1) : dst.type().wrap((long) value);
      }
    }
  }
}

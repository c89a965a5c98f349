package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import java.util.List;

/** IsNaN and IsInf. */
final class Classification implements Operator {
  /** Of one float. */
  @FunctionalInterface
  private interface Test {
    boolean of(float x);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    Operand y = site.output(0, ElementType.BOOL, x.shape(), x.order());
    site.step(new Testing(test(site), x, y), List.of(x), y);
  }

  private static Test test(Site site) {
    if (site.node().is("IsNaN")) {
      return Float::isNaN;
    }
    boolean above = site.attributes().integer("detect_positive", 1) != 0;
    boolean below = site.attributes().integer("detect_negative", 1) != 0;
    return x -> Float.isInfinite(x) && (x > 0 ? above : below);
  }

  private static final class Testing extends SplitStep {
    private final Test test;
    private final Operand x;
    private final Operand y;

    Testing(Test test, Operand x, Operand y) {
      super(y.size(), 4L * y.size());
      this.test = test;
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      long[] dst = run.longs(y);
      for (int i = from; i < to; i++) {
        dst[run.offset(y) + i] = test.of(src[run.offset(x) + i]) ? 1 : 0;
      }
    }
  }
}

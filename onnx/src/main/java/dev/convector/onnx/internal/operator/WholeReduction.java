package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.operator.Reduction.Kind;

/** Reduces rows of whole numbers. */
final class WholeReduction extends SplitStep {
  private final Kind kind;
  private final AxisRows rows;
  private final Operand x;
  private final Operand y;

  WholeReduction(Kind kind, AxisRows rows, Operand x, Operand y) {
    super(y.size(), 4L * x.size());
    this.kind = kind;
    this.rows = rows;
    this.x = x;
    this.y = y;
  }

  @Override
  protected void part(Run run, int from, int to) {
    long[] src = run.longs(x);
    long[] dst = run.longs(y);
    int inner = rows.inner();
    for (int i = from; i < to; i++) {
      int start = run.offset(x) + rows.start(i);
      long result =
          switch (kind) {
            case MAX -> Long.MIN_VALUE;
            case MIN -> Long.MAX_VALUE;
            case PROD -> 1;
            default -> 0;
          };
      for (int k = 0; k < rows.length(); k++) {
        long value = src[start + k * inner];
        result =
            switch (kind) {
              case MAX -> Math.max(result, value);
              case MIN -> Math.min(result, value);
              case PROD -> result * value;
              default -> result + value;
            };
      }
      long last = kind == Kind.MEAN && rows.length() > 0 ? result / rows.length() : result;
      dst[run.offset(y) + i] = y.type().wrap(last);
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.operator.Reduction.Kind;

/** Reduces rows of floats, in double precision. */
final class FloatReduction extends SplitStep {
  private final Kind kind;
  private final AxisRows rows;
  private final Operand x;
  private final Operand y;

  FloatReduction(Kind kind, AxisRows rows, Operand x, Operand y) {
    super(y.size(), 2L * x.size());
    this.kind = kind;
    this.rows = rows;
    this.x = x;
    this.y = y;
  }

  @Override
  protected void part(Run run, int from, int to) {
    float[] src = run.floats(x);
    float[] dst = run.floats(y);
    int inner = rows.inner();
    for (int i = from; i < to; i++) {
      int start = run.offset(x) + rows.start(i);
      dst[run.offset(y) + i] = (float) reduce(src, start, inner);
    }
  }

  private double reduce(float[] x, int start, int stride) {
    int end = start + rows.length() * stride;
    return switch (kind) {
      case SUM -> sum(x, start, end, stride);
      case MEAN -> sum(x, start, end, stride) / rows.length();
      case LOG_SUM -> Math.log(sum(x, start, end, stride));
      case L1 -> absolute(x, start, end, stride);
      case L2 -> Math.sqrt(squares(x, start, end, stride));
      case SUM_SQUARE -> squares(x, start, end, stride);
      case PROD -> product(x, start, end, stride);
      case MAX -> most(x, start, end, stride);
      case MIN -> least(x, start, end, stride);
      case LOG_SUM_EXP -> logSumExp(x, start, end, stride);
    };
  }

  private static double sum(float[] x, int start, int end, int stride) {
    double sum = 0;
    for (int i = start; i < end; i += stride) {
      sum += x[i];
    }
    return sum;
  }

  private static double absolute(float[] x, int start, int end, int stride) {
    double sum = 0;
    for (int i = start; i < end; i += stride) {
      sum += Math.abs(x[i]);
    }
    return sum;
  }

  private static double squares(float[] x, int start, int end, int stride) {
    double sum = 0;
    for (int i = start; i < end; i += stride) {
      sum += (double) x[i] * x[i];
    }
    return sum;
  }

  private static double product(float[] x, int start, int end, int stride) {
    double product = 1;
    for (int i = start; i < end; i += stride) {
      product *= x[i];
    }
    return product;
  }

  private static float most(float[] x, int start, int end, int stride) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = start; i < end; i += stride) {
      most = Math.max(most, x[i]);
    }
    return most;
  }

  private static float least(float[] x, int start, int end, int stride) {
    float least = Float.POSITIVE_INFINITY;
    for (int i = start; i < end; i += stride) {
      least = Math.min(least, x[i]);
    }
    return least;
  }

  private static double logSumExp(float[] x, int start, int end, int stride) {
    float most = most(x, start, end, stride);
    double sum = 0;
    for (int i = start; i < end; i += stride) {
      sum += Math.exp((double) x[i] - most);
    }
    return most + Math.log(sum);
  }
}

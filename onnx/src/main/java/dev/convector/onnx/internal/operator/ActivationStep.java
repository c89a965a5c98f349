package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.internal.simd.ActivationKernels;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;

/** One of the library's activations, in place or from one place to another. */
final class ActivationStep extends SplitStep {
  private final Activation activation;
  private final Operand src;
  private final Operand dst;

  ActivationStep(Activation activation, Operand src, Operand dst) {
    super(dst.size(), cost(activation) * dst.size());
    this.activation = activation;
    this.src = src;
    this.dst = dst;
  }

  private static long cost(Activation activation) {
    return switch (activation.kind()) {
      case CLAMP, LEAKY_RELU, HARD_SIGMOID, HARD_SWISH -> 2;
      default -> 10;
    };
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    return true;
  }

  @Override
  protected void part(Run run, int from, int to) {
    float[] x = run.floats(src);
    float[] y = run.floats(dst);
    int end;
    for (int i = from; i < to; i = end) {
      end = dst.joinedEnd(i, src.joinedEnd(i, to));
      int xAt = run.offset(src) + src.at(i);
      int yAt = run.offset(dst) + dst.at(i);
      if (x != y || xAt != yAt) {
        System.arraycopy(x, xAt, y, yAt, end - i);
      }
      ActivationKernels.apply(activation, y, yAt, end - i);
    }
  }
}

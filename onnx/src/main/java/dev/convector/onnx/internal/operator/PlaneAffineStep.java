package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.internal.simd.ActivationKernels;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.execute.VectorMath;
import dev.convector.onnx.internal.operator.BatchNormalization.Channels;

/** A number for each channel times its plane, another added, and an activation. */
final class PlaneAffineStep extends SplitStep {
  private final Channels channels;
  private final Activation activation;
  private final AxisRows rows;
  private final Operand x;
  private final Operand y;

  /**
   * @param rows of the operands, around their channels
   */
  PlaneAffineStep(Channels channels, Activation activation, AxisRows rows, Operand x, Operand y) {
    super(y.size() == 0 ? 0 : rows.outer() * rows.length(), 4L * y.size());
    this.channels = channels;
    this.activation = activation;
    this.rows = rows;
    this.x = x;
    this.y = y;
  }

  @Override
  protected void part(Run run, int from, int to) {
    float[] src = run.floats(x);
    float[] dst = run.floats(y);
    int count = rows.inner();
    for (int i = from; i < to; i++) {
      int dstAt = run.offset(y) + i * count;
      float factor = channels.factors()[i % rows.length()];
      float shift = channels.shifts()[i % rows.length()];
      VectorMath.scale(src, run.offset(x) + i * count, count, 0, factor, shift, dst, dstAt);
      // While the plane is in the first-level cache.
      if (!activation.equals(Activation.NONE)) {
        ActivationKernels.apply(activation, dst, dstAt, count);
      }
    }
  }
}

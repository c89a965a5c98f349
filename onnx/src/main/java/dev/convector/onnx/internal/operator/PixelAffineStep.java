package dev.convector.onnx.internal.operator;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Activation;
import dev.convector.internal.simd.ActivationKernels;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.execute.VectorMath;
import dev.convector.onnx.internal.operator.BatchNormalization.Channels;
import jdk.incubator.vector.FloatVector;

/**
 * What {@link PlaneAffineStep} does, for pixels whose channels lie side by side: some channels of
 * many pixels at a time, so that their numbers stay in registers, with the clamp. Dense pixels of
 * channels that don't fill whole vectors are rows of several pixels instead.
 */
final class PixelAffineStep extends SplitStep {
  /** Floats of the pixels that are worked on together: 32 KiB. */
  private static final int BLOCK = 8192;

  /** For several pixels one after the other. */
  private final Channels row;

  private final int channels;
  private final Activation activation;

  /** What of it is no clamp. */
  private final Activation rest;

  private final float low;
  private final float high;
  private final Operand x;
  private final Operand y;

  PixelAffineStep(Channels each, Activation activation, Operand x, Operand y) {
    super(y.size() / each.factors().length / Images.pixelsTogether(x), 4L * y.size());
    this.row = each.repeated(Images.pixelsTogether(x));
    this.channels = each.factors().length;
    boolean clamps = activation.kind() == Activation.Kind.CLAMP;
    this.activation = activation;
    this.rest = clamps ? Activation.NONE : activation;
    this.low = clamps ? activation.low() : Float.NEGATIVE_INFINITY;
    this.high = clamps ? activation.high() : Float.POSITIVE_INFINITY;
    this.x = x;
    this.y = y;
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    return true;
  }

  @Override
  protected void part(Run run, int from, int to) {
    int length = row.factors().length;
    if (channels % LANES != 0 && !x.isApart() && !y.isApart()) {
      for (int i = from; i < to; i++) {
        row(run.floats(x), run.offset(x) + i * length, run.floats(y), run.offset(y) + i * length);
      }
      return;
    }
    int end = to * (length / channels);
    int most = Math.max(1, BLOCK / channels);
    for (int pixel = from * (length / channels); pixel < end; pixel += most) {
      pixels(run, pixel, Math.min(most, end - pixel));
    }
  }

  private void row(float[] src, int at, float[] dst, int dstAt) {
    int length = row.factors().length;
    VectorMath.affine(src, at, length, row.factors(), row.shifts(), dst, dstAt);
    // While the row is in the first-level cache.
    if (!activation.equals(Activation.NONE)) {
      ActivationKernels.apply(activation, dst, dstAt, length);
    }
  }

  private void pixels(Run run, int first, int count) {
    float[] src = run.floats(x);
    float[] dst = run.floats(y);
    int xStep = x.at(channels);
    int yStep = y.at(channels);
    int xAt = run.offset(x) + first * xStep;
    int yAt = run.offset(y) + first * yStep;
    int channel = 0;
    for (; channel <= channels - 4 * LANES; channel += 4 * LANES) {
      vectors4(src, xAt + channel, xStep, dst, yAt + channel, yStep, channel, count);
    }
    for (; channel <= channels - LANES; channel += LANES) {
      vector(src, xAt + channel, xStep, dst, yAt + channel, yStep, channel, count);
    }
    for (; channel < channels; channel++) {
      single(src, xAt + channel, xStep, dst, yAt + channel, yStep, channel, count);
    }
    if (!rest.equals(Activation.NONE)) {
      boolean dense = yStep == channels;
      for (int i = 0; i < (dense ? 1 : count); i++) {
        ActivationKernels.apply(rest, dst, yAt + i * yStep, dense ? count * channels : channels);
      }
    }
  }

  private void vectors4(
      float[] src, int xAt, int xStep, float[] dst, int yAt, int yStep, int channel, int count) {
    float[] factors = row.factors();
    float[] shifts = row.shifts();
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    FloatVector f0 = FloatVector.fromArray(SPECIES, factors, channel);
    FloatVector f1 = FloatVector.fromArray(SPECIES, factors, channel + LANES);
    FloatVector f2 = FloatVector.fromArray(SPECIES, factors, channel + 2 * LANES);
    FloatVector f3 = FloatVector.fromArray(SPECIES, factors, channel + 3 * LANES);
    FloatVector s0 = FloatVector.fromArray(SPECIES, shifts, channel);
    FloatVector s1 = FloatVector.fromArray(SPECIES, shifts, channel + LANES);
    FloatVector s2 = FloatVector.fromArray(SPECIES, shifts, channel + 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(SPECIES, shifts, channel + 3 * LANES);
    int from = xAt;
    int to = yAt;
    for (int i = 0; i < count; i++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, src, from).mul(f0).add(s0);
      FloatVector v1 = FloatVector.fromArray(SPECIES, src, from + LANES).mul(f1).add(s1);
      FloatVector v2 = FloatVector.fromArray(SPECIES, src, from + 2 * LANES).mul(f2).add(s2);
      FloatVector v3 = FloatVector.fromArray(SPECIES, src, from + 3 * LANES).mul(f3).add(s3);
      v0 = v0.blend(lows, v0.lt(lows));
      v1 = v1.blend(lows, v1.lt(lows));
      v2 = v2.blend(lows, v2.lt(lows));
      v3 = v3.blend(lows, v3.lt(lows));
      v0.blend(highs, highs.lt(v0)).intoArray(dst, to);
      v1.blend(highs, highs.lt(v1)).intoArray(dst, to + LANES);
      v2.blend(highs, highs.lt(v2)).intoArray(dst, to + 2 * LANES);
      v3.blend(highs, highs.lt(v3)).intoArray(dst, to + 3 * LANES);
      from += xStep;
      to += yStep;
    }
  }

  private void vector(
      float[] src, int xAt, int xStep, float[] dst, int yAt, int yStep, int channel, int count) {
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    FloatVector factors = FloatVector.fromArray(SPECIES, row.factors(), channel);
    FloatVector shifts = FloatVector.fromArray(SPECIES, row.shifts(), channel);
    int from = xAt;
    int to = yAt;
    for (int i = 0; i < count; i++) {
      FloatVector v = FloatVector.fromArray(SPECIES, src, from).mul(factors).add(shifts);
      v = v.blend(lows, v.lt(lows));
      v.blend(highs, highs.lt(v)).intoArray(dst, to);
      from += xStep;
      to += yStep;
    }
  }

  private void single(
      float[] src, int xAt, int xStep, float[] dst, int yAt, int yStep, int channel, int count) {
    float factor = row.factors()[channel];
    float shift = row.shifts()[channel];
    for (int i = 0; i < count; i++) {
      float v = src[xAt + i * xStep] * factor + shift;
      v = v < low ? low : v;
      dst[yAt + i * yStep] = high < v ? high : v;
    }
  }
}

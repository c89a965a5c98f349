package dev.convector.onnx.internal.execute;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Loops over a range of an array of floats. */
public final class VectorMath {
  private static final VectorShuffle<Float> BY_8 = by(8);
  private static final VectorShuffle<Float> BY_4 = by(4);
  private static final VectorShuffle<Float> BY_2 = by(2);
  private static final float LOG2_E = 1.442695041f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
  private static final float ROUND = 12582912f;

  private VectorMath() {}

  /** The largest element; NaN if one is. */
  public static float max(float[] x, int at, int count) {
    FloatVector most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      most = most.max(FloatVector.fromArray(SPECIES, x, at + i));
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < count; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  /**
   * The sum of the lanes, in one fixed order: that of reduceLanes is left open, and differs between
   * the interpreter and the compilers.
   */
  private static float lanes(FloatVector v) {
    FloatVector sum = v;
    if (LANES > 8) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (LANES > 4) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (LANES > 2) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    return sum.lane(0) + sum.lane(1);
  }

  private static VectorShuffle<Float> by(int lanes) {
    return VectorShuffle.iota(SPECIES, lanes, 1, true);
  }

  /** Lane by lane, then the lanes. */
  public static float sum(float[] x, int at, int count) {
    FloatVector sums = FloatVector.zero(SPECIES);
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      sums = sums.add(FloatVector.fromArray(SPECIES, x, at + i));
    }
    float sum = lanes(sums);
    for (int i = whole; i < count; i++) {
      sum += x[at + i];
    }
    return sum;
  }

  /** The sum of squared distances from a number. */
  public static float squares(float[] x, int at, int count, float center) {
    FloatVector sums = FloatVector.zero(SPECIES);
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector distance = FloatVector.fromArray(SPECIES, x, at + i).sub(center);
      sums = fma(distance, distance, sums);
    }
    float sum = lanes(sums);
    for (int i = whole; i < count; i++) {
      float distance = x[at + i] - center;
      sum = fma(distance, distance, sum);
    }
    return sum;
  }

  /** {@code to[i] = (x[i] - center) * factor}. */
  public static void scale(
      float[] x, int at, int count, float center, float factor, float[] to, int toAt) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i).sub(center).mul(factor).intoArray(to, toAt + i);
    }
    for (int i = whole; i < count; i++) {
      to[toAt + i] = (x[at + i] - center) * factor;
    }
  }

  /** {@code to[i] += added}. */
  public static void shift(float[] to, int at, int count, float added) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, to, at + i).add(added).intoArray(to, at + i);
    }
    for (int i = whole; i < count; i++) {
      to[at + i] += added;
    }
  }

  /** {@code to[i] = to[i] * factors[i] + shifts[i]}; null shifts are zeros. */
  public static void affine(
      float[] to, int at, int count, float[] factors, int factorsAt, float[] shifts, int shiftsAt) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, to, at + i)
              .mul(FloatVector.fromArray(SPECIES, factors, factorsAt + i));
      if (shifts != null) {
        v = v.add(FloatVector.fromArray(SPECIES, shifts, shiftsAt + i));
      }
      v.intoArray(to, at + i);
    }
    for (int i = whole; i < count; i++) {
      to[at + i] =
          to[at + i] * factors[factorsAt + i] + (shifts == null ? 0 : shifts[shiftsAt + i]);
    }
  }

  /**
   * {@code to[i] = exp(x[i] - most)} for arguments up to 0: {@code 2^n * p(f)} with {@code n =
   * round(x / ln 2)} and {@code f} in {@code [-ln 2 / 2, ln 2 / 2]}; p is the degree-6 Taylor
   * polynomial (error 2e-8 there). Below -87 it stays at 1.6e-38.
   */
  public static void expBelow(float[] x, int at, int count, float most, float[] to, int toAt) {
    FloatVector least = FloatVector.broadcast(SPECIES, -87);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(most);
      v = v.blend(least, v.lt(least));
      FloatVector n = v.mul(LOG2_E).add(ROUND).sub(ROUND);
      FloatVector f = fma(n, FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
      f = fma(n, FloatVector.broadcast(SPECIES, -LN2_LOW), f);
      FloatVector p = f.mul(1 / 720f).add(1 / 120f);
      p = fma(p, f, FloatVector.broadcast(SPECIES, 1 / 24f));
      p = fma(p, f, FloatVector.broadcast(SPECIES, 1 / 6f));
      p = fma(p, f, FloatVector.broadcast(SPECIES, 0.5f));
      p = fma(fma(p, f, one), f, one);
      // 2^n by its exponent bits: n + 127 + 2^23 as a float ends in them, shifted into place.
      p.mul(
              n.add(127 + 8388608f)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHL, 23)
                  .reinterpretAsFloats())
          .intoArray(to, toAt + i);
    }
    for (int i = whole; i < count; i++) {
      to[toAt + i] = (float) Math.exp(x[at + i] - most);
    }
  }
}

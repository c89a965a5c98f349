package dev.convector.onnx.internal.execute;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.simd.Exponentials;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Loops over a range of an array of floats. */
public final class VectorMath {
  private static final VectorShuffle<Float> BY_8 = by(8);
  private static final VectorShuffle<Float> BY_4 = by(4);
  private static final VectorShuffle<Float> BY_2 = by(2);

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

  private static VectorShuffle<Float> by(int lanes) {
    return VectorShuffle.iota(SPECIES, lanes, 1, true);
  }

  /** Lane by lane, then the lanes. */
  public static float sum(float[] x, int at, int count) {
    return sum(x, at, count, 0, false);
  }

  /** The sum of squared distances from a number. */
  public static float squares(float[] x, int at, int count, float center) {
    return sum(x, at, count, center, true);
  }

  private static float sum(float[] x, int at, int count, float center, boolean squared) {
    int whole = SPECIES.loopBound(count);
    // Without this, C2 allocates the vector of sums where rows are mostly shorter than one.
    float sum = whole == 0 ? 0 : wholeSum(x, at, whole, center, squared);
    for (int i = whole; i < count; i++) {
      float distance = x[at + i] - center;
      sum += squared ? distance * distance : distance;
    }
    return sum;
  }

  /**
   * Of whole vectors. The lanes are added in one fixed order; that of reduceLanes is left open, and
   * differs between the interpreter and the compilers. Not in a method of their own, which would
   * take a vector.
   */
  private static float wholeSum(float[] x, int at, int count, float center, boolean squared) {
    FloatVector sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < count; i += LANES) {
      FloatVector distance = FloatVector.fromArray(SPECIES, x, at + i).sub(center);
      sums = sums.add(squared ? distance.mul(distance) : distance);
    }
    if (LANES > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (LANES > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (LANES > 2) {
      sums = sums.add(sums.rearrange(BY_2));
    }
    return sums.lane(0) + sums.lane(1);
  }

  /** {@code to[i] = (x[i] - center) * factor + shift}. */
  public static void scale(
      float[] x, int at, int count, float center, float factor, float shift, float[] to, int toAt) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(center);
      v.mul(factor).add(shift).intoArray(to, toAt + i);
    }
    for (int i = whole; i < count; i++) {
      to[toAt + i] = (x[at + i] - center) * factor + shift;
    }
  }

  /** {@code to[i] = x[i] * factors[i] + shifts[i]}. */
  public static void affine(
      float[] x, int at, int count, float[] factors, float[] shifts, float[] to, int toAt) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i)
          .mul(FloatVector.fromArray(SPECIES, factors, i))
          .add(FloatVector.fromArray(SPECIES, shifts, i))
          .intoArray(to, toAt + i);
    }
    for (int i = whole; i < count; i++) {
      to[toAt + i] = x[at + i] * factors[i] + shifts[i];
    }
  }

  /** {@code to[i] = exp(x[i] - most)} for arguments up to 0; below -87 it stays at 1.6e-38. */
  public static void expBelow(float[] x, int at, int count, float most, float[] to, int toAt) {
    Exponentials.exp(x, at, count, most, to, toAt);
  }
}

package dev.convector.internal.simd;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Activation;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations over a range of an array, in place; one flat loop each. The last vector is masked
 * and, at the array's end, lies further in front.
 *
 * <p>The exponential is {@code 2^n * p(f)} with {@code n = round(x / ln 2)} and {@code f} in {@code
 * [-ln 2 / 2, ln 2 / 2]}, p the degree-6 Taylor polynomial (error 2e-8 there); x is limited so that
 * {@code 2^n} stays a normal number. The error function is Abramowitz and Stegun 7.1.28 (error
 * 3e-7). NaN passes through every one of them.
 */
public final class ActivationKernels {
  private static final float LOG2_E = 1.442695041f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float SQRT_HALF = 0.70710678f;

  /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
  private static final float ROUND = 12582912f;

  private ActivationKernels() {}

  /**
   * Applies the activation to {@code count} elements from {@code offset} on. Allocates if the whole
   * array is shorter than a vector, only then.
   */
  public static void apply(Activation activation, float[] x, int offset, int count) {
    if (x.length >= LANES) {
      applyInPlace(activation, x, offset, count);
      return;
    }
    float[] vector = Arrays.copyOf(x, LANES);
    applyInPlace(activation, vector, offset, count);
    System.arraycopy(vector, offset, x, offset, count);
  }

  private static void applyInPlace(Activation activation, float[] x, int offset, int count) {
    switch (activation.kind()) {
      case CLAMP -> clamp(x, offset, count, activation.low(), activation.high());
      case LEAKY_RELU -> leakyRelu(x, offset, count, activation.low());
      case SIGMOID -> sigmoid(x, offset, count);
      case SILU -> silu(x, offset, count);
      case HARD_SIGMOID -> hardSigmoid(x, offset, count);
      case HARD_SWISH -> hardSwish(x, offset, count);
      case TANH -> tanh(x, offset, count);
      case GELU -> gelu(x, offset, count);
    }
  }

  private static void clamp(float[] x, int offset, int count, float low, float high) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      limit(v, low, high).intoArray(x, at, inside);
    }
  }

  private static void leakyRelu(float[] x, int offset, int count, float slope) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(x, at, inside);
    }
  }

  private static void sigmoid(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      logistic(v).intoArray(x, at, inside);
    }
  }

  private static void silu(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      aboveMinus100(v).mul(logistic(v)).intoArray(x, at, inside);
    }
  }

  private static void hardSigmoid(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      ramp(v).intoArray(x, at, inside);
    }
  }

  private static void hardSwish(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      aboveMinus100(v).mul(ramp(v)).intoArray(x, at, inside);
    }
  }

  private static void tanh(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      hyperbolicTangent(v).intoArray(x, at, inside);
    }
  }

  /** All in one method: through helpers, C2 did not always inline, and then allocated vectors. */
  private static void gelu(float[] x, int offset, int count) {
    for (int i = 0; i < count; i += LANES) {
      int at = Simd.window(x, offset + i);
      VectorMask<Float> inside = Simd.lanes(offset + i - at, offset + count - at);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at);
      FloatVector z = v.abs().mul(SQRT_HALF);
      FloatVector p = z.mul(0.0000430638f).add(0.0002765672f);
      p = p.fma(z, FloatVector.broadcast(SPECIES, 0.0001520143f));
      p = p.fma(z, FloatVector.broadcast(SPECIES, 0.0092705272f));
      p = p.fma(z, FloatVector.broadcast(SPECIES, 0.0422820123f));
      p = p.fma(z, FloatVector.broadcast(SPECIES, 0.0705230784f));
      p = p.fma(z, FloatVector.broadcast(SPECIES, 1));
      p = p.mul(p);
      p = p.mul(p);
      p = p.mul(p);
      p = p.mul(p);
      // Half the complement of the error function of |x| / sqrt 2.
      FloatVector tail = FloatVector.broadcast(SPECIES, 0.5f).div(p);
      FloatVector below = tail.neg().add(1).blend(tail, v.lt(FloatVector.zero(SPECIES)));
      FloatVector least = FloatVector.broadcast(SPECIES, -100);
      v.blend(least, v.lt(least)).mul(below).intoArray(x, at, inside);
    }
  }

  /** NaN fails both comparisons and stays. Cheaper than max and min, which order -0 and +0 too. */
  private static FloatVector limit(FloatVector v, float low, float high) {
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    FloatVector raised = v.blend(lows, v.lt(lows));
    return raised.blend(highs, highs.lt(raised));
  }

  /**
   * Below -100 the functions that multiply x with a vanishing factor are zero; so is their limit.
   */
  private static FloatVector aboveMinus100(FloatVector v) {
    return limit(v, -100, Float.POSITIVE_INFINITY);
  }

  private static FloatVector ramp(FloatVector v) {
    return limit(v.mul(1 / 6f).add(0.5f), 0, 1);
  }

  private static FloatVector logistic(FloatVector v) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    return one.div(exp(v.neg()).add(1));
  }

  /** {@code (1 - e) / (1 + e)} with {@code e = exp(-2 |x|)}, the sign put back. */
  private static FloatVector hyperbolicTangent(FloatVector v) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector e = exp(v.abs().mul(-2));
    FloatVector magnitude = one.sub(e).div(one.add(e));
    return magnitude.blend(magnitude.neg(), v.compare(VectorOperators.LT, 0));
  }

  private static FloatVector exp(FloatVector v) {
    FloatVector x = limit(v, -87, 88);
    FloatVector n = x.mul(LOG2_E).add(ROUND).sub(ROUND);
    FloatVector f = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
    f = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), f);
    FloatVector p = f.mul(1 / 720f).add(1 / 120f);
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1 / 24f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1 / 6f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 0.5f));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1));
    // 2^n by its exponent bits: n + 127 + 2^23 as a float ends in them, shifted into place.
    return p.mul(
        n.add(127 + 8388608f)
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .reinterpretAsFloats());
  }
}

package dev.convector.internal.simd;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Activation;
import dev.convector.internal.parallel.ObjectPool;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations over a range of an array, in place.
 *
 * <p>Each is one flat loop over whole vectors. A helper that returns a vector is not always inlined
 * (C2 leaves out what it has compiled into a large method before), and masked loads are not always
 * kept in registers: either way a process that had run other shapes allocated every vector. So what
 * needs the exponential has it computed into a buffer first, and the elements behind the last whole
 * vector go through a buffer too. Both do the same arithmetic on an element wherever it lies.
 */
public final class ActivationKernels {
  /** Floats of a buffer: small beside a first-level cache, large beside the cost of a loop. */
  private static final int BUFFER = 16 * LANES;

  private static final ObjectPool<float[]> BUFFERS = new ObjectPool<>(() -> new float[BUFFER]);

  private static final float LOG2_E = 1.442695041f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float SQRT_HALF = 0.70710678f;

  /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
  private static final float ROUND = 12582912f;

  /** Below this, functions that multiply x with a vanishing factor are zero; so is their limit. */
  private static final float FLAT = -100;

  private ActivationKernels() {}

  /** Applies the activation to {@code count} elements from {@code offset} on. */
  public static void apply(Activation activation, float[] x, int offset, int count) {
    int whole = count / LANES * LANES;
    vectors(activation, x, offset, whole);
    if (whole < count) {
      float[] last = BUFFERS.take();
      System.arraycopy(x, offset + whole, last, 0, count - whole);
      vectors(activation, last, 0, LANES);
      System.arraycopy(last, 0, x, offset + whole, count - whole);
      BUFFERS.give(last);
    }
  }

  /** {@code count} is a multiple of LANES. */
  private static void vectors(Activation activation, float[] x, int offset, int count) {
    switch (activation.kind()) {
      case CLAMP -> clamp(x, offset, count, activation.low(), activation.high());
      case LEAKY_RELU -> leakyRelu(x, offset, count, activation.low());
      case HARD_SIGMOID -> hardSigmoid(x, offset, count);
      case HARD_SWISH -> hardSwish(x, offset, count);
      case GELU -> gelu(x, offset, count);
      case SIGMOID, SILU, TANH -> exponential(activation.kind(), x, offset, count);
    }
  }

  private static void exponential(Activation.Kind kind, float[] x, int offset, int count) {
    float[] e = BUFFERS.take();
    for (int done = 0; done < count; done += BUFFER) {
      int at = offset + done;
      int part = Math.min(BUFFER, count - done);
      exp(x, at, part, kind == Activation.Kind.TANH ? -2 : -1, e);
      switch (kind) {
        case SIGMOID -> sigmoid(x, at, part, e);
        case SILU -> silu(x, at, part, e);
        default -> tanh(x, at, part, e);
      }
    }
    BUFFERS.give(e);
  }

  /**
   * Comparison and blend instead of max and min, which order -0 and +0 too and cost three times
   * that; NaN fails both comparisons and stays.
   */
  private static void clamp(float[] x, int offset, int count, float low, float high) {
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v = v.blend(lows, v.lt(lows));
      v.blend(highs, highs.lt(v)).intoArray(x, i);
    }
  }

  private static void leakyRelu(float[] x, int offset, int count, float slope) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.mul(slope).blend(v, zeros.lt(v)).intoArray(x, i);
    }
  }

  private static void hardSigmoid(float[] x, int offset, int count) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    FloatVector ones = FloatVector.broadcast(SPECIES, 1);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i).mul(1 / 6f).add(0.5f);
      v = v.blend(zeros, v.lt(zeros));
      v.blend(ones, ones.lt(v)).intoArray(x, i);
    }
  }

  private static void hardSwish(float[] x, int offset, int count) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    FloatVector ones = FloatVector.broadcast(SPECIES, 1);
    FloatVector flat = FloatVector.broadcast(SPECIES, FLAT);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector ramp = v.mul(1 / 6f).add(0.5f);
      ramp = ramp.blend(zeros, ramp.lt(zeros));
      ramp = ramp.blend(ones, ones.lt(ramp));
      v.blend(flat, v.lt(flat)).mul(ramp).intoArray(x, i);
    }
  }

  /**
   * With the error function of Abramowitz and Stegun, 7.1.28 (error 3e-7): one minus the 16th power
   * of the reciprocal of a polynomial.
   */
  private static void gelu(float[] x, int offset, int count) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    FloatVector flat = FloatVector.broadcast(SPECIES, FLAT);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector z = v.abs().mul(SQRT_HALF);
      FloatVector p = z.mul(0.0000430638f).add(0.0002765672f);
      p = fma(p, z, FloatVector.broadcast(SPECIES, 0.0001520143f));
      p = fma(p, z, FloatVector.broadcast(SPECIES, 0.0092705272f));
      p = fma(p, z, FloatVector.broadcast(SPECIES, 0.0422820123f));
      p = fma(p, z, FloatVector.broadcast(SPECIES, 0.0705230784f));
      p = fma(p, z, FloatVector.broadcast(SPECIES, 1));
      p = p.mul(p);
      p = p.mul(p);
      p = p.mul(p);
      p = p.mul(p);
      // Half the complement of the error function of |x| / sqrt 2.
      FloatVector tail = FloatVector.broadcast(SPECIES, 0.5f).div(p);
      FloatVector below = tail.neg().add(1).blend(tail, v.lt(zeros));
      v.blend(flat, v.lt(flat)).mul(below).intoArray(x, i);
    }
  }

  /** {@code 1 / (1 + e)}. */
  private static void sigmoid(float[] x, int offset, int count, float[] e) {
    FloatVector ones = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < count; i += LANES) {
      ones.div(FloatVector.fromArray(SPECIES, e, i).add(1)).intoArray(x, offset + i);
    }
  }

  /** {@code x / (1 + e)}. */
  private static void silu(float[] x, int offset, int count, float[] e) {
    FloatVector flat = FloatVector.broadcast(SPECIES, FLAT);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
      v.blend(flat, v.lt(flat))
          .div(FloatVector.fromArray(SPECIES, e, i).add(1))
          .intoArray(x, offset + i);
    }
  }

  /** {@code 2 / (1 + e) - 1}, with {@code e = exp(-2 x)}. */
  private static void tanh(float[] x, int offset, int count, float[] e) {
    FloatVector twos = FloatVector.broadcast(SPECIES, 2);
    for (int i = 0; i < count; i += LANES) {
      twos.div(FloatVector.fromArray(SPECIES, e, i).add(1)).sub(1).intoArray(x, offset + i);
    }
  }

  /**
   * {@code e[i] = exp(scale * x[offset + i])}, as {@code 2^n * p(f)} with {@code n = round(x / ln
   * 2)} and {@code f} in {@code [-ln 2 / 2, ln 2 / 2]}; p is the degree-6 Taylor polynomial (error
   * 2e-8 there), and x is limited so that {@code 2^n} stays a normal number.
   */
  private static void exp(float[] x, int offset, int count, float scale, float[] e) {
    FloatVector least = FloatVector.broadcast(SPECIES, -87);
    FloatVector most = FloatVector.broadcast(SPECIES, 88);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i).mul(scale);
      v = v.blend(least, v.lt(least));
      v = v.blend(most, most.lt(v));
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
          .intoArray(e, i);
    }
  }
}

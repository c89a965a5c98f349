package dev.convector.internal.simd;

import static dev.convector.internal.simd.MultiplyAdd.fma;

/**
 * What {@link ExponentialKernels} computes, with the same bits, a number at a time: where those are
 * not compiled, and behind the last whole vector. Their template in the codegen folder has the
 * method.
 */
final class ExponentialLoops {
  private static final float ROUND = 12582912f;
  private static final float LOG2_E = 1.442695041f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float BIAS = 127 + 8388608f;

  private ExponentialLoops() {}

  /** {@code 1 / (1 + e^-x)}, in place. */
  static void sigmoid(float[] x, int at, int count) {
    for (int i = at; i < at + count; i++) {
      x[i] = 1 / onePlusExp(-limited(x[i], 87));
    }
  }

  /** {@code 2 / (1 + e^-2x) - 1}, in place. */
  static void tanh(float[] x, int at, int count) {
    for (int i = at; i < at + count; i++) {
      x[i] = 2 / onePlusExp(-2 * limited(x[i], 43)) - 1;
    }
  }

  /** {@code x / (1 + e^-x)}, in place. */
  static void silu(float[] x, int at, int count) {
    for (int i = at; i < at + count; i++) {
      float v = x[i] < -87 ? -87 : x[i];
      float t = -v < -87 ? -87 : -v;
      x[i] = v / onePlusExp(t);
    }
  }

  /** {@code y[i] = e^(x[i] - most)}, for x up to {@code most}. */
  static void exp(float[] x, int at, int count, float most, float[] y, int to) {
    for (int i = 0; i < count; i++) {
      float t = x[at + i] - most;
      t = t < -87 ? -87 : t;
      float n = rounded(t);
      y[to + i] = polynomial(n, t) * power(n);
    }
  }

  private static float limited(float x, float limit) {
    float above = x < -limit ? -limit : x;
    return limit < above ? limit : above;
  }

  private static float onePlusExp(float t) {
    float n = rounded(t);
    return fma(polynomial(n, t), power(n), 1);
  }

  private static float rounded(float t) {
    return fma(t, LOG2_E, ROUND) - ROUND;
  }

  private static float polynomial(float n, float t) {
    float f = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, t));
    float p = fma(f, 1 / 720f, 1 / 120f);
    p = fma(p, f, 1 / 24f);
    p = fma(p, f, 1 / 6f);
    p = fma(p, f, 0.5f);
    p = fma(p, f, 1);
    return fma(p, f, 1);
  }

  private static float power(float n) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(n + BIAS) << 23);
  }
}

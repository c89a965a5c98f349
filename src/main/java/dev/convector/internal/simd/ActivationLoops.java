package dev.convector.internal.simd;

import static dev.convector.internal.simd.MultiplyAdd.fma;

import dev.convector.Activation;

/** What {@link ActivationKernels} computes, with the same bits, a number at a time. */
final class ActivationLoops {
  private ActivationLoops() {}

  static void apply(Activation activation, float[] x, int offset, int count) {
    switch (activation.kind()) {
      case CLAMP -> clamp(x, offset, count, activation.low(), activation.high());
      case LEAKY_RELU -> leakyRelu(x, offset, count, activation.low());
      case HARD_SIGMOID -> hardSigmoid(x, offset, count);
      case HARD_SWISH -> hardSwish(x, offset, count);
      case GELU -> gelu(x, offset, count);
      case SIGMOID -> ExponentialLoops.sigmoid(x, offset, count);
      case SILU -> ExponentialLoops.silu(x, offset, count);
      case TANH -> ExponentialLoops.tanh(x, offset, count);
    }
  }

  private static void clamp(float[] x, int offset, int count, float low, float high) {
    for (int i = offset; i < offset + count; i++) {
      float v = x[i] < low ? low : x[i];
      x[i] = high < v ? high : v;
    }
  }

  private static void leakyRelu(float[] x, int offset, int count, float slope) {
    for (int i = offset; i < offset + count; i++) {
      x[i] = 0 < x[i] ? x[i] : x[i] * slope;
    }
  }

  private static void hardSigmoid(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      x[i] = ramp(x[i]);
    }
  }

  private static float ramp(float x) {
    float v = x * (1 / 6f) + 0.5f;
    v = v < 0 ? 0 : v;
    return 1 < v ? 1 : v;
  }

  private static void hardSwish(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      x[i] = flat(x[i]) * ramp(x[i]);
    }
  }

  private static float flat(float x) {
    return x < ActivationKernels.FLAT ? ActivationKernels.FLAT : x;
  }

  private static void gelu(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      float tail = 0.5f / power(Math.abs(x[i]) * 0.70710678f);
      x[i] = flat(x[i]) * (x[i] < 0 ? tail : -tail + 1);
    }
  }

  /** The 16th power of a polynomial; its template in the codegen folder has the source. */
  private static float power(float z) {
    float p = z * 0.0000430638f + 0.0002765672f;
    p = fma(p, z, 0.0001520143f);
    p = fma(p, z, 0.0092705272f);
    p = fma(p, z, 0.0422820123f);
    p = fma(p, z, 0.0705230784f);
    p = fma(p, z, 1);
    p *= p;
    p *= p;
    p *= p;
    return p * p;
  }
}

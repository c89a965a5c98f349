package dev.convector.onnx.internal.operator;

/** Functions of a float that ONNX has and {@link Math} has not. */
final class Functions {
  private Functions() {}

  /**
   * The error function by a Chebyshev fit of its complement (Press and others, Numerical Recipes,
   * erfc), to 1.2e-7.
   */
  static float erf(float x) {
    double z = Math.abs(x);
    double t = 1 / (1 + 0.5 * z);
    double[] fit = ERFC;
    double sum = fit[fit.length - 1];
    for (int i = fit.length - 2; i >= 0; i--) {
      sum = sum * t + fit[i];
    }
    double complement = t * Math.exp(-z * z + sum);
    return (float) (x >= 0 ? 1 - complement : complement - 1);
  }

  private static final double[] ERFC = {
    -1.26551223,
    1.00002368,
    0.37409196,
    0.09678418,
    -0.18628806,
    0.27886807,
    -1.13520398,
    1.48851587,
    -0.82215223,
    0.17087277
  };

  /** GELU's usual approximation. */
  static float tanhGelu(float x) {
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return (float) (0.5 * x * (1 + Math.tanh(inner)));
  }

  static float softplus(float x) {
    return (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
  }

  static float elu(float x, float alpha) {
    return x >= 0 ? x : (float) (alpha * Math.expm1(x));
  }

  static float celu(float x, float alpha) {
    return (float) (Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)));
  }

  static float selu(float x, float alpha, float gamma) {
    return x > 0 ? gamma * x : (float) (gamma * alpha * Math.expm1(x));
  }

  static float shrink(float x, float lambda, float bias) {
    return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
  }

  static float asinh(float x) {
    double z = Math.abs((double) x);
    return (float) Math.copySign(Math.log(z + Math.sqrt(z * z + 1)), x);
  }

  static float acosh(float x) {
    return (float) Math.log(x + Math.sqrt((double) x * x - 1));
  }

  static float atanh(float x) {
    return (float) (0.5 * Math.log((1.0 + x) / (1.0 - x)));
  }
}

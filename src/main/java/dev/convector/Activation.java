package dev.convector;

import java.util.Objects;

/**
 * A function applied to each output element, after bias and residual.
 *
 * <p>A NaN stays a NaN in all of them. The vector code of the smooth ones is held to {@link
 * #apply(double)} with an absolute error of 2e-6 times {@code max(1, |x|)}.
 *
 * @param kind which function
 * @param low lower bound of {@link Kind#CLAMP}; slope of {@link Kind#LEAKY_RELU}; otherwise 0
 * @param high upper bound of {@link Kind#CLAMP}; otherwise 0
 */
public record Activation(Kind kind, float low, float high) {

  /** The functions. */
  public enum Kind {
    /** {@code x}, limited to a range; with infinite bounds the identity. */
    CLAMP,
    /** {@code x} where positive, {@code slope * x} elsewhere. */
    LEAKY_RELU,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** {@code x / (1 + exp(-x))}, also called swish. */
    SILU,
    /** {@code min(max(x / 6 + 1/2, 0), 1)}, as in PyTorch. */
    HARD_SIGMOID,
    /** {@code x * min(max(x / 6 + 1/2, 0), 1)}. */
    HARD_SWISH,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code x / 2 * (1 + erf(x / sqrt 2))}, the exact form. */
    GELU
  }

  /** The identity. */
  public static final Activation NONE = clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  /** {@code max(x, 0)}. */
  public static final Activation RELU = clamp(0, Float.POSITIVE_INFINITY);

  /** {@code min(max(x, 0), 6)}. */
  public static final Activation RELU6 = clamp(0, 6);

  /** The logistic function. */
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0, 0);

  /** {@code x * sigmoid(x)}. */
  public static final Activation SILU = new Activation(Kind.SILU, 0, 0);

  /** PyTorch's piecewise linear sigmoid. */
  public static final Activation HARD_SIGMOID = new Activation(Kind.HARD_SIGMOID, 0, 0);

  /** {@code x * hard-sigmoid(x)}. */
  public static final Activation HARD_SWISH = new Activation(Kind.HARD_SWISH, 0, 0);

  /** The hyperbolic tangent. */
  public static final Activation TANH = new Activation(Kind.TANH, 0, 0);

  /** The Gaussian error linear unit, with the error function. */
  public static final Activation GELU = new Activation(Kind.GELU, 0, 0);

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if a bound is NaN, the bounds are crossed, a slope is not
   *     finite, or a parameter is given that the function doesn't have
   */
  public Activation {
    Objects.requireNonNull(kind, "kind");
    if (kind == Kind.CLAMP && !(low <= high)) {
      throw new IllegalArgumentException(
          "low, high: " + low + ", " + high + "; must be numbers with low <= high");
    }
    if (kind == Kind.LEAKY_RELU && !Float.isFinite(low)) {
      throw new IllegalArgumentException("slope: " + low + "; must be finite");
    }
    if (kind != Kind.CLAMP) {
      absent(kind, "high", high);
    }
    if (kind != Kind.CLAMP && kind != Kind.LEAKY_RELU) {
      absent(kind, "low", low);
    }
  }

  private static void absent(Kind kind, String name, float value) {
    if (Float.floatToIntBits(value) != 0) {
      throw new IllegalArgumentException(name + ": " + value + "; must be 0 for " + kind);
    }
  }

  /**
   * Limits to a range.
   *
   * @param low lower bound, may be minus infinity
   * @param high upper bound, at least {@code low}, may be infinity
   * @return {@code min(max(x, low), high)}
   */
  public static Activation clamp(float low, float high) {
    return new Activation(Kind.CLAMP, low, high);
  }

  /**
   * Scales the negative side.
   *
   * @param slope factor for negative values, finite
   * @return {@code x} where positive, {@code slope * x} elsewhere
   */
  public static Activation leakyRelu(float slope) {
    return new Activation(Kind.LEAKY_RELU, slope, 0);
  }

  /**
   * The definition, in double precision.
   *
   * @param x any value; NaN gives NaN
   * @return the function's value
   */
  public double apply(double x) {
    return switch (kind) {
      case CLAMP -> Math.min(Math.max(x, low), high);
      case LEAKY_RELU -> x > 0 ? x : low * x;
      case SIGMOID -> sigmoid(x);
      case SILU -> x == Double.NEGATIVE_INFINITY ? 0 : x * sigmoid(x);
      case HARD_SIGMOID -> hardSigmoid(x);
      case HARD_SWISH -> x == Double.NEGATIVE_INFINITY ? 0 : x * hardSigmoid(x);
      case TANH -> Math.tanh(x);
      case GELU -> x == Double.NEGATIVE_INFINITY ? 0 : x / 2 * (1 + erf(x / Math.sqrt(2)));
    };
  }

  /**
   * The function's name with its parameters.
   *
   * @return such as {@code relu6}, {@code clamp(0,5)}, {@code leaky(0.1)}; {@code none} for the
   *     identity
   */
  @Override
  public String toString() {
    return switch (kind) {
      case CLAMP -> clampName();
      case LEAKY_RELU -> "leaky(" + number(low) + ")";
      case SIGMOID -> "sigmoid";
      case SILU -> "silu";
      case HARD_SIGMOID -> "hardsigmoid";
      case HARD_SWISH -> "hardswish";
      case TANH -> "tanh";
      case GELU -> "gelu";
    };
  }

  private String clampName() {
    if (equals(NONE)) {
      return "none";
    }
    if (equals(RELU)) {
      return "relu";
    }
    return equals(RELU6) ? "relu6" : "clamp(" + number(low) + "," + number(high) + ")";
  }

  private static String number(float value) {
    if (Float.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    String text = Float.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double hardSigmoid(double x) {
    return Math.min(Math.max(x / 6 + 0.5, 0), 1);
  }

  /**
   * The error function: its Maclaurin series up to 2.5, beyond that Laplace's continued fraction of
   * erfc (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.5 and 7.1.14). Below 1e-14
   * in absolute error.
   */
  private static double erf(double x) {
    double z = Math.abs(x);
    double value;
    if (Double.isNaN(x)) {
      return x;
    } else if (z < 2.5) {
      double term = z;
      value = z;
      for (int n = 1; Math.abs(term) > 1e-18; n++) {
        term *= -z * z / n;
        value += term / (2 * n + 1);
      }
      value *= 2 / Math.sqrt(Math.PI);
    } else if (z < 7) {
      double fraction = z;
      for (int n = 80; n >= 1; n--) {
        fraction = z + n / 2.0 / fraction;
      }
      value = 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
    } else {
      value = 1;
    }
    return Math.copySign(value, x);
  }
}

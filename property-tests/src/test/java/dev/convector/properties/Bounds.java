package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.ConvShape;

/** How far a result may be from the oracle's: all of the tests' tolerances. */
final class Bounds {
  private static final double WINOGRAD_STANDARD = 2e-5;
  private static final double WINOGRAD_RELAXED = 2e-4;

  /** Unit roundoff of float. */
  private static final double ROUNDOFF = 0x1p-24;

  /** What {@link Activation} promises of its smooth functions, times {@code max(1, |x|)}. */
  private static final double SMOOTH = 2e-6;

  private Bounds() {}

  /** Whether it is a Winograd algorithm, or AUTO and the library would take one. */
  static boolean isWinograd(Conv2d conv, Algorithm algorithm) {
    return winograd(resolve(conv, algorithm)) > 0;
  }

  /**
   * What AUTO stands for.
   *
   * @return the algorithm itself if it is not AUTO
   */
  static Algorithm resolve(Conv2d conv, Algorithm algorithm) {
    return algorithm == Algorithm.AUTO
        ? conv.plan(new float[conv.shape().weightsSize()]).algorithm()
        : algorithm;
  }

  /** Maximum error over rms of the output, before the activation; 0 for the other algorithms. */
  static double winograd(Algorithm algorithm) {
    return switch (algorithm) {
      case WINOGRAD_F2X2_3X3, WINOGRAD_F4X4_3X3, WINOGRAD_F2X2_5X5 -> WINOGRAD_STANDARD;
      case WINOGRAD_F6X6_3X3, WINOGRAD_F4X4_5X5 -> WINOGRAD_RELAXED;
      default -> 0;
    };
  }

  /**
   * Of a sum of products added in any order: each of at most {@code depth + 2} operations rounds
   * once (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
   *
   * @param magnitude the sum of the summands' absolute values
   */
  static double sum(ConvShape shape, double magnitude) {
    long depth = (long) shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    return sum(depth, magnitude);
  }

  /**
   * Of a sum of so many products and up to two summands more, each scaled by a factor.
   *
   * @param magnitude the sum of the summands' absolute values
   */
  static double sum(long depth, double magnitude) {
    return (depth + 3) * ROUNDOFF * magnitude;
  }

  /**
   * Of an activation of a value that is off by {@code error}. No function is steeper than 1.5.
   *
   * @param linear the activation's argument
   */
  static double activation(Activation activation, double linear, double error) {
    return switch (activation.kind()) {
      case CLAMP -> error + ROUNDOFF * Math.abs(linear);
      case LEAKY_RELU ->
          Math.max(1, Math.abs(activation.low())) * (error + ROUNDOFF * Math.abs(linear));
      default -> 1.5 * error + SMOOTH * Math.max(1, Math.abs(linear));
    };
  }

  /** Whether integers must come out as they are. */
  static boolean isExact(Activation activation) {
    return switch (activation.kind()) {
      case CLAMP, LEAKY_RELU -> true;
      default -> false;
    };
  }
}

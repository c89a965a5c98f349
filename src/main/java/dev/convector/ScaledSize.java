package dev.convector;

/** Sizes as multiples of others, which need not be whole. */
final class ScaledSize {
  private ScaledSize() {}

  /** Refuses a scale that is no multiple; {@code ending} says of what. */
  static void requireScale(String ending, double scale) {
    if (!(scale > 0 && scale <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "scale" + ending + ": " + scale + "; must be above 0 and at most 2147483647");
    }
  }

  /** The whole elements of so many times the input's, at least one. */
  static int of(String ending, int input, double scale) {
    double size = Math.floor(input * scale);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "scale%s: %s; of %d elements it makes %s, must make 1 to 2147483647"
              .formatted(ending, scale, input, size));
    }
    return (int) size;
  }
}

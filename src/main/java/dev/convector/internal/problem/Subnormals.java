package dev.convector.internal.problem;

import dev.convector.Accuracy;

/**
 * Weights below 2^-126, which processors multiply 12 to 178 times slower than others, and Java has
 * no mode that takes them for zeros. So they are packed as zeros, unless every bit is asked for.
 */
public final class Subnormals {
  private Subnormals() {}

  /** The weights to pack: the same array where none of them is changed, else a copy. */
  public static float[] flushed(Accuracy accuracy, float[] weights) {
    if (accuracy == Accuracy.STRICT) {
      return weights;
    }
    for (float weight : weights) {
      if (isSubnormal(weight)) {
        float[] flushed = weights.clone();
        flush(flushed);
        return flushed;
      }
    }
    return weights;
  }

  /** Makes zeros of an array's subnormal numbers. */
  public static void flush(float[] array) {
    for (int i = 0; i < array.length; i++) {
      array[i] = isSubnormal(array[i]) ? 0 : array[i];
    }
  }

  private static boolean isSubnormal(float value) {
    return Math.abs(value) < Float.MIN_NORMAL && value != 0;
  }
}

package dev.convector.properties;

import java.util.random.RandomGenerator;

/** What a case's arrays are filled with. */
enum Values {
  /**
   * Integers from -4 to 4, whose sums of products are exact in float up to a depth of a million.
   */
  INTEGERS,
  /** Normally distributed floats. */
  FLOATS,
  /** Integers, and among the inputs a few NaN and infinities. */
  SPECIALS;

  private static final float[] SPECIAL = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  void fill(RandomGenerator random, float[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      array[i] = this == FLOATS ? (float) random.nextGaussian() : random.nextInt(-4, 5);
    }
  }

  /** As {@link #fill}, with the specials. */
  void fillInput(RandomGenerator random, float[] array, int from, int to) {
    fill(random, array, from, to);
    for (int i = 0; this == SPECIALS && i < 3; i++) {
      array[random.nextInt(from, to)] = SPECIAL[random.nextInt(SPECIAL.length)];
    }
  }
}

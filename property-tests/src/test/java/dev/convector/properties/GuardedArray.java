package dev.convector.properties;

import java.util.Arrays;

/** An operand inside a larger array. Whatever surrounds it is NaN, and must stay what it is. */
record GuardedArray(float[] array, int offset, int size) {
  /** Elements behind an operand: more than the widest vector. */
  private static final int BEHIND = 40;

  private static final float GUARD = Float.intBitsToFloat(0x7fc0dead);

  static GuardedArray of(int offset, int size) {
    float[] array = new float[offset + size + BEHIND];
    Arrays.fill(array, GUARD);
    return new GuardedArray(array, offset, size);
  }

  float[] content() {
    return Arrays.copyOfRange(array, offset, offset + size);
  }

  void require(Object of) {
    for (int i = 0; i < array.length; i++) {
      boolean outside = i < offset || i >= offset + size;
      if (outside && Float.floatToRawIntBits(array[i]) != Float.floatToRawIntBits(GUARD)) {
        throw new AssertionError("element " + (i - offset) + " was written: " + of);
      }
    }
  }

  void requireUntouched(String what, Object of) {
    require(of);
    for (int i = offset; i < offset + size; i++) {
      if (Float.floatToRawIntBits(array[i]) != Float.floatToRawIntBits(GUARD)) {
        throw new AssertionError(what + " wrote to element " + (i - offset) + ": " + of);
      }
    }
  }
}

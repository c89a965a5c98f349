package dev.convector.properties;

import java.util.Arrays;

/** An operand inside a larger array. Whatever surrounds it is NaN, and must stay what it is. */
record GuardedArray(float[] array, int offset, int size) {
  /** Elements behind an operand, if any: more than the widest panel. */
  private static final int BEHIND = 40;

  private static final float GUARD = Float.intBitsToFloat(0x7fc0dead);

  static GuardedArray of(int offset, int size) {
    return new GuardedArray(guarded(offset, size), offset, size);
  }

  /** Half of them end with the operand: kernels may treat what is near an array's end otherwise. */
  static float[] guarded(int offset, int size) {
    int behind = Integer.bitCount(offset + size) % 2 * BEHIND;
    float[] array = new float[offset + size + behind];
    Arrays.fill(array, GUARD);
    return array;
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

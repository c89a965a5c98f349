package dev.convector;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/** Checks of the public face's arguments; each message names argument, value and rule. */
final class Arguments {
  private Arguments() {}

  static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + "; must be at least " + least);
    }
  }

  static void divides(int groups, String name, int value) {
    if (value % groups != 0) {
      throw new IllegalArgumentException(
          "groups: " + groups + "; must divide " + name + " (" + value + ")");
    }
  }

  /** So many elements must fit an array. */
  static void indexable(String name, long... factors) {
    long size = 1;
    for (long factor : factors) {
      size = size > Integer.MAX_VALUE ? size : size * factor;
    }
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name
              + ": "
              + Arrays.stream(factors).mapToObj(Long::toString).collect(Collectors.joining(" x "))
              + "; must have at most "
              + Integer.MAX_VALUE
              + " elements, what an array can index");
    }
  }

  static void length(String name, float[] array, int expected) {
    Objects.requireNonNull(array, name);
    if (array.length != expected) {
      throw new IllegalArgumentException(
          name + ": length " + array.length + "; must be " + expected);
    }
  }

  /** {@code size} elements from {@code offset} on must lie inside the array. */
  static void range(String name, float[] array, int offset, int size) {
    Objects.requireNonNull(array, name);
    range(name, array.length, offset, size);
  }

  /** The same of ints. */
  static void range(String name, int[] array, int offset, int size) {
    Objects.requireNonNull(array, name);
    range(name, array.length, offset, size);
  }

  private static void range(String name, int length, int offset, int size) {
    if (offset < 0) {
      throw new IllegalArgumentException(name + "Offset: " + offset + "; must be at least 0");
    }
    if (length - offset < size) {
      throw new IllegalArgumentException(
          name
              + ": length "
              + length
              + "; must hold "
              + size
              + " elements from offset "
              + offset
              + " on");
    }
  }

  /** What is read must not be what is written. */
  static void apart(
      String readName,
      float[] read,
      int readOffset,
      int readSize,
      String writtenName,
      float[] written,
      int offset,
      int size) {
    if (read == written
        && readOffset < (long) offset + size
        && offset < (long) readOffset + readSize) {
      throw new IllegalArgumentException(
          readName
              + ": elements "
              + readOffset
              + " to "
              + ((long) readOffset + readSize)
              + " of the array that is also "
              + writtenName
              + "; must not overlap its elements "
              + offset
              + " to "
              + ((long) offset + size));
    }
  }
}

package dev.convector;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ArgumentsTest {

  private static void refused(String message, Executable check) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, check).getMessage());
  }

  @Test
  void whatAnArrayCanIndex() {
    assertDoesNotThrow(() -> Arguments.indexable("x", Integer.MAX_VALUE, 1));
    assertDoesNotThrow(() -> Arguments.indexable("x", 1, Integer.MAX_VALUE));
    String most = "; must have at most 2147483647 elements, what an array can index";
    refused("x: 2 x 1073741824" + most, () -> Arguments.indexable("x", 2, 1 << 30));
    long large = Long.MAX_VALUE;
    refused("x: 3 x 9223372036854775807 x 5" + most, () -> Arguments.indexable("x", 3, large, 5));
  }

  @Test
  void rangesLieInside() {
    float[] array = new float[10];
    assertDoesNotThrow(() -> Arguments.range("x", array, 0, 10));
    assertDoesNotThrow(() -> Arguments.range("x", array, 4, 6));
    refused("xOffset: -1; must be at least 0", () -> Arguments.range("x", array, -1, 1));
    refused(
        "x: length 10; must hold 7 elements from offset 4 on",
        () -> Arguments.range("x", array, 4, 7));
    refused(
        "x: length 10; must hold 1 elements from offset 2147483647 on",
        () -> Arguments.range("x", array, Integer.MAX_VALUE, 1));
    int[] ints = new int[3];
    refused(
        "i: length 3; must hold 3 elements from offset 1 on",
        () -> Arguments.range("i", ints, 1, 3));
    assertThrows(NullPointerException.class, () -> Arguments.range("x", (float[]) null, 0, 1));
    assertThrows(NullPointerException.class, () -> Arguments.range("i", (int[]) null, 0, 1));
  }

  @Test
  void whatIsReadIsNotWritten() {
    float[] array = new float[10];
    assertDoesNotThrow(() -> Arguments.apart("x", array, 0, 4, "y", array, 4, 3));
    assertDoesNotThrow(() -> Arguments.apart("x", array, 7, 3, "y", array, 4, 3));
    assertDoesNotThrow(() -> Arguments.apart("x", array, 0, 4, "y", new float[10], 0, 4));
    refused(
        "x: elements 0 to 5 of the array that is also y; must not overlap its elements 4 to 7",
        () -> Arguments.apart("x", array, 0, 5, "y", array, 4, 3));
    refused(
        "x: elements 6 to 9 of the array that is also y; must not overlap its elements 4 to 7",
        () -> Arguments.apart("x", array, 6, 3, "y", array, 4, 3));
  }
}

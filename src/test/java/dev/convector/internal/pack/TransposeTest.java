package dev.convector.internal.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TransposeTest {
  private static final float GUARD = -12345;

  @Test
  void everySmallSizeWithAndWithoutGaps() {
    for (int rows = 1; rows <= 37; rows++) {
      for (int columns = 1; columns <= 37; columns++) {
        check(rows, columns, 0, 0);
        check(rows, columns, 3, 0);
        check(rows, columns, 0, 5);
        check(rows, columns, 1, 2);
      }
    }
  }

  @Test
  void longRowsAndColumns() {
    int[] sizes = {1, 2, 3, 4, 5, 15, 16, 17, 49, 64, 1027};
    for (int rows : sizes) {
      for (int columns : sizes) {
        check(rows, columns, 0, 0);
        check(rows, columns, 7, 9);
      }
    }
  }

  /** The source ends with its last row, and the destination is surrounded by guards. */
  private static void check(int rows, int columns, int srcGap, int dstGap) {
    int srcStride = columns + srcGap;
    int dstStride = rows + dstGap;
    int srcOffset = 2;
    int dstOffset = 3;
    float[] src = new float[srcOffset + (rows - 1) * srcStride + columns];
    for (int i = 0; i < src.length; i++) {
      src[i] = i;
    }
    float[] expected = new float[dstOffset + columns * dstStride + 20];
    Arrays.fill(expected, GUARD);
    float[] actual = expected.clone();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        expected[dstOffset + j * dstStride + i] = src[srcOffset + i * srcStride + j];
      }
    }
    Transpose.run(src, srcOffset, srcStride, rows, columns, actual, dstOffset, dstStride);
    assertArrayEquals(
        expected, actual, () -> rows + " x " + columns + ", gaps of " + srcGap + " and " + dstGap);
  }
}

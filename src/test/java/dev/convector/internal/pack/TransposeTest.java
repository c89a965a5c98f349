package dev.convector.internal.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    Supplier<String> name = () -> rows + " x " + columns + ", gaps of " + srcGap + " and " + dstGap;
    Transpose.run(src, srcOffset, srcStride, rows, columns, actual, dstOffset, dstStride);
    assertArrayEquals(expected, actual, name);
    check(
        expected,
        name,
        dst -> {
          Transpose.byLoops(src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
        });
    if (rows >= Simd.LANES && columns >= Simd.LANES
        || Transpose.isInterleaved(srcStride, rows, columns, dstStride)) {
      check(
          expected,
          name,
          dst -> {
            Transpose.byVectors(
                src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
          });
    }
  }

  private static void check(float[] expected, Supplier<String> name, Consumer<float[]> way) {
    float[] actual = new float[expected.length];
    Arrays.fill(actual, GUARD);
    way.accept(actual);
    assertArrayEquals(expected, actual, name);
  }

  @Test
  void everyKernelHasASmallCall() {
    int[] planes = {2, 3, 4, 6, 8};
    for (int turn = 0; turn < 32; turn++) {
      TransposeWarmUp.call(TransposeWarmUp.WHOLE).run();
      for (int each : planes) {
        TransposeWarmUp.call(each).run();
        TransposeWarmUp.call(TransposeWarmUp.DEINTERLEAVE + each).run();
      }
    }
    assertThrows(AssertionError.class, () -> TransposeWarmUp.call(5).run());
  }
}

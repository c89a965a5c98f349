package dev.convector.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every tile, alone and beside others, on whole numbers, whose sums are exact in any order. Panels
 * end with their array; those for even numbers of rows are read ahead, as a call's first from
 * memory is.
 */
final class TileCallTest {
  private static final float GUARD = -12345;
  private static final int MOST_ROWS = 4 * RegisterTile.MR + 3;

  private final Random random = new Random(5);

  /** Depths odd and even: paired tiles take two steps at a time and have a kernel for each. */
  @ParameterizedTest
  @CsvSource({
    "1, false, -Infinity, Infinity",
    "2, true, -Infinity, Infinity",
    "3, false, -2, 3",
    "7, true, -2, Infinity",
    "8, true, -2, 3",
    "8, false, -Infinity, 3",
    "40, false, -2, Infinity",
    "40, true, -Infinity, 3"
  })
  void tiles(int depth, boolean onto, float low, float high) {
    for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        check(depth, vectors, rows, onto, low, high, false);
        check(depth, vectors, rows, onto, low, high, true);
      }
    }
  }

  /** The clamp comes behind the last pass, what was there before the first. */
  @ParameterizedTest
  @CsvSource({
    "false, -Infinity, Infinity",
    "true, -Infinity, Infinity",
    "false, -2, Infinity",
    "true, -2, Infinity",
    "false, -2, 3",
    "true, -2, 3"
  })
  void passes(boolean onto, float low, float high) {
    int[] depths = {Blocking.KC + 1, Blocking.KC + 2, 2 * Blocking.KC, 3 * Blocking.KC - 1};
    for (int depth : depths) {
      for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
        // The tallest tiles, which are paired: 5 rows by 4 vectors, 6 by 3, 12 by 2 and by 1.
        for (int rows : new int[] {1, 5, RegisterTile.MR, 2 * RegisterTile.MR}) {
          check(depth, vectors, rows, onto, low, high, false);
        }
      }
    }
  }

  /** The tiles that are paired come up in the cases above. */
  @Test
  void pairedTilesAreAmongThem() {
    if (RegisterTile.VECTORS == 4) {
      assertEquals(5, RegisterTile.nextRows(5, 4));
      assertEquals(6, RegisterTile.nextRows(6, 3));
      assertEquals(12, RegisterTile.nextRows(12, 2));
      assertEquals(12, RegisterTile.nextRows(12, 1));
      assertEquals(5, RegisterTile.nextPixelRows(5, 4));
      assertEquals(6, RegisterTile.nextPixelRows(6, 3));
    } else {
      assertEquals(6, RegisterTile.nextRows(12, 2));
    }
  }

  /** Whatever is left, tiles end where the rows end, and none is taller than there are kernels. */
  @Test
  void rowsAreCutWithoutRemainder() {
    for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
      for (int left = 1; left <= 200; left++) {
        int rows = RegisterTile.nextRows(left, vectors);
        int planar = RegisterTile.nextPixelRows(left, vectors);
        assertTrue(rows >= 1 && rows <= left && rows <= (vectors <= 2 ? 12 : 6), "rows " + rows);
        assertTrue(planar >= 1 && planar <= left && planar <= 6, "planar rows " + planar);
      }
    }
  }

  private void check(
      int depth, int vectors, int rows, boolean onto, float low, float high, boolean planar) {
    int columns = vectors * Simd.LANES;
    float[] a = numbers(rows * (depth + 2) + 1);
    float[] b = numbers(2 + depth * columns);
    float[] bias = numbers(1 + Math.max(rows, columns));
    float[] c = new float[rows * (columns + 5) + 8];
    Arrays.fill(c, GUARD);
    int[] table = new int[1 + 2 * rows];
    for (int i = 0; i < rows; i++) {
      // Back to front: rows may lie anywhere.
      table[1 + i] = (rows - 1 - i) * (depth + 2);
      table[1 + rows + i] = (rows - 1 - i) * (columns + 5);
    }
    float[] expected = c.clone();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = table[1 + rows + i] + 4 + j;
        c[at] = random.nextInt(9) - 4;
        double sum = (onto ? c[at] : 0) + bias[1 + (planar ? i : j)];
        for (int k = 0; k < depth; k++) {
          sum += (double) a[table[1 + i] + 1 + k] * b[2 + k * columns + j];
        }
        expected[at] = (float) Math.clamp(sum, low, high);
      }
    }
    // With tiles that have masks, and with those for arrays that masks can't index.
    for (TileCall call : new TileCall[] {new TileCall(), new TileCall(0)}) {
      float[] result = c.clone();
      call.rows(table, 1, 1 + rows);
      call.left(a, 1, depth);
      call.right(b, 2, vectors, rows % 2 == 0);
      call.start(bias, 1, onto);
      call.result(result, 4);
      call.clamp(low, high);
      if (planar) {
        call.runPixels(0, rows);
      } else {
        call.run(0, rows);
      }
      assertArrayEquals(
          expected,
          result,
          "depth " + depth + ", " + vectors + " vectors, " + rows + " rows, " + planar);
    }
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(7) - 3;
    }
    return numbers;
  }
}

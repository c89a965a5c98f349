package dev.convector.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each shape that a call may have has a number of its own and a small call that fits it. */
final class TileWarmUpTest {
  private static final int[] DEPTHS = {24, 25, 256};
  private static final int ENDINGS = 6;

  @Test
  void everyTileHasASmallCall() {
    Set<Integer> shapes = new HashSet<>();
    for (boolean arePixels : new boolean[] {false, true}) {
      for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
        int most = arePixels || vectors > 2 || Simd.REGISTERS < 32 ? 6 : 12;
        for (int rows = 1; rows <= most; rows++) {
          for (int depth : DEPTHS) {
            for (int ending = 0; ending < ENDINGS; ending++) {
              TileCall call = new TileCall();
              call.vectors = vectors;
              call.depth = depth;
              call.ending = ending;
              assertTrue(shapes.add(TileWarmUp.shape(call, arePixels) + rows));
              TileWarmUp.call(call, rows, arePixels).run();
            }
          }
        }
      }
    }
  }

  /** Of a single row the distance to the next may be any number, also one that exceeds an int. */
  @ParameterizedTest
  @ValueSource(ints = {97, 1 << 29, Integer.MAX_VALUE, -8})
  void rowsAnyDistanceApartHaveSmallCalls(int distance) {
    for (boolean isListed : new boolean[] {false, true}) {
      for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
        DenseTapCall call = new DenseTapCall();
        call.vectors = vectors;
        call.distance = distance;
        call.isListed = isListed;
        assertEquals(0, call.constant());
        DenseTapWarmUp.call(call, RegisterTile.VECTORS).run();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyTileOfRowsADistanceApartHasASmallCall(boolean isListed) {
    Set<Integer> shapes = new HashSet<>();
    Set<Integer> others = new HashSet<>();
    for (int distance = 1; distance <= 65; distance++) {
      for (int ending = 0; ending < 8; ending++) {
        for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
          DenseTapCall call = new DenseTapCall();
          call.vectors = vectors;
          call.distance = distance;
          call.isListed = isListed;
          call.onto = (ending & 4) != 0;
          call.lowClamped = (ending & 2) != 0;
          call.highClamped = (ending & 1) != 0;
          boolean isFast = call.constant() > 0;
          boolean isFirst = !isFast && others.add(vectors * 8 + ending);
          int most = vectors > 2 || Simd.REGISTERS < 32 ? 6 : isListed || isFast ? 12 : 8;
          for (int rows = 1; rows <= most; rows += !isListed && rows == 8 ? 4 : 1) {
            boolean isNew = shapes.add(DenseTapWarmUp.shape(call) + rows);
            assertEquals(isFast || isFirst, isNew);
            DenseTapWarmUp.call(call, rows).run();
          }
        }
      }
    }
  }

  /** A tile that does much is warm afterwards, and the result is what it was without. */
  @Test
  void whatDoesMuchIsWarm() {
    int depth = 11;
    int rows = 2000;
    TileCall call = new TileCall();
    int[] table = new int[2 * rows];
    float[] a = new float[rows * depth];
    Arrays.fill(a, 1);
    float[] b = new float[depth * Simd.LANES];
    Arrays.fill(b, 1);
    for (int i = 0; i < rows; i++) {
      table[i] = i * depth;
      table[rows + i] = i * Simd.LANES;
    }
    float[] c = new float[rows * Simd.LANES];
    call.rows(table, 0, rows);
    call.left(a, 0, depth);
    call.right(b, 0, 1);
    call.start(null, 0, false);
    call.result(c, 0);
    call.clamp(Float.NEGATIVE_INFINITY, 10);
    float[] expected = new float[c.length];
    Arrays.fill(expected, 10);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    boolean isCold = true;
    for (int i = 0; i < 10 || isCold && System.nanoTime() < deadline; i++) {
      call.run(0, rows);
      assertEquals(0, Arrays.compare(expected, c));
      isCold = TileWarmUp.isCold(TileWarmUp.shape(call, false) + RegisterTile.nextRows(rows, 1));
    }
    assertFalse(isCold);
  }
}

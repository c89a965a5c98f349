package dev.convector.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in gives the bits of each tile that it stands in for, and writes nothing else. */
final class ColdTileTest {
  private static final int GUARD = 7;
  private static final int DISTANCE = 33;

  /** Of a pixel's last vector, what lies in the next pixel, where nothing is added to. */
  private static final int SPOILT = 3;

  private final Random random = new Random(5);
  private final ColdTile cold = new ColdTile();

  private float[] data(int size) {
    float[] data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = random.nextFloat() - 0.5f;
    }
    return data;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void likeTilesOfATable(boolean arePixels) {
    for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
      int most = arePixels || vectors > 2 || Simd.REGISTERS < 32 ? 6 : 12;
      for (int rows = 1; rows <= most; rows++) {
        for (int ending = 0; ending < 6; ending++) {
          for (int depth = 0; depth < 4; depth++) {
            TileCall call = tile(rows, vectors, ending, 6 + depth % 2, arePixels);
            call.deep = depth < 2 ? 8 : 6;
            float[] before = call.c.clone();
            if (arePixels) {
              DenseKernels.pixel(call, rows, 1);
            } else {
              DenseKernels.tile(call, rows, 1);
            }
            float[] expected = call.c;
            call.c = before;
            cold.run(call, rows, 1, arePixels);
            assertEquals(-1, Arrays.mismatch(expected, before), rows + "x" + vectors);
          }
        }
      }
    }
  }

  private TileCall tile(int rows, int vectors, int ending, int depth, boolean arePixels) {
    TileCall call = new TileCall();
    int columns = vectors * Simd.LANES;
    call.vectors = vectors;
    call.depth = depth;
    call.ending = ending;
    call.onto = ending >= 3;
    call.lowClamped = ending % 3 > 0;
    call.low = -0.1f;
    call.highClamped = ending % 3 > 1;
    call.high = 0.4f;
    call.a = data(3 + (rows + 1) * depth);
    call.aOffset = 3;
    call.b = data(5 + depth * columns);
    call.bOffset = 5;
    call.start = data(2 + (arePixels ? rows + 1 : columns));
    call.startOffset = 2;
    call.c = data((rows + 1) * columns + GUARD);
    call.cOffset = 2;
    call.cRows = rows + 1;
    call.table = new int[2 * (rows + 1)];
    for (int i = 0; i <= rows; i++) {
      call.table[i] = (rows - i) * depth;
      call.table[rows + 1 + i] = i * (columns - (call.onto ? 0 : SPOILT));
    }
    return call;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void likeTilesADistanceApart(boolean isListed) {
    for (int vectors = 1; vectors <= RegisterTile.VECTORS; vectors++) {
      for (int rows = 1; rows <= 6; rows++) {
        for (int ending = 0; ending < 8; ending++) {
          DenseTapCall call = apart(2 * rows, vectors, ending, isListed);
          float[] before = call.c.clone();
          call.tiles(rows, 2);
          float[] expected = call.c;
          call.c = before;
          cold.run(call, 2 * rows);
          assertEquals(-1, Arrays.mismatch(expected, before), rows + "x" + vectors);
        }
      }
    }
  }

  private DenseTapCall apart(int rows, int vectors, int ending, boolean isListed) {
    DenseTapCall call = new DenseTapCall();
    int depth = 5;
    int columns = vectors * Simd.LANES;
    call.vectors = vectors;
    call.distance = DISTANCE;
    call.depth = depth;
    call.isListed = isListed;
    call.taps = new int[1 + depth];
    for (int i = 0; i < depth; i++) {
      call.taps[1 + i] = 2 * i;
    }
    call.tap = 1;
    call.onto = (ending & 4) != 0;
    call.lowClamped = (ending & 2) != 0;
    call.low = -0.1f;
    call.highClamped = (ending & 1) != 0;
    call.high = 0.4f;
    call.a = data(rows * DISTANCE + 2 * depth);
    call.aOffset = 3;
    call.b = data(5 + depth * columns);
    call.bOffset = 5;
    call.start = data(2 + columns);
    call.startOffset = 2;
    call.c = data(rows * columns + GUARD);
    call.cOffset = 2;
    call.cStep = columns - (call.onto ? 0 : SPOILT);
    return call;
  }

  @Test
  void coversEveryDepthOfAPass() {
    assertTrue(ColdTile.covers(Blocking.KC));
  }
}

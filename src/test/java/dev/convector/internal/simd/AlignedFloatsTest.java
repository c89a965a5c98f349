package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlignedFloatsTest {
  private static final int[] SIZES = {0, 1, 16, 17, 1000, 300_000, 1_048_000, 1_048_576, 3_000_000};

  @Test
  void piecesAreZeroAndApart() {
    List<AlignedFloats> pieces = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int size : SIZES) {
        AlignedFloats piece = AlignedFloats.allocate(size);
        assertArrayEquals(new float[size], values(piece, size));
        Arrays.fill(piece.array(), piece.offset(), piece.offset() + size, pieces.size() + 1);
        pieces.add(piece);
      }
    }
    for (int i = 0; i < pieces.size(); i++) {
      int size = SIZES[i % SIZES.length];
      float[] expected = new float[size];
      Arrays.fill(expected, i + 1);
      assertArrayEquals(expected, values(pieces.get(i), size));
      assertEquals(size * 4L, pieces.get(i).bytes());
    }
  }

  /** Data of an array begins 16 bytes, 4 floats, behind its start. */
  @Test
  void piecesBeginAtWholeLinesBehindTheHeader() {
    for (int size : SIZES) {
      assertEquals(0, (AlignedFloats.allocate(size).offset() + 4) % 16);
    }
  }

  private static float[] values(AlignedFloats piece, int size) {
    return Arrays.copyOfRange(piece.array(), piece.offset(), piece.offset() + size);
  }
}

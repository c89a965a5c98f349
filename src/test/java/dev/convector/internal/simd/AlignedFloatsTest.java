package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @Test
  void smallPiecesFillWhatLargeOnesLeave() {
    AlignedFloats large = AlignedFloats.allocate(3_000_000);
    int room = large.array().length - large.offset() - 3_000_016;
    assertTrue(room > 0);
    List<AlignedFloats> pieces = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      pieces.add(AlignedFloats.allocate(Math.min(room, 100_000)));
    }
    assertTrue(pieces.stream().anyMatch(piece -> piece.array() == large.array()));
    assertTrue(AlignedFloats.allocate(9_000_000).array().length < 9_000_016);
  }

  /** As HotSpot has them: 1 MiB up to heaps of 2 GiB, 2 up to 4, 4 up to 8. */
  @Test
  void regions() {
    long gib = 1L << 30;
    assertEquals(1 << 18, AlignedFloats.region(gib / 8));
    assertEquals(1 << 18, AlignedFloats.region(2 * gib));
    assertEquals(1 << 19, AlignedFloats.region(2 * gib + 1024 * 1024));
    assertEquals(1 << 20, AlignedFloats.region(6 * gib));
    assertEquals(1 << 21, AlignedFloats.region(16 * gib));
    assertEquals(1 << 21, AlignedFloats.region(Long.MAX_VALUE));
  }

  private static float[] values(AlignedFloats piece, int size) {
    return Arrays.copyOfRange(piece.array(), piece.offset(), piece.offset() + size);
  }
}

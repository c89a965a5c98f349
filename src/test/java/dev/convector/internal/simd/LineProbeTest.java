package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** No test can know where a line begins: what a probe answers is a place where one may begin. */
class LineProbeTest {
  private static final int LINES = 33;

  @Test
  void onlyWhereVectorsAreLinesAndTheArrayIsLongEnough() {
    boolean areLines = Simd.LANES == AlignedFloats.LINE;
    assertEquals(areLines, LineProbe.isPossible(new float[LINES * Simd.LANES + 3], 3));
    assertFalse(LineProbe.isPossible(new float[LINES * Simd.LANES + 2], 3));
  }

  @Test
  void answersAPlaceOrThatItIsUnknown() {
    float[] array = new float[LINES * Simd.LANES + 5];
    int guess = LineProbe.UNKNOWN;
    for (int i = 0; i < 2000 && LineProbe.isPossible(array, i % 5); i++) {
      guess = LineProbe.distance(array, i % 5, guess);
      assertTrue(guess == LineProbe.UNKNOWN || guess >= 0 && guess < Simd.LANES, "" + guess);
    }
    assertArrayEquals(new float[array.length], array);
  }
}

package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BatchNormTest {

  /** Worked out by hand: sqrt(3 + 1) = 2 and sqrt(8 + 1) = 3. */
  @Test
  void foldsIntoWeightsAndBias() {
    BatchNorm norm =
        new BatchNorm(
            new float[] {4, 6}, new float[] {1, -1}, new float[] {5, 2}, new float[] {3, 8}, 1);
    assertEquals(2, norm.channels());
    assertArrayEquals(new float[] {2, 4, 6, 8}, norm.foldWeights(new float[] {1, 2, 3, 4}));
    assertArrayEquals(new float[] {-9, -5}, norm.foldBias(null));
    assertArrayEquals(new float[] {11, 15}, norm.foldBias(new float[] {10, 10}));
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[] one = {1};
    float[] two = {1, 1};
    assertThrows(IllegalArgumentException.class, () -> new BatchNorm(one, two, one, one, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new BatchNorm(one, one, one, new float[1], 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new BatchNorm(one, one, one, new float[] {Float.NaN}, 1));
    BatchNorm norm = new BatchNorm(two, two, two, two, 0);
    assertThrows(IllegalArgumentException.class, () -> norm.foldWeights(new float[3]));
    assertThrows(IllegalArgumentException.class, () -> norm.foldBias(one));
  }
}

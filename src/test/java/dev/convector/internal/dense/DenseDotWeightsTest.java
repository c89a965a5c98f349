package dev.convector.internal.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.convector.internal.simd.Simd;
import org.junit.jupiter.api.Test;

class DenseDotWeightsTest {
  /** Of fewer channels than lanes, whole vectors, and vectors that repeat some. */
  @Test
  void weightsComeBack() {
    for (int channels = 1; channels <= 3 * Simd.LANES; channels++) {
      for (int filters = 1; filters <= 3; filters++) {
        float[] weights = new float[filters * channels];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = 1 + i;
        }
        assertArrayEquals(weights, new DenseDotWeights(weights, filters, channels).original());
      }
    }
  }
}

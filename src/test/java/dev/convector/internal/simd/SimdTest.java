package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class SimdTest {
  @Test
  void vectorsAreNoWiderThanTheMachines() {
    assertTrue(Simd.SPECIES.vectorBitSize() <= FloatVector.SPECIES_PREFERRED.vectorBitSize());
    assertEquals(Simd.SPECIES.length(), Simd.LANES);
    assertTrue(Simd.REGISTERS == 16 || Simd.REGISTERS == 32);
  }

  @Test
  void roundsUpToWholeVectors() {
    assertEquals(0, Simd.roundUp(0));
    assertEquals(Simd.LANES, Simd.roundUp(1));
    assertEquals(Simd.LANES, Simd.roundUp(Simd.LANES));
    assertEquals(2 * Simd.LANES, Simd.roundUp(Simd.LANES + 1));
  }
}

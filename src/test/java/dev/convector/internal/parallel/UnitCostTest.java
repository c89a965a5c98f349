package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.internal.simd.Simd;
import org.junit.jupiter.api.Test;

class UnitCostTest {
  private static final double EXACT = 1e-9;

  /** Multiply-adds of a nanosecond. */
  private static final long PEAK = 6L * Simd.LANES;

  @Test
  void productsAreTheLongerOfMultiplyAddsAndMoves() {
    assertEquals(100, UnitCost.of(100 * PEAK, 0).products(), EXACT);
    assertEquals(100, UnitCost.of(90 * PEAK, 800).products(), EXACT);
    assertEquals(110, UnitCost.of(110 * PEAK, 800).products(), EXACT);
  }

  @Test
  void whatIsBroughtCounts() {
    UnitCost plain = UnitCost.of(100 * PEAK, 0).weighing(48);
    UnitCost loading = plain.loading(600, true, 1.5);
    assertEquals(new UnitCost(100, 100, true, 1.5, 1), loading);
    assertEquals(
        new UnitCost(100, 107, false, 0.5, 1), plain.transforming(7 * PEAK, 600, false, 0.5));
    assertFalse(plain.repeatsLoads());
    assertTrue(loading.weighing(0).repeatsLoads());
    assertEquals(0, loading.weighing(0).weights());
  }

  @Test
  void weightsOfMoreThanAMebibyteAreFar() {
    int near = 256 * 1024;
    assertEquals(near / 48.0, UnitCost.of(1, 1).weighing(near).weights(), EXACT);
    assertEquals((near + 1) / 8.0, UnitCost.of(1, 1).weighing(near + 1).weights(), EXACT);
  }
}

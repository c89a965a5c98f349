package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnitGridTest {
  private static final UnitCost PLAIN = new UnitCost(1e6, 0, false, 0, 0);

  /** One image of 28 rows, 2 panels. */
  private static UnitGrid rows(UnitCost cost) {
    return new UnitGrid(1, 28, 28, 4, 1, 2, cost);
  }

  @Test
  void oneThreadCutsNothing() {
    assertEquals(4, rows(PLAIN).units(1));
    assertEquals(1, rows(PLAIN).parts(4));
    assertEquals(6, new UnitGrid(3, 5, 5, 3, 2, 8, PLAIN).units(1));
    assertEquals(2, new UnitGrid(3, 5, 5, 3, 2, 8, PLAIN).parts(6));
  }

  @Test
  void everyNumberOfUnitsIsAGrid() {
    for (int outer = 1; outer <= 5; outer++) {
      for (int inner = 1; inner <= 9; inner++) {
        for (int most = 1; most <= 7; most++) {
          for (int threads = 1; threads <= 64; threads++) {
            UnitCost cost = new UnitCost(1e6, 1e4 * most, outer % 2 == 0, 0.5, 1e3 * inner);
            UnitGrid grid = new UnitGrid(outer, inner, inner, outer, 1, most, cost);
            int units = grid.units(threads);
            int parts = grid.parts(units);
            int blocks = units / parts;
            assertEquals(units, blocks * parts);
            assertTrue(parts <= most && blocks % outer == 0 && blocks <= outer * inner);
            // Another object, which was never asked for these threads, finds the same.
            UnitGrid other = new UnitGrid(outer, inner, inner, outer, 1, most, cost);
            assertEquals(parts, other.parts(units));
          }
        }
      }
    }
  }

  @Test
  void threadsGetEvenShares() {
    for (int threads : new int[] {2, 4, 7, 14, 28}) {
      assertEquals(0, rows(PLAIN).units(threads) % threads, threads + " threads");
    }
    assertEquals(0, new UnitGrid(1, 64, 64, 17, 1, 4, PLAIN).units(16) % 16);
  }

  @Test
  void whatIsRepeatedIsWeighed() {
    UnitCost loading = new UnitCost(1e6, 1e6, true, 0, 0);
    assertEquals(1, rows(loading).parts(rows(loading).units(4)));
    UnitCost weighing = new UnitCost(1e6, 0, false, 0, 1e6);
    int units = rows(weighing).units(2);
    assertEquals(4, units / rows(weighing).parts(units));
  }

  @Test
  void blocksHaveAtLeastTheirPieces() {
    UnitGrid grid = new UnitGrid(2, 100, 3, 2, 1, 1, PLAIN);
    assertTrue(grid.units(64) <= 6);
  }
}

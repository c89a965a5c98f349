package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
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

  @Test
  void unitsAreAllBlocksTimesAllParts() {
    UnitGrid grid = new UnitGrid(3, 8, 8, 3, 2, 10, PLAIN);
    for (int threads : new int[] {1, 5, 16, 64}) {
      int units = grid.units(threads);
      int parts = grid.parts(units);
      int blocks = grid.blocksOfOuter(units);
      assertEquals(units, 3 * blocks * parts);
      for (int unit = 0; unit < units; unit++) {
        assertEquals(unit / (blocks * parts), grid.outer(unit, units));
        assertEquals(unit / parts % blocks, grid.block(unit, units));
      }
    }
    assertTrue(grid.blocksOfOuter(grid.units(64)) > 1);
  }

  /** What is asked for by a number of threads and by one of units alone is kept apart. */
  @Test
  void whatWasFoundOutIsKept() {
    UnitGrid grid = rows(PLAIN);
    int units = grid.units(7);
    int parts = grid.parts(units);
    assertEquals(2, grid.parts(56));
    assertEquals(2, grid.parts(56));
    assertEquals(units, grid.units(7));
    assertEquals(parts, grid.parts(units));
  }

  @Test
  void whatIsNoGridIsRefused() {
    assertThrows(AssertionError.class, () -> rows(PLAIN).parts(2 * 28 + 1));
    assertThrows(AssertionError.class, () -> new UnitGrid(5, 4, 4, 5, 1, 1, PLAIN).parts(7));
  }

  /** All grids tried one by one, with the class's estimate in other words. */
  @Test
  void theLeastEstimateIsTaken() {
    Random random = new Random(1);
    for (int i = 0; i < 4000; i++) {
      int outer = 1 + random.nextInt(6);
      int inner = 1 + random.nextInt(12);
      int mostInner = 1 + random.nextInt(inner);
      int leastBlocks = random.nextBoolean() ? outer : 1;
      int mostParts = 1 + random.nextInt(9);
      int leastParts = 1 + random.nextInt(Math.min(2, mostParts));
      UnitCost cost =
          new UnitCost(
              nanos(random),
              nanos(random),
              random.nextBoolean(),
              3 * random.nextDouble(),
              nanos(random));
      UnitGrid grid =
          new UnitGrid(outer, inner, mostInner, leastBlocks, leastParts, mostParts, cost);
      int threads = new int[] {2, 3, 4, 7, 16, 40}[random.nextInt(6)];
      int units = grid.units(threads);
      int parts = grid.parts(units);
      int most = Math.max(leastBlocks * leastParts, 8 * threads);
      double shortest = Double.POSITIVE_INFINITY;
      double taken = Double.POSITIVE_INFINITY;
      double least = Double.POSITIVE_INFINITY;
      for (int p = leastParts; p <= mostParts; p++) {
        for (int blocks = leastBlocks; blocks <= outer * mostInner; blocks++) {
          if (blocks * p <= most && (blocks <= outer || blocks % outer == 0)) {
            Estimate estimate = new Estimate(cost, outer, inner, blocks, p, mostParts);
            double time = estimate.finish(threads);
            shortest = Math.min(shortest, time);
            taken = blocks * p == units ? Math.min(taken, time) : taken;
            least = blocks * p == units ? Math.min(least, estimate.unit()) : least;
          }
        }
      }
      String what = threads + " threads, " + cost;
      assertEquals(shortest, taken, 1e-9 * shortest, what);
      Estimate estimate = new Estimate(cost, outer, inner, units / parts, parts, mostParts);
      assertEquals(least, estimate.unit(), 1e-9 * least, what);
    }
  }

  /** Of all sizes, and often none. */
  private static double nanos(Random random) {
    return random.nextInt(4) == 0 ? 0 : Math.pow(10, 2 + 4 * random.nextDouble());
  }

  private record Estimate(
      UnitCost cost, int outer, int inner, int blocks, int parts, int mostParts) {
    double beside() {
      return blocks <= outer ? 0 : cost.halo();
    }

    double load() {
      return cost.loads() / (outer * inner);
    }

    double largest() {
      double most =
          blocks <= outer
              ? inner * Math.ceil((double) outer / blocks)
              : Math.ceil((double) outer * inner / blocks);
      double part = Math.ceil((double) mostParts / parts) / mostParts;
      return cost.products() / (outer * inner) * most * part
          + load() * (most + beside()) * (cost.repeatsLoads() ? 1 : part)
          + cost.weights() * part
          + 300;
    }

    double mean() {
      double sum =
          cost.products()
              + load() * (outer * inner + beside() * blocks) * (cost.repeatsLoads() ? parts : 1)
              + cost.weights() * blocks
              + 300.0 * blocks * parts;
      return sum / (blocks * parts);
    }

    double unit() {
      return largest() + mean();
    }

    double finish(int threads) {
      double last = mean() * Math.ceil((double) blocks * parts / threads);
      double late = 0.2 * (1 - 1.8 / threads) * largest();
      return Math.max(largest(), last) + late + (largest() - mean()) / 2;
    }
  }
}

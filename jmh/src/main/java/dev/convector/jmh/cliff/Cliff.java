package dev.convector.jmh.cliff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Two neighbours of which one is much slower for each multiply-add.
 *
 * @param step between them
 * @param slow the one
 * @param fast the other
 */
record Cliff(String step, Speed slow, Speed fast) {
  /** How often faster the fast one is; at least 1. */
  double height() {
    return fast.gflops() / slow.gflops();
  }

  /**
   * The cliffs around a layer.
   *
   * @param speeds the layer's own first, then those of its neighbours
   * @param limit a lower one is none
   */
  static List<Cliff> around(List<Speed> speeds, double limit) {
    Speed own = speeds.getFirst();
    List<Cliff> cliffs = new ArrayList<>();
    for (Speed other : speeds.subList(1, speeds.size())) {
      String step = other.spot().step();
      Cliff cliff =
          own.gflops() < other.gflops() ? new Cliff(step, own, other) : new Cliff(step, other, own);
      if (cliff.height() > limit) {
        cliffs.add(cliff);
      }
    }
    return cliffs;
  }

  /** The highest first. */
  static List<Cliff> sorted(List<Cliff> cliffs) {
    return cliffs.stream().sorted(Comparator.comparingDouble(Cliff::height).reversed()).toList();
  }
}

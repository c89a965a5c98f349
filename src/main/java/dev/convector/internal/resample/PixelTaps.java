package dev.convector.internal.resample;

import static dev.convector.internal.simd.Simd.LANES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Sums or maxima along a row with its neighbouring outputs in the lanes. A vector of outputs takes
 * some steps; in a step each lane takes its next tap, if that lies within the two vectors of inputs
 * that begin with the first of all next taps, by a permutation of these. So each sum has the order
 * of its taps.
 */
public final class PixelTaps {
  /** Of so many lanes at least one is to take a tap in each step. */
  private static final int LEAST_USED = 4;

  /** First output of each vector; the last vector overlaps the one before. */
  final int[] targets;

  /** Of each vector; in those that it needs not, no lane takes anything. */
  final int steps;

  /** For each vector and step: the first input of both vectors. */
  final int[] sources;

  /** For each vector, step and lane: the input's place in both vectors. */
  final int[] places;

  /** For each vector, step and lane; zero where nothing is taken, minus infinity of maxima. */
  final float[] weights;

  /**
   * Bits that make zero of what isn't taken, which may be infinite. Null of sums where the second
   * vector may be zeros, and of maxima where each lane can take something, maybe once more.
   */
  final int[] kept;

  /** Whether it is maxima of the taps, whose weights don't matter. */
  final boolean max;

  /**
   * A step of a vector of outputs.
   *
   * @param first input of the first vector
   * @param second input of the second vector
   * @param places of the lanes' inputs; -1 where nothing is taken
   * @param weights of the lanes
   */
  private record Step(int first, int second, int[] places, float[] weights) {

    boolean isNarrow() {
      return Arrays.stream(places).allMatch(place -> place < LANES);
    }

    boolean isFull() {
      return Arrays.stream(places).allMatch(place -> place >= 0);
    }

    /** Lets lanes that take nothing take their first tap again, where it is there. */
    void repeat(Taps row, int target) {
      for (int lane = 0; lane < LANES; lane++) {
        int index = row.indices()[row.starts()[target + lane]];
        if (places[lane] < 0 && index >= first) {
          places[lane] = place(index);
        }
      }
    }

    /** Of an input from the first vector's first on; -1 if it lies behind both. */
    int place(int index) {
      int place = index < first + LANES ? index - first : LANES + index - second;
      return place < 2 * LANES ? place : -1;
    }
  }

  private PixelTaps(int[] targets, List<List<Step>> all, boolean max) {
    this.targets = targets;
    this.max = max;
    this.steps = all.stream().mapToInt(List::size).max().orElseThrow();
    this.sources = new int[2 * targets.length * steps];
    this.places = new int[targets.length * steps * LANES];
    this.weights = new float[places.length];
    Predicate<Step> unmasked = max ? Step::isFull : Step::isNarrow;
    boolean same = all.stream().allMatch(vector -> vector.size() == steps);
    boolean plain = all.stream().flatMap(List::stream).allMatch(unmasked);
    this.kept = plain && (same || !max) ? null : new int[places.length];
    Arrays.fill(weights, max ? Float.NEGATIVE_INFINITY : 0);
    // Behind a single vector there are zeros.
    Arrays.fill(places, LANES);
    for (int v = 0; v < targets.length; v++) {
      for (int s = 0; s < all.get(v).size(); s++) {
        put(all.get(v).get(s), v * steps + s);
      }
    }
  }

  private void put(Step step, int index) {
    sources[2 * index] = step.first;
    sources[2 * index + 1] = step.second;
    for (int lane = 0; lane < LANES; lane++) {
      if (step.places[lane] >= 0) {
        int at = index * LANES + lane;
        places[at] = step.places[lane];
        weights[at] = max ? 0 : step.weights[lane];
        if (kept != null) {
          kept[at] = -1;
        }
      }
    }
  }

  /** Null where outputs are fewer than lanes, have no taps, or would leave lanes mostly idle. */
  public static PixelTaps of(Taps row, boolean max) {
    if (row.targets() < LANES) {
      return null;
    }
    int[] targets = new int[Math.ceilDiv(row.targets(), LANES)];
    List<List<Step>> all = new ArrayList<>();
    for (int v = 0; v < targets.length; v++) {
      targets[v] = Math.min(v * LANES, row.targets() - LANES);
      all.add(steps(row, targets[v]));
      if (max) {
        for (Step step : all.get(v)) {
          step.repeat(row, targets[v]);
        }
      }
    }
    PixelTaps pixels = new PixelTaps(targets, all, max);
    boolean pays = pixels.places.length <= (long) LEAST_USED * row.indices().length;
    return pixels.steps > 0 && pays ? pixels : null;
  }

  private static List<Step> steps(Taps row, int target) {
    List<Step> steps = new ArrayList<>();
    int[] next = Arrays.copyOfRange(row.starts(), target, target + LANES);
    int[] ends = Arrays.copyOfRange(row.starts(), target + 1, target + 1 + LANES);
    while (!Arrays.equals(next, ends)) {
      int least = Integer.MAX_VALUE;
      for (int lane = 0; lane < LANES; lane++) {
        least = next[lane] < ends[lane] ? Math.min(least, row.indices()[next[lane]]) : least;
      }
      // Neither vector reaches beyond a row that has as many elements.
      int first = Math.max(0, Math.min(least, row.size() - LANES));
      int second = Math.max(0, Math.min(first + LANES, row.size() - LANES));
      Step step = new Step(first, second, new int[LANES], new float[LANES]);
      for (int lane = 0; lane < LANES; lane++) {
        step.places[lane] = -1;
        if (next[lane] < ends[lane]) {
          step.places[lane] = step.place(row.indices()[next[lane]]);
        }
        if (step.places[lane] >= 0) {
          step.weights[lane] = row.weights()[next[lane]++];
        }
      }
      steps.add(step);
    }
    return steps;
  }

  public long bytes() {
    int arrays = kept == null ? 2 : 3;
    return 4L * (targets.length + sources.length + (long) arrays * places.length);
  }
}

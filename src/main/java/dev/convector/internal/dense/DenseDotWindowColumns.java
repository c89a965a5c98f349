package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.TapRanges;

/**
 * Output columns that see the same taps of a kernel row, and the vectors of the contiguous runs of
 * input that these meet, from the first tap's input inside the image on. What lies in the padding
 * is left out.
 *
 * @param start the first output column
 * @param end one past the last
 * @param firstTap inside the image
 * @param taps inside the image; 0 where nothing is
 * @param weights whose runs are the input's
 * @param rows most kernel rows that are listed together
 * @param whole places of whole vectors, a kernel row's after another's
 * @param rowSteps so many a kernel row
 * @param ends places of vectors that end with a run and are masked
 * @param rowEnds so many a kernel row
 * @param mask of the latter's lanes
 */
record DenseDotWindowColumns(
    int start,
    int end,
    int firstTap,
    int taps,
    DenseDotWindowWeights weights,
    int rows,
    int[] whole,
    int rowSteps,
    int[] ends,
    int rowEnds,
    int[] mask) {

  /** The columns of a range. */
  static DenseDotWindowColumns of(
      ConvShape s, TapRanges ranges, int range, DenseDotWindowWeights weights, int mostRows) {
    int taps = ranges.endTap(range) - ranges.firstTap(range);
    int rows = taps == s.kernelWidth() ? mostRows : 1;
    int runs = taps / weights.runTaps();
    int run = weights.runFloats();
    int vectors = weights.vectors();
    int ragged = weights.hasEnds() ? 1 : 0;
    int[] whole = new int[rows * runs * vectors];
    int[] ends = new int[rows * runs * ragged];
    for (int i = 0; i < rows * runs; i++) {
      int column = i % runs * weights.runTaps() * s.dilationWidth();
      int place = (i / runs * s.dilationHeight() * s.width() + column) * s.channels();
      for (int j = 0; j < vectors; j++) {
        whole[i * vectors + j] = place + j * LANES;
      }
      if (ragged > 0) {
        ends[i] = place + run - LANES;
      }
    }
    int[] mask = new int[LANES];
    for (int lane = LANES - run % LANES; lane < LANES; lane++) {
      mask[lane] = -1;
    }
    return new DenseDotWindowColumns(
        ranges.start(range),
        ranges.end(range),
        ranges.firstTap(range),
        taps,
        weights,
        rows,
        whole,
        runs * vectors,
        ends,
        runs * ragged,
        mask);
  }

  /** The first run of a kernel row, all rows' runs counted through. */
  int firstRun(int row, int kernelWidth) {
    return (row * kernelWidth + firstTap) / weights.runTaps();
  }

  long bytes() {
    return ((long) whole.length + ends.length + mask.length) * Integer.BYTES;
  }
}

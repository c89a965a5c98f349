package dev.convector.internal.grouped;

import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;

/**
 * The outputs of an image that meet the same taps, as the kernels compute them: a step is a tap, or
 * a whole kernel row.
 *
 * @param rows along the vertical axis
 * @param columns along the horizontal axis
 * @param rowRanges its output rows by the taps that lie inside the input
 * @param first the packed step that is its first; the others follow, kernel row after kernel row
 * @param rowSteps of a kernel row
 * @param callRows tiles of a call
 */
record GroupedPhase(
    PhaseAxis rows, PhaseAxis columns, TapRanges rowRanges, int first, int rowSteps, int callRows) {
  /**
   * Iterations of a call's loops. With more than 65 the JIT's counter of loops (40,000) is full
   * before its counter of calls (600), and it first compiles versions for the middles of the loops:
   * with a call for each column of tiles the first run took 0.9 s to get fast, so 0.5 s.
   */
  private static final int CALL_ITERATIONS = 60;

  /** Tiles of a call, even if they are more iterations: with one 5 to 15 % slower. */
  private static final int LEAST_CALL_ROWS = 2;

  /**
   * @param input rows of it
   * @param channels of a group
   */
  static GroupedPhase of(
      PhaseAxis rows, PhaseAxis columns, int input, int first, int rowSteps, int channels) {
    int iterations = rows.taps() * rowSteps * (channels + 1) + 1;
    return new GroupedPhase(
        rows,
        columns,
        rows.ranges(input),
        first,
        rowSteps,
        Math.max(LEAST_CALL_ROWS, CALL_ITERATIONS / iterations));
  }

  int steps() {
    return rows.taps() * rowSteps;
  }
}

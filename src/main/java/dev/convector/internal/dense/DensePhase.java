package dev.convector.internal.dense;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;

/**
 * The outputs of an image that meet the same taps: an ordinary convolution of its own.
 *
 * @param rows along the vertical axis
 * @param columns along the horizontal axis
 * @param step the packed tap that is its first; the others follow, row after row
 * @param rowRanges its output rows by the taps that lie inside the input
 * @param columnRanges its output columns by the taps that lie inside the input
 */
public record DensePhase(
    PhaseAxis rows, PhaseAxis columns, int step, TapRanges rowRanges, TapRanges columnRanges) {

  /** First row of the phase that lies in a block. */
  int beginRow(BlockRun run) {
    return rows.begin(run.row);
  }

  int endRow(BlockRun run) {
    return rows.begin(run.endRow);
  }

  /** The first kernel row that lies inside the input for any output row. */
  int firstTapRow() {
    return rowRanges.firstTap();
  }

  /** One past the last kernel row that lies inside for any; 0 if none does. */
  int endTapRow() {
    return rowRanges.endTap();
  }

  /** First row of the phase in a block at which a kernel row lies inside the input. */
  int beginRow(BlockRun run, int tap) {
    return Math.clamp(rowRanges.firstOutput(tap), beginRow(run), endRow(run));
  }

  int endRow(BlockRun run, int tap) {
    return Math.clamp(rowRanges.endOutput(tap), beginRow(run, tap), endRow(run));
  }

  /** First column of the phase in a block that belongs to a range; meaningless if none does. */
  int beginColumn(BlockRun run, int range) {
    return Math.max(columns.begin(run.column), columnRanges.start(range));
  }

  /** Columns of the phase in a block that belong to a range. */
  int width(BlockRun run, int range) {
    int end = Math.min(columns.begin(run.endColumn), columnRanges.end(range));
    return Math.max(0, end - beginColumn(run, range));
  }
}

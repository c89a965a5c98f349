package dev.convector.internal.transposed;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.List;

/**
 * Outputs of a transposed convolution with one channel or one filter a group, filters in the lanes:
 * neighbouring outputs of a phase with the same taps inside are one call for up to four taps.
 */
final class TransposedPhases {
  private final TransposedProblem problem;
  private final List<PhaseAxis> rows;
  private final List<PhaseAxis> columns;
  private final TapRanges[] rowRanges;
  private final TapRanges[] columnRanges;
  private final int channels;

  /** {@code [kernel tap][channel of the group][filters, whole vectors]}. */
  private final AlignedFloats weights;

  private final Epilogue epilogue;
  private final int spreadFloats;

  /**
   * @param spreadFloats floats from the input's window of a group's channel to that of the next one
   */
  TransposedPhases(
      TransposedProblem problem, float[] weights, Epilogue epilogue, int spreadFloats) {
    this.problem = problem;
    this.rows = problem.phases().get(0);
    this.columns = problem.phases().get(1);
    this.rowRanges = ranges(rows, problem.shape().height());
    this.columnRanges = ranges(columns, problem.shape().width());
    this.channels = problem.shape().groupChannels();
    this.weights = pack(problem, weights);
    this.epilogue = epilogue;
    this.spreadFloats = spreadFloats;
  }

  private static TapRanges[] ranges(List<PhaseAxis> phases, int input) {
    return phases.stream().map(phase -> phase.ranges(input)).toArray(TapRanges[]::new);
  }

  private static AlignedFloats pack(TransposedProblem problem, float[] weights) {
    int filters = problem.shape().groupFilters();
    int channels = problem.shape().groupChannels();
    int taps = problem.shape().kernelHeight() * problem.shape().kernelWidth();
    int step = Simd.roundUp(problem.shape().filters());
    AlignedFloats packed = AlignedFloats.allocate(taps * channels * step);
    int from = 0;
    for (int c = 0; c < problem.shape().channels(); c++) {
      for (int k = 0; k < filters; k++) {
        int to = packed.offset() + c % channels * step + c / channels * filters + k;
        for (int tap = 0; tap < taps; tap++) {
          packed.array()[to + tap * channels * step] = weights[from++];
        }
      }
    }
    return packed;
  }

  long bytes() {
    return weights.bytes();
  }

  /**
   * Computes a rectangle of outputs of the panel that a run is at, row by row.
   *
   * @param p has the filters, the input and the output's array
   */
  void run(TransposedTaps p, BlockRun run, int row, int endRow, int column, int endColumn) {
    p.w(weights.array());
    for (int a = 0; a < rows.size(); a++) {
      for (int i = rows.get(a).begin(row); i < rows.get(a).begin(endRow); i++) {
        for (int b = 0; b < columns.size(); b++) {
          int end = columns.get(b).begin(endColumn);
          for (int j = columns.get(b).begin(column); j < end; j += p.pixels) {
            p.pixels = Math.min(end, columnRanges[b].end(columnRanges[b].find(j))) - j;
            p.yStep = columns.get(b).step() * run.pixelStep;
            p.xStep = p.xPixel;
            pixels(p, run, a, b, i, j);
          }
        }
      }
    }
  }

  /** The same column by column, of which there are few. */
  void runDown(TransposedTaps p, BlockRun run, int row, int endRow, int column, int endColumn) {
    p.w(weights.array());
    for (int b = 0; b < columns.size(); b++) {
      for (int j = columns.get(b).begin(column); j < columns.get(b).begin(endColumn); j++) {
        for (int a = 0; a < rows.size(); a++) {
          int end = rows.get(a).begin(endRow);
          for (int i = rows.get(a).begin(row); i < end; i += p.pixels) {
            p.pixels = Math.min(end, rowRanges[a].end(rowRanges[a].find(i))) - i;
            p.yStep = rows.get(a).step() * run.rowStep;
            p.xStep = p.xRow;
            pixels(p, run, a, b, i, j);
          }
        }
      }
    }
  }

  /** Adds all taps of neighbouring outputs, which see the same, from one of a phase on. */
  private void pixels(TransposedTaps p, BlockRun run, int a, int b, int i, int j) {
    PhaseAxis row = rows.get(a);
    PhaseAxis column = columns.get(b);
    int line = row.first() + i * row.step() - run.row;
    int place = column.first() + j * column.step() - run.column;
    p.yAt = p.yOrigin + line * run.rowStep + place * run.pixelStep;
    p.start(run.started ? null : epilogue.bias());
    p.startAt = p.filter;
    int rowRange = rowRanges[a].find(i);
    int range = columnRanges[b].find(j);
    int firstTap = columnRanges[b].firstTap(range);
    int endTap = columnRanges[b].endTap(range);
    int firstRow = rowRanges[a].firstTap(rowRange);
    int left = (rowRanges[a].endTap(rowRange) - firstRow) * (endTap - firstTap) * channels;
    if (left == 0) {
      run(p, 0, true);
    }
    int taps = 0;
    for (int r = firstRow; left > 0; r++) {
      int y = i - row.padding() + r * row.dilation();
      int tapRow = (row.firstTap() + r * row.tapStep()) * problem.shape().kernelWidth();
      for (int s = firstTap; s < endTap; s++) {
        int x = j - column.padding() + s * column.dilation();
        int tap = (tapRow + column.firstTap() + s * column.tapStep()) * channels;
        int at = p.xOrigin + y * p.xRow + x * p.xPixel;
        for (int c = 0; c < channels; c++, left--) {
          p.xAt[taps] = at + c * spreadFloats;
          p.wAt[taps] =
              weights.offset() + (tap + c) * Simd.roundUp(problem.shape().filters()) + p.filter;
          taps++;
          if (taps == TransposedTaps.MOST || left == 1) {
            run(p, taps, left == 1);
            taps = 0;
          }
        }
      }
    }
  }

  private void run(TransposedTaps p, int taps, boolean last) {
    p.lowClamped = last && epilogue.low() != Float.NEGATIVE_INFINITY;
    p.low = epilogue.low();
    p.highClamped = last && epilogue.high() != Float.POSITIVE_INFINITY;
    p.high = epilogue.high();
    TransposedKernels.taps(p, taps);
    p.start = null;
  }
}

package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * The taps of a depthwise kernel in the order in which the micro-kernel wants them, and their
 * weights.
 *
 * <p>A kernel row is cut into runs of neighbouring columns, each as wide as there is a tile for;
 * all runs of one width are one pass over the output. So 3x3 is one pass of three runs, 31x31 one
 * of 124 runs of 7 columns and one of 31 runs of 3. Weights are {@code [vectors of
 * filters][passes][kernel rows][runs][columns][LANES]}: what one tile reads is contiguous.
 */
final class DepthwiseTaps {
  /** Widths to cut rows into, widest first. */
  private static final int[] WIDTHS = {7, 5, 3, 2, 1};

  /** All runs of one width: {@code runs} in each kernel row, the first at {@code column}. */
  private record Pass(int width, int column, int runs) {}

  private final int taps;

  /** Filters of the last vector that others have too. */
  private final int lag;

  private final int kernelHeight;
  private final Pass[] passes;
  private final int[] firstTaps;
  private final int[] firstEntries;
  private final int[] table;
  private final int[] weightTable;
  private final AlignedFloats weights;

  /**
   * @param overlapping whether the last vector holds the last LANES filters, some of them again,
   *     and not those that no vector before it has
   * @param single whether all runs are of one column, so that taps are in the kernel's order
   * @param rowStep floats between kernel rows in the input
   * @param columnStep floats between kernel columns in the input
   */
  DepthwiseTaps(
      ConvShape shape,
      float[] weights,
      boolean overlapping,
      boolean single,
      int rowStep,
      int columnStep) {
    this.kernelHeight = shape.kernelHeight();
    this.taps = kernelHeight * shape.kernelWidth();
    boolean sliding = shape.dilationWidth() == 1 && !single;
    this.passes = cut(shape.kernelWidth(), sliding, shape.strideWidth());
    this.firstTaps = new int[passes.length];
    this.firstEntries = new int[passes.length];
    int entries = 0;
    int tapsBefore = 0;
    for (int i = 0; i < passes.length; i++) {
      firstTaps[i] = tapsBefore;
      firstEntries[i] = entries;
      tapsBefore += kernelHeight * passes[i].runs * passes[i].width;
      entries += kernelHeight * passes[i].runs;
    }
    this.table = new int[entries];
    this.weightTable = new int[entries];
    this.weights = AlignedFloats.allocate(Simd.roundUp(shape.filters()) * taps);
    this.lag = overlapping ? Simd.roundUp(shape.filters()) - shape.filters() : 0;
    fill(shape, weights, rowStep, columnStep);
  }

  /**
   * @param sliding whether neighbouring taps lie on neighbouring columns of the input
   */
  private static Pass[] cut(int columns, boolean sliding, int stride) {
    Pass[] found = new Pass[WIDTHS.length];
    int count = 0;
    int column = 0;
    for (int width : WIDTHS) {
      boolean possible = width == 1 || sliding && DepthwiseKernels.has(width, stride);
      int runs = possible ? (columns - column) / width : 0;
      if (runs > 0) {
        found[count++] = new Pass(width, column, runs);
        column += runs * width;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private void fill(ConvShape shape, float[] from, int rowStep, int columnStep) {
    int entry = 0;
    int tap = 0;
    for (Pass pass : passes) {
      for (int r = 0; r < kernelHeight; r++) {
        for (int run = 0; run < pass.runs; run++) {
          int column = pass.column + run * pass.width;
          weightTable[entry] = tap * LANES;
          table[entry++] = r * rowStep + column * columnStep;
          for (int s = column; s < column + pass.width; s++, tap++) {
            fill(shape.filters(), from, r * shape.kernelWidth() + s, tap);
          }
        }
      }
    }
  }

  /** One tap of all filters. */
  private void fill(int filters, float[] from, int fromTap, int tap) {
    for (int v = 0; v < filters; v += LANES) {
      int first = v + LANES <= filters ? v : v - lag;
      int to = weights.offset() + v * taps + tap * LANES;
      for (int k = first; k < Math.min(first + LANES, filters); k++) {
        weights.array()[to + k - first] = from[k * taps + fromTap];
      }
    }
  }

  int passes() {
    return passes.length;
  }

  /** Kernel columns of a pass's runs. */
  int width(int pass) {
    return passes[pass].width;
  }

  /** Runs from one kernel row to another. */
  int runs(int pass, int rows) {
    return rows * passes[pass].runs;
  }

  /** Where the runs from a kernel row on are in the table. */
  int tableOffset(int pass, int row) {
    return firstEntries[pass] + row * passes[pass].runs;
  }

  /** Where the weights from a kernel row on are, for the first vector of filters. */
  int weightsOffset(int pass, int row) {
    return weights.offset()
        + (firstTaps[pass] + row * passes[pass].runs * passes[pass].width) * LANES;
  }

  /** Where each run starts in the input, from the first tap of the window on. */
  int[] table() {
    return table;
  }

  /** Where each run's weights start, from {@link #firstWeight} on. */
  int[] weightTable() {
    return weightTable;
  }

  /** Where the first vector of filters' weights are. */
  int firstWeight() {
    return weights.offset();
  }

  float[] weights() {
    return weights.array();
  }

  /** Taps of a filter. */
  int taps() {
    return taps;
  }

  long bytes() {
    return weights.bytes() + 2L * table.length * Integer.BYTES;
  }
}

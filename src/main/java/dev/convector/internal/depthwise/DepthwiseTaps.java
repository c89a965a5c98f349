package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The taps of a depthwise kernel in the order in which the micro-kernel wants them, and their
 * weights.
 *
 * <p>A kernel row is cut into runs of neighbouring columns, each as wide as there is a tile for;
 * all runs of one width are one pass over the output. So 3x3 is one pass of three runs, 31x31 one
 * of 124 runs of 7 columns and one of 31 runs of 3. Weights are {@code [blocks of
 * filters][passes][kernel rows][runs][columns][vectors of a block][LANES]}: what one tile reads is
 * contiguous.
 */
final class DepthwiseTaps {
  /** Kernel columns of a run, at most. */
  private static final int MOST_WIDTH = 7;

  /** All runs of one width: in each kernel row they start at these columns, and step on by some. */
  private record Pass(int width, int step, int[] columns) {
    int runs() {
      return columns.length;
    }
  }

  private final int taps;

  /** Filters of the last vector that others have too. */
  private final int lag;

  private final int kernelHeight;
  private final DepthwiseVectors vectors;
  private final Pass[] passes;
  private final int[] firstTaps;
  private final int[] firstEntries;
  private final int[] table;
  private final int[] weightTable;
  private final AlignedFloats weights;

  /**
   * @param strip null where an image is read in place: then the last vector holds the last LANES
   *     filters, if there are as many, some of them again, and not those that no vector before it
   *     has
   * @param apart how many kernel columns apart those of a run are; 0 for runs of one, with taps in
   *     the kernel's order
   * @param vectors of filters that a tile computes together
   */
  DepthwiseTaps(
      ConvShape shape, float[] weights, InputStrip strip, int apart, DepthwiseVectors vectors) {
    this.vectors = vectors;
    this.kernelHeight = shape.kernelHeight();
    this.taps = kernelHeight * shape.kernelWidth();
    this.passes = cut(shape.kernelWidth(), apart);
    this.firstTaps = new int[passes.length];
    this.firstEntries = new int[passes.length];
    int entries = 0;
    int tapsBefore = 0;
    for (int i = 0; i < passes.length; i++) {
      firstTaps[i] = tapsBefore;
      firstEntries[i] = entries;
      tapsBefore += kernelHeight * passes[i].runs() * passes[i].width;
      entries += kernelHeight * passes[i].runs();
    }
    this.table = new int[entries];
    this.weightTable = new int[entries];
    this.weights = AlignedFloats.allocate(Simd.roundUp(shape.filters()) * taps);
    boolean overlaps = strip == null && shape.filters() >= LANES;
    this.lag = overlaps ? Simd.roundUp(shape.filters()) - shape.filters() : 0;
    fill(shape, weights, strip);
  }

  /** The same taps and weights of another input. */
  private DepthwiseTaps(DepthwiseTaps of, int[] table) {
    this.taps = of.taps;
    this.lag = of.lag;
    this.kernelHeight = of.kernelHeight;
    this.vectors = of.vectors;
    this.passes = of.passes;
    this.firstTaps = of.firstTaps;
    this.firstEntries = of.firstEntries;
    this.table = table;
    this.weightTable = of.weightTable;
    this.weights = of.weights;
  }

  /** The same taps and weights for copies of the input. */
  DepthwiseTaps of(ConvShape shape, DepthwiseInput copies) {
    int[] places = new int[table.length];
    int entry = 0;
    for (Pass pass : passes) {
      for (int r = 0; r < kernelHeight; r++) {
        for (int column : pass.columns) {
          places[entry++] =
              r * shape.dilationHeight() * copies.rowStep()
                  + column * shape.dilationWidth() * copies.columnStep();
        }
      }
    }
    return new DepthwiseTaps(this, places);
  }

  private static Pass[] cut(int columns, int apart) {
    int[] runs = new int[MOST_WIDTH + 1];
    int[][] starts = new int[MOST_WIDTH + 1][columns];
    int step = Math.max(1, apart);
    for (int phase = 0; phase < Math.min(step, columns); phase++) {
      int taps = Math.ceilDiv(columns - phase, step);
      int count = apart == 0 ? taps : Math.ceilDiv(taps, MOST_WIDTH);
      for (int i = 0; i < count; i++) {
        int first = Split.start(taps, i, count);
        int width = Split.start(taps, i + 1, count) - first;
        starts[width][runs[width]++] = phase + first * step;
      }
    }
    List<Pass> found = new ArrayList<>();
    for (int width = MOST_WIDTH; width > 0; width--) {
      if (runs[width] > 0) {
        found.add(new Pass(width, step, Arrays.copyOf(starts[width], runs[width])));
      }
    }
    return found.toArray(Pass[]::new);
  }

  private void fill(ConvShape shape, float[] from, InputStrip strip) {
    int down = shape.dilationHeight();
    int across = shape.dilationWidth();
    int rowStep = strip == null ? shape.width() * shape.channels() : strip.rowStep();
    int entry = 0;
    int tap = 0;
    for (Pass pass : passes) {
      for (int r = 0; r < kernelHeight; r++) {
        for (int column : pass.columns) {
          weightTable[entry] = tap * LANES;
          int x = column * across;
          table[entry++] =
              r * down * rowStep + (strip == null ? x * shape.channels() : strip.place(x));
          for (int s = 0; s < pass.width; s++, tap++) {
            fill(shape.filters(), from, r * shape.kernelWidth() + column + s * pass.step, tap);
          }
        }
      }
    }
  }

  /** One tap of all filters. */
  private void fill(int filters, float[] from, int fromTap, int tap) {
    for (int v = 0; v < filters; v += LANES) {
      int first = v + LANES <= filters ? v : v - lag;
      int vector = v / LANES;
      int block = vectors.first(vector);
      int place = block * taps + tap * vectors.width(vector) + vector - block;
      int to = weights.offset() + place * LANES;
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
    return rows * passes[pass].runs();
  }

  /** Where the runs from a kernel row on are in the table. */
  int tableOffset(int pass, int row) {
    return firstEntries[pass] + row * passes[pass].runs();
  }

  /** Where the weights from a kernel row on are, for the first vector of filters. */
  int weightsOffset(int pass, int row) {
    return weights.offset()
        + (firstTaps[pass] + row * passes[pass].runs() * passes[pass].width) * LANES;
  }

  /** Where each run starts in the input, from the first tap of the window on. */
  int[] table() {
    return table;
  }

  /** Where each run's weights start, from {@link #firstWeight} on, in blocks of one vector. */
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

  DepthwiseVectors vectors() {
    return vectors;
  }

  /** Taps of a filter. */
  int taps() {
    return taps;
  }

  long bytes() {
    return weights.bytes() + 2L * table.length * Integer.BYTES;
  }
}

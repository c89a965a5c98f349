package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;

/**
 * Blocks of outputs of a strided kernel, read in place. With stride {@code D} the taps that are
 * {@code D} columns apart see, for neighbouring outputs, inputs that are {@code D} columns apart: a
 * kernel without stride, of {@code D} together. So each input is loaded once for the outputs of a
 * tile, and not once for each tap, where a load that crosses a cache line takes as long as three
 * multiply-adds. With a dilation outputs share inputs where they are some columns apart.
 *
 * <p>That is where all columns of the windows are inside the image. Elsewhere it goes tap by tap.
 */
final class DepthwiseRuns implements DepthwiseTiles.Rectangles {
  /**
   * Lines of the input, of those that a vector of channels lies in, that tiles below one another
   * see: they stay in a first-level cache. Half as many take 1.02 to 1.3 of the time.
   */
  private static final int CALL_LINES = 640;

  private final ConvShape shape;

  /** Columns between outputs that share inputs. */
  private final int apart;

  private final int phases;
  private final DepthwiseTaps taps;

  /** What computes what is not inside. */
  private final DepthwiseTapTiles single;

  private final Epilogue epilogue;
  private final TapRanges rows;
  private final int firstInside;
  private final int endInside;

  /**
   * @param singles the taps that a call has at first, one by one
   */
  DepthwiseRuns(
      ConvShape shape,
      DepthwiseInput input,
      DepthwiseTaps singles,
      float[] weights,
      Epilogue epilogue) {
    this.shape = shape;
    this.apart = shape.dilationWidth() / commonDivisor(shape);
    this.phases = phases(shape);
    this.taps =
        new DepthwiseTaps(shape, weights, null, phases, DepthwiseVectors.single(shape.filters()));
    this.single = new DepthwiseTapTiles(shape, input, singles, epilogue);
    this.epilogue = epilogue;
    this.rows = TapRanges.rows(shape);
    TapRanges columns = TapRanges.columns(shape);
    this.firstInside = columns.firstOutput(0);
    this.endInside = Math.max(firstInside, columns.endOutput(shape.kernelWidth() - 1));
  }

  /**
   * Whether inputs are shared by two taps of a phase at least, and there is neither a kernel of its
   * own nor a strip that pays.
   */
  static boolean fits(ConvShape shape) {
    boolean dilated = shape.dilationWidth() > 1;
    boolean suits =
        dilated
            ? shape.kernelWidth() <= DepthwiseTapTiles.MOST_DILATED
            : !DepthwiseStrip.pays(shape)
                && !DepthwiseKernels.has(shape.kernelWidth(), shape.strideWidth());
    return suits
        && shape.strideWidth() > 1
        && shape.kernelWidth() / 2 >= phases(shape)
        && !DepthwiseGrid.fits(shape)
        && !DepthwiseLattices3x3.fits(shape);
  }

  @Override
  public long bytes() {
    return single.bytes() + taps.bytes();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int from = Math.clamp(firstInside, column, endColumn);
    int to = Math.clamp(endInside, from, endColumn);
    int x = p.firstX;
    int y = p.firstY;
    int across = shape.strideWidth() * shape.channels();
    int yStep = p.yStep;
    if (from > column) {
      single.run(p, row, endRow, column, from);
    }
    if (endColumn > to) {
      p.firstX = x + (to - column) * across;
      p.firstY = y + (to - column) * yStep;
      single.run(p, row, endRow, to, endColumn);
    }
    p.taps(taps);
    p.xStep = apart * across;
    p.yStep = apart * yStep;
    p.xTile = shape.strideHeight() * shape.width() * shape.channels();
    p.yTile = p.yRow;
    int range = rows.find(row);
    for (int r = row, end; r < endRow; r = end, range++) {
      end = Math.min(endRow, rows.end(range));
      for (int i = from; i < Math.min(to, from + apart); i++) {
        p.firstX = x + (i - column) * across + (r - row) * p.xTile;
        p.firstY = y + (i - column) * yStep + (r - row) * p.yTile;
        rows(p, range, end - r, Math.ceilDiv(to - i, apart));
      }
    }
    p.firstX = x;
    p.firstY = y;
    p.yStep = yStep;
  }

  /** Taps that see inputs of neighbours are so many columns of the kernel apart. */
  private static int phases(ConvShape shape) {
    return shape.strideWidth() / commonDivisor(shape);
  }

  private static int commonDivisor(ConvShape shape) {
    return PhaseAxis.greatestCommonDivisor(shape.strideWidth(), shape.dilationWidth());
  }

  /** Rows with the same taps inside, and some outputs in each. */
  private void rows(DepthwiseCall p, int range, int count, int columns) {
    int kernelRows = rows.endTap(range) - rows.firstTap(range);
    int more = shape.dilationHeight() == 1 ? shape.strideHeight() : kernelRows;
    for (int q = 0, tile; q < columns; q += tile) {
      tile = DepthwiseRow.nextTile(columns - q, DepthwiseKernels.TILE);
      int span = (tile - 1) * phases + shape.kernelWidth();
      int most = Math.max(1, (CALL_LINES / span - kernelRows) / Math.max(1, more) + 1);
      for (int r = 0; r < count; r += p.tiles) {
        p.tiles = Math.min(most, count - r);
        p.xOffset = p.firstX + r * p.xTile + q * p.xStep;
        p.yOffset = p.firstY + r * p.yTile + q * p.yStep;
        tiles(p, rows.firstTap(range), kernelRows, tile);
      }
    }
  }

  private void tiles(DepthwiseCall p, int firstRow, int kernelRows, int tile) {
    int from = p.from;
    int to = p.to;
    for (int c = from; c < to; c += LANES) {
      p.from = c;
      p.to = c + LANES;
      for (int pass = 0; pass < taps.passes(); pass++) {
        p.tableOffset = taps.tableOffset(pass, firstRow);
        p.groups = taps.runs(pass, kernelRows);
        p.wOffset = taps.weightsOffset(pass, firstRow) + p.filter * taps.taps();
        p.pass(pass == 0, pass == taps.passes() - 1, epilogue);
        DepthwiseKernels.run(p, taps.width(pass), tile);
      }
    }
    p.from = from;
    p.to = to;
  }
}

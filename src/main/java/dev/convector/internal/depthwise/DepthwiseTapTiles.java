package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TapRanges;

/**
 * Blocks of outputs at any stride and dilation, read in place tap by tap: neighbours share weights,
 * but no input. Where a window reaches beyond the image, the taps outside are left out of a list.
 */
final class DepthwiseTapTiles implements DepthwiseTiles.Rectangles {
  /**
   * Pixels of the input that a call's tiles read together: two lines each stay in a first-level
   * cache until the next vector of channels.
   */
  private static final int CALL_PIXELS = 256;

  /** Outputs of a tile whose windows meet in a set or two of a first-level cache. */
  private static final int CONFLICTING_COLUMNS = 2;

  /** Widest dilated kernel. */
  static final int MOST_DILATED = 5;

  private final ConvShape shape;
  private final int rowStep;
  private final int columnStep;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final TapRanges rows;
  private final TapRanges columns;

  /** Of each range of columns, the taps inside, row by row: where they are in the input. */
  private final int[][] inputs;

  /** And where their weights are. */
  private final int[][] weights;

  /** The steps are those of {@link DepthwiseTiles}, whose taps are single ones. */
  DepthwiseTapTiles(ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.taps = taps;
    this.epilogue = epilogue;
    this.rows = TapRanges.rows(shape);
    this.columns = TapRanges.columns(shape);
    this.inputs = new int[columns.count()][];
    this.weights = new int[columns.count()][];
    for (int range = 0; range < columns.count(); range++) {
      inputs[range] = inside(taps.table(), range);
      weights[range] = inside(taps.weightTable(), range);
    }
  }

  /** The entries of a table of all taps whose columns are inside for a range. */
  private int[] inside(int[] all, int range) {
    int first = columns.firstTap(range);
    int count = columns.endTap(range) - first;
    int[] found = new int[shape.kernelHeight() * count];
    for (int r = 0; r < shape.kernelHeight(); r++) {
      System.arraycopy(all, r * shape.kernelWidth() + first, found, r * count, count);
    }
    return found;
  }

  /**
   * Whether neighbouring windows share little that other kernels could make use of. Dilated 5x5 on
   * 64 channels at 28x28 takes 0.95 of the time of a strip, 7x7 on 32 1.2.
   */
  static boolean fits(ConvShape shape) {
    boolean dilated = shape.dilationWidth() > 1 && shape.kernelWidth() <= MOST_DILATED;
    boolean strided = shape.strideWidth() > 2 && !DepthwiseStrip.pays(shape);
    return (strided
            || dilated
            || shape.kernelWidth() == 1
            || DepthwiseInside.fits(shape)
            || DepthwiseRuns.fits(shape))
        && !DepthwiseGrid.fits(shape)
        && !DepthwiseLattices3x3.fits(shape);
  }

  /** Vectors of channels that a tile computes together. */
  static DepthwiseVectors vectors(ConvShape shape) {
    int whole = shape.filters() / LANES;
    return new DepthwiseVectors(
        whole, Math.ceilDiv(shape.filters(), LANES), DepthwiseTapTileKernels.VECTORS);
  }

  @Override
  public long bytes() {
    long entries = 0;
    for (int[] range : inputs) {
      entries += 2L * range.length;
    }
    return entries * Integer.BYTES;
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    p.taps(taps); // DepthwiseRuns, which calls this for an image's sides, leaves its own.
    p.clamp(epilogue.low(), epilogue.high());
    int down = shape.strideHeight() * rowStep;
    int across = shape.strideWidth() * columnStep;
    int yAcross = p.yStep;
    int rowRange = rows.find(row);
    for (int r = row, endR; r < endRow; r = endR, rowRange++) {
      endR = Math.min(endRow, rows.end(rowRange));
      int range = columns.find(column);
      for (int q = column, endQ; q < endColumn; q = endQ, range++) {
        endQ = Math.min(endColumn, columns.end(range));
        int x = p.firstX + (r - row) * down + (q - column) * across;
        int y = p.firstY + (r - row) * p.yRow + (q - column) * yAcross;
        list(p, rowRange, range);
        boolean narrow = endQ - q < Math.min(endR - r, DepthwiseKernels.TILE);
        p.xStep = narrow ? down : across;
        p.yStep = narrow ? p.yRow : yAcross;
        int count = narrow ? endR - r : endQ - q;
        for (int i = 0; i < (narrow ? endQ - q : endR - r); i++) {
          tiles(p, count, x, y);
          x += narrow ? across : down;
          y += narrow ? yAcross : p.yRow;
        }
      }
    }
    p.yStep = yAcross;
  }

  /** All images at once: images together make as many tiles of a call as there may be. */
  @Override
  public void runAll(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    run(p, row, endRow, column, endColumn);
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  /** The taps inside for a range of rows and one of columns. */
  private void list(DepthwiseCall p, int rowRange, int range) {
    int inRow = columns.endTap(range) - columns.firstTap(range);
    p.tables(inputs[range], weights[range]);
    p.tableOffset = rows.firstTap(rowRange) * inRow;
    p.groups = (rows.endTap(rowRange) - rows.firstTap(rowRange)) * inRow;
  }

  /**
   * Neighbouring outputs of a row or, of what is narrow, of a column, with the same taps inside:
   * all vectors of channels, a block of them together, or what the call has of it.
   */
  private void tiles(DepthwiseCall p, int count, int x, int y) {
    int whole = p.wholeTo();
    DepthwiseVectors blocks = taps.vectors();
    int end = (p.filter + whole) / LANES;
    int next;
    for (int v = (p.filter + p.from) / LANES; v < end; v = next) {
      next = blocks.endOfSame(v, end);
      weights(p, v);
      int from = v * LANES - p.filter;
      tiles(p, blocks.together(v, end), from, next * LANES - p.filter, count, x, y);
    }
    if (whole < p.to) {
      int lag = p.lag();
      p.bias -= lag;
      weights(p, end);
      tiles(p, 1, whole, whole + LANES, count, x - lag, y - lag);
      p.bias += lag;
    }
  }

  /**
   * Where the weights are that a call has from a vector on, if it began with the call's filters.
   */
  private void weights(DepthwiseCall p, int vector) {
    int block = taps.vectors().first(vector);
    int before = vector * LANES - p.filter;
    p.wStep = taps.vectors().width(vector);
    p.wOffset =
        taps.firstWeight() + (block * taps.taps() + vector - block) * LANES - before * taps.taps();
  }

  /**
   * Equal tiles, and one more at the end, of so many vectors of channels together; of several
   * images one after another where they are many, else each tile of all images.
   */
  private void tiles(DepthwiseCall p, int vectors, int from, int to, int count, int x, int y) {
    boolean conflicting = p.xStep % Blocking.TWO_SETS_FLOATS == 0;
    int widest = conflicting ? CONFLICTING_COLUMNS : DepthwiseTapTileKernels.outputs(vectors);
    int tile = Math.ceilDiv(count, Math.ceilDiv(count, widest));
    int most = Math.max(1, CALL_PIXELS / (tile * Math.max(1, p.groups)));
    boolean over = p.images > count / tile;
    p.xTile = over ? p.xImage : tile * p.xStep;
    p.yTile = over ? p.yImage : tile * p.yStep;
    for (int done = 0, along; done < count; done += along * tile) {
      tile = Math.min(tile, count - done);
      along = over ? 1 : Math.min(most, (count - done) / tile);
      for (int n = 0; n < p.images; n += over ? p.tiles : 1) {
        p.tiles = over ? Math.min(most, p.images - n) : along;
        p.xOffset = x + done * p.xStep + n * p.xImage;
        p.yOffset = y + done * p.yStep + n * p.yImage;
        if (p.started) {
          p.startOnto();
        } else {
          p.startFrom(epilogue.bias());
        }
        DepthwiseTapTileKernels.run(p, vectors, tile, from, to);
      }
    }
  }
}

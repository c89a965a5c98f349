package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.ShortCalls;

/** A row of outputs, cut into the tiles of the micro-kernel. */
final class DepthwiseRow implements DepthwiseTiles.Rectangles {
  /** Tiles of a short call at least, or C2 takes it that there is never another. */
  private static final int LEAST_TILES = 3;

  private final ConvShape shape;
  private final boolean masked;
  private final int rowStep;
  private final int columnStep;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final TapRanges rowRanges;

  DepthwiseRow(ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.masked = isMasked(shape);
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.taps = taps;
    this.epilogue = epilogue;
    this.rowRanges = TapRanges.rows(shape);
  }

  /**
   * Whether columns outside must be zeros in scratch, because no tile has the whole kernel row or
   * some tile would have more columns outside than it can mask.
   */
  static boolean isPadded(ConvShape shape) {
    int width = shape.kernelWidth();
    if (width == 1) {
      return shape.padLeft() + shape.padRight() > 0;
    }
    if (shape.dilationWidth() != 1 || !DepthwiseKernels.has(width, shape.strideWidth())) {
      return true;
    }
    for (int q = 0, tile; q < shape.outputWidth(); q += tile) {
      tile = nextTile(shape.outputWidth() - q, DepthwiseKernels.tile(width));
      int span = (tile - 1) * shape.strideWidth() + width;
      int left = left(shape, q);
      int right = right(shape, q + tile);
      if (left > width / 2 || right > width / 2 || left + right >= span) {
        return true;
      }
    }
    return false;
  }

  /**
   * How many columns of the kernel apart those of a run are; 0 for runs of one. Without masks taps
   * a stride apart see, for neighbouring outputs, inputs that are as far apart.
   */
  static int apart(ConvShape shape) {
    if (shape.dilationWidth() > 1) {
      return 0;
    }
    return isMasked(shape) || Depthwise3x3.fits(shape) ? 1 : shape.strideWidth();
  }

  /** Whether columns outside are left out by the kernel. */
  private static boolean isMasked(ConvShape shape) {
    return !isPadded(shape) && shape.kernelWidth() > 1;
  }

  /** Columns of the next tile: as even as possible. */
  static int nextTile(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }

  /** How many tiles as wide as the next follow one another. */
  static int sameTiles(int left, int most) {
    int count = Math.ceilDiv(left, most);
    return left % count == 0 ? count : left % count;
  }

  /** Columns outside at the left of a tile that starts at output column q. */
  private static int left(ConvShape shape, int q) {
    return Math.max(0, shape.padLeft() - q * shape.strideWidth());
  }

  /** Columns outside at the right of a tile that ends before output column q. */
  private static int right(ConvShape shape, int q) {
    int end = (q - 1) * shape.strideWidth() - shape.padLeft() + shape.kernelWidth();
    return Math.max(0, end - shape.width());
  }

  @Override
  public int runs() {
    int tiles = sameTiles(shape.outputWidth(), DepthwiseKernels.tile(shape.kernelWidth()));
    return 1 + Math.min(tiles, fewTiles(ShortCalls.RUNS)) * tileRuns();
  }

  /** Runs of a tile's loops. */
  private int tileRuns() {
    return 1 + taps.runs(0, shape.kernelHeight());
  }

  /** Tiles of a call of so many runs of the loops, or of a few more. */
  private int fewTiles(int runs) {
    int least = runs == ShortCalls.RUNS ? LEAST_TILES : 1;
    return Math.max(least, (runs - 1) / tileRuns());
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int down = shape.strideHeight() * rowStep;
    for (int i = 0; i < endRow - row; i++) {
      run(p, row + i, column, endColumn, p.firstX + i * down, p.firstY + i * p.yRow);
    }
  }

  /**
   * One row of outputs.
   *
   * @param x where the window of the first output starts in the call's input, for filter 0
   * @param y where the first output lies in the call's output, for filter 0
   */
  private void run(DepthwiseCall p, int row, int column, int endColumn, int x, int y) {
    int most = DepthwiseKernels.tile(shape.kernelWidth());
    int tile;
    for (int q = column; q < endColumn; q += p.tiles * tile) {
      tile = nextTile(endColumn - q, most);
      p.tiles = sameTiles(endColumn - q, most);
      if (p.isShort()) {
        p.tiles = Math.min(p.tiles, fewTiles(p.shortRuns));
      }
      p.left = left(shape, q);
      p.right = right(shape, q + p.tiles * tile);
      p.xOffset = x + (q - column) * shape.strideWidth() * columnStep;
      p.yOffset = y + (q - column) * p.yStep;
      tiles(p, row, tile);
    }
  }

  /** Some tiles, one pass after another. */
  private void tiles(DepthwiseCall p, int row, int tile) {
    int range = rowRanges.find(row);
    int firstRow = rowRanges.firstTap(range);
    int rows = rowRanges.endTap(range) - firstRow;
    p.xStep = columnStep * (masked ? 1 : shape.strideWidth());
    p.xTile = tile * p.xStep;
    p.yTile = tile * p.yStep;
    for (int pass = 0; pass < taps.passes(); pass++) {
      int width = taps.width(pass);
      p.tableOffset = taps.tableOffset(pass, firstRow);
      p.groups = taps.runs(pass, rows);
      p.wOffset = taps.weightsOffset(pass, firstRow) + p.filter * taps.taps();
      p.pass(pass == 0, pass == taps.passes() - 1, epilogue);
      if (masked) {
        DepthwiseKernels.tile(p, width, shape.strideWidth(), tile);
      } else {
        DepthwiseKernels.run(p, width, tile);
      }
    }
  }
}

package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.Simd;

/** A row of outputs, cut into the tiles of the micro-kernel. */
final class DepthwiseRow {
  private final ConvShape shape;
  private final boolean padded;
  private final int columnStep;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final TapRanges rowRanges;

  /** Whether the input is a strip that the micro-kernel has tiles for. */
  private final boolean strip;

  private final int mostColumns;

  /** The parameters are those of {@link DepthwiseTiles}. */
  DepthwiseRow(
      ConvShape shape, boolean padded, int columnStep, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.padded = padded;
    this.columnStep = columnStep;
    this.taps = taps;
    this.epilogue = epilogue;
    this.strip =
        padded
            && columnStep == Simd.LANES
            && shape.strideWidth() == 1
            && shape.dilationWidth() == 1;
    this.mostColumns = strip ? DepthwiseKernels.STRIP_TILE : DepthwiseKernels.TILE;
    this.rowRanges =
        new TapRanges(
            shape.outputHeight(),
            shape.height(),
            shape.kernelHeight(),
            shape.strideHeight(),
            shape.dilationHeight(),
            shape.padTop());
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
      tile = nextTile(shape.outputWidth() - q, DepthwiseKernels.TILE);
      int span = (tile - 1) * shape.strideWidth() + width;
      int left = left(shape, q);
      int right = right(shape, q + tile);
      if (left > width / 2 || right > width / 2 || left + right >= span) {
        return true;
      }
    }
    return false;
  }

  /** Columns of the next tile: as even as possible. */
  private static int nextTile(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }

  /** How many tiles as wide as the next follow one another. */
  private static int sameTiles(int left, int most) {
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

  /**
   * One row of outputs.
   *
   * @param x where the window of the first output starts in the call's input, for filter 0
   * @param y where the first output lies in the call's output, for filter 0
   */
  void run(DepthwiseCall p, int row, int column, int endColumn, int x, int y) {
    int tile;
    for (int q = column; q < endColumn; q += p.tiles * tile) {
      tile = nextTile(endColumn - q, mostColumns);
      p.tiles = sameTiles(endColumn - q, mostColumns);
      p.left = padded ? 0 : left(shape, q);
      p.right = padded ? 0 : right(shape, q + p.tiles * tile);
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
    for (int pass = 0; pass < taps.passes(); pass++) {
      int width = taps.width(pass);
      p.xStep = width == 1 ? columnStep * shape.strideWidth() : columnStep;
      p.tableOffset = taps.tableOffset(pass, firstRow);
      p.groups = taps.runs(pass, rows);
      int weights = width == 1 && !strip ? taps.firstWeight() : taps.weightsOffset(pass, firstRow);
      p.wOffset = weights + p.filter * taps.taps();
      if (pass == 0 && !p.started) {
        p.startFrom(epilogue.bias());
      } else {
        p.startOnto();
      }
      if (pass == taps.passes() - 1) {
        p.clamp(epilogue.low(), epilogue.high());
      } else {
        p.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
      }
      if (strip) {
        DepthwiseKernels.strip(p, width, 1, tile);
      } else {
        DepthwiseKernels.tile(p, width, width == 1 ? 1 : shape.strideWidth(), tile);
      }
    }
  }
}

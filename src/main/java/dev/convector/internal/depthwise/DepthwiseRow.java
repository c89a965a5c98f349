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

  /** One row of outputs; the parameters are those of {@link DepthwiseTiles#run}. */
  void run(
      int row,
      int column,
      int endColumn,
      int from,
      int to,
      float[] input,
      int x,
      int filter,
      boolean started,
      float[] output,
      int y,
      int yStep) {
    int range = rowRanges.find(row);
    int firstRow = rowRanges.firstTap(range);
    int rows = rowRanges.endTap(range) - firstRow;
    int tiles;
    for (int q = column, tile; q < endColumn; q += tiles * tile) {
      tile = nextTile(endColumn - q, mostColumns);
      tiles = sameTiles(endColumn - q, mostColumns);
      int left = padded ? 0 : left(shape, q);
      int right = padded ? 0 : right(shape, q + tiles * tile);
      int xTile = x + (q - column) * shape.strideWidth() * columnStep;
      int yTile = y + (q - column) * yStep;
      for (int pass = 0; pass < taps.passes(); pass++) {
        boolean last = pass == taps.passes() - 1;
        boolean fresh = pass == 0 && !started;
        int width = taps.width(pass);
        int stride = width == 1 ? 1 : shape.strideWidth();
        int step = width == 1 ? columnStep * shape.strideWidth() : columnStep;
        float low = last ? epilogue.low() : Float.NEGATIVE_INFINITY;
        float high = last ? epilogue.high() : Float.POSITIVE_INFINITY;
        int w = taps.weightsOffset(pass, firstRow) + filter * taps.taps();
        float[] start = fresh ? epilogue.bias() : output;
        int startOffset = fresh ? filter : yTile;
        int startStep = fresh ? 0 : yStep;
        DepthwiseKernels.run(
            strip,
            width,
            stride,
            tile,
            from,
            to,
            tiles,
            input,
            xTile,
            step,
            taps.table(),
            taps.tableOffset(pass, firstRow),
            taps.runs(pass, rows),
            taps.weights(),
            w,
            taps.taps(),
            start,
            startOffset,
            startStep,
            output,
            yTile,
            yStep,
            low,
            high,
            left,
            right);
      }
    }
  }
}

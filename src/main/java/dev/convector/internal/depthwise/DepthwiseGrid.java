package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.Simd;

/**
 * Blocks of outputs at stride 1 or 2, read in place, cut into tiles of up to two rows and four
 * columns. With a dilation a tile's outputs are a dilation apart, so that they share their inputs.
 */
final class DepthwiseGrid implements DepthwiseTiles.Rectangles {
  /** Most vectors of channels for which others are faster than tiles of a row with 16 registers. */
  private static final int FEW_REGISTERS_VECTORS = 4;

  /** The same of tiles of two rows. */
  private static final int FEW_REGISTERS_VECTORS_OF_TWO = 2;

  /** Columns of kernels whose tiles of two rows and four columns 16 registers don't hold. */
  private static final int WIDE = 4;

  /** Columns of their tiles there. */
  private static final int WIDE_COLUMNS = 3;

  private final ConvShape shape;
  private final int stride;
  private final int rowStep;
  private final int columnStep;
  private final int tileRows;
  private final int tileColumns;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;

  DepthwiseGrid(ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.stride = shape.strideWidth();
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.tileRows = tileRows(shape);
    this.tileColumns =
        Simd.MANY_REGISTERS || tileRows == 1 || shape.kernelWidth() < WIDE
            ? DepthwiseGridKernels.COLUMNS
            : WIDE_COLUMNS;
    this.taps = taps;
    this.epilogue = epilogue;
  }

  /**
   * Whether the micro-kernel takes a shape and those of 3x3 do not. With 16 registers tiles of two
   * rows are faster from more than two vectors of channels on, those of one row from more than
   * four, dilated ones always: 5x5 on 32 channels at 56x56 takes 0.86 of the time, on 16 at 28x28
   * 1.05, on 8 1.29, 4x4 on 32 at 28x28 0.87, on 16 0.99, with stride 2 on 16 1.40 (Zen 4 without
   * AVX-512).
   */
  static boolean fits(ConvShape shape) {
    int most = shape.kernelWidth() / 2 * shape.dilationWidth();
    int few = tileRows(shape) > 1 ? FEW_REGISTERS_VECTORS_OF_TWO : FEW_REGISTERS_VECTORS;
    boolean hasManyVectors =
        Simd.MANY_REGISTERS || shape.channels() > few * Simd.LANES || shape.dilationWidth() > 1;
    return hasManyVectors
        && shape.strideHeight() == shape.strideWidth()
        && (shape.strideWidth() == 1
            || shape.strideWidth() == 2
                && shape.dilationHeight() == 1
                && shape.dilationWidth() == 1)
        && DepthwiseGridKernels.has(shape.kernelWidth(), shape.strideWidth())
        && shape.kernelHeight() * shape.kernelWidth() > 1
        && shape.padLeft() <= most
        && shape.padRight() <= most
        && !Depthwise3x3.fits(shape)
        && !DepthwiseLattices3x3.fits(shape);
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  @Override
  public int runs() {
    return shape.kernelHeight() + tileRows;
  }

  /** Output rows of which a block should have a multiple. */
  static int rows(ConvShape shape) {
    return tileRows(shape) * shape.dilationHeight();
  }

  /** Most output rows of a tile. */
  private static int tileRows(ConvShape shape) {
    boolean isShared = Simd.MANY_REGISTERS || shape.kernelHeight() > 1;
    return isShared ? DepthwiseGridKernels.rows(shape.strideHeight()) : 1;
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int down = shape.dilationHeight();
    p.clamp(epilogue.low(), epilogue.high());
    p.startFrom(epilogue.bias());
    p.height = shape.kernelHeight();
    p.wOffset = taps.weightsOffset(0, 0) + p.filter * taps.taps();
    p.xRow = down * rowStep;
    p.xStep = shape.dilationWidth() * columnStep;
    p.tileRow = down * p.yRow;
    p.tileStep = shape.dilationWidth() * p.yStep;
    for (int i = row; i < Math.min(endRow, row + down); i++) {
      for (int r = i; r < endRow; r += tileRows * down) {
        int rows = r + down < endRow ? tileRows : 1;
        int y = r * stride - shape.padTop();
        int lines = (rows - 1) * stride + p.height;
        p.line = Math.min(outside(y, down), lines);
        p.endLine = inside(y, down, lines, shape.height());
        rows(p, r - row, rows, column, endColumn);
      }
    }
  }

  /** Some rows of outputs, the first so many below the block's first. */
  private void rows(DepthwiseCall p, int below, int rows, int column, int endColumn) {
    int across = shape.dilationWidth();
    for (int i = column; i < Math.min(endColumn, column + across); i++) {
      int left = Math.ceilDiv(endColumn - i, across);
      for (int q = i, columns; left > 0; q += columns * across, left -= columns) {
        columns = Math.ceilDiv(left, Math.ceilDiv(left, tileColumns));
        int x = q * stride - shape.padLeft();
        p.left = outside(x, across);
        p.right = inside(x, across, (columns - 1) * stride + shape.kernelWidth(), shape.width());
        p.xOffset = p.firstX + (below * rowStep + (q - column) * columnStep) * stride;
        p.yOffset = p.firstY + below * p.yRow + (q - column) * p.yStep;
        DepthwiseGridKernels.run(p, shape.kernelWidth(), stride, rows, columns);
      }
    }
  }

  /** How many inputs, a step apart from one on, lie before the image's first. */
  private static int outside(int from, int step) {
    return Math.max(0, Math.ceilDiv(-from, step));
  }

  /** How many of some inputs, a step apart from one on, lie before the image's end. */
  private static int inside(int from, int step, int count, int size) {
    return Math.clamp(Math.ceilDiv(size - from, step), 0, count);
  }
}

package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.Simd;

/**
 * Blocks of outputs at stride 1 or 2, read in place, cut into tiles of up to two rows and four
 * columns. With a dilation a tile's outputs are a dilation apart, so that they share their inputs.
 */
final class DepthwiseGrid implements DepthwiseTiles.Rectangles {
  /** Most vectors of channels for which other kernels are faster with 16 registers. */
  private static final int FEW_REGISTERS_VECTORS = 4;

  private final ConvShape shape;
  private final int stride;
  private final int rowStep;
  private final int columnStep;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;

  DepthwiseGrid(ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.stride = shape.strideWidth();
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.taps = taps;
    this.epilogue = epilogue;
  }

  /**
   * Whether the micro-kernel takes a shape and {@link Depthwise3x3} does not. With 16 registers
   * tiles have one row, and are faster from more than four vectors of channels on, dilated ones
   * always: 3x3 dilated by 2 on 960 channels at 33x33 takes 0.53 of the time, on 16 at 56x56 0.78,
   * 1x5 on 96 at 40x40 0.70, 2x2 with stride 2 on 64 0.71, 5x5 on 40 at 28x28 0.93, on 240 0.97, on
   * 32 at 56x56 1.01, on 24 1.08, 2x2 on 24 1.14, 4x4 with stride 2 on 16 1.40 (UseAVX=2, Zen 4).
   */
  static boolean fits(ConvShape shape) {
    int most = shape.kernelWidth() / 2 * shape.dilationWidth();
    boolean hasManyVectors =
        Simd.MANY_REGISTERS
            || shape.channels() > FEW_REGISTERS_VECTORS * Simd.LANES
            || shape.dilationWidth() > 1;
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
        && !Depthwise3x3.fits(shape);
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  @Override
  public int runs() {
    return shape.kernelHeight() + DepthwiseGridKernels.rows(stride);
  }

  /** Output rows of which a block should have a multiple. */
  static int rows(ConvShape shape) {
    return DepthwiseGridKernels.rows(shape.strideHeight()) * shape.dilationHeight();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int down = shape.dilationHeight();
    int most = DepthwiseGridKernels.rows(stride);
    p.clamp(epilogue.low(), epilogue.high());
    p.startFrom(epilogue.bias());
    p.height = shape.kernelHeight();
    p.wOffset = taps.weightsOffset(0, 0) + p.filter * taps.taps();
    p.xRow = down * rowStep;
    p.xStep = shape.dilationWidth() * columnStep;
    p.tileRow = down * p.yRow;
    p.tileStep = shape.dilationWidth() * p.yStep;
    for (int i = row; i < Math.min(endRow, row + down); i++) {
      for (int r = i; r < endRow; r += most * down) {
        int rows = r + down < endRow ? most : 1;
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
        columns = Math.ceilDiv(left, Math.ceilDiv(left, DepthwiseGridKernels.COLUMNS));
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

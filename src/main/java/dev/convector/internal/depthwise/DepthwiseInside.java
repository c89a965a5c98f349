package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.Simd;

/**
 * Blocks of outputs of kernels of few taps, cut into what sees pixels alone, for the kernels that
 * are written out, and what sees padding, for another. A kernel of one column is one of a row in an
 * image whose rows and columns are exchanged.
 */
final class DepthwiseInside implements DepthwiseTiles.Rectangles {
  /** Tiles times vectors of channels of a call. */
  private static final int CALL_STEPS = 64;

  /** Runs of a call's loops beside tiles. */
  private static final int MORE_RUNS = 4;

  /** Tiles of a short call. */
  private static final int FEW_TILES = 3;

  /** Fewest vectors of channels for which addresses outside their loop are worth it. */
  private static final int LEAST_VECTORS = 2;

  /** Taps of several rows with which a tile's addresses stay in registers. */
  private static final int FEW_TAPS = 4;

  /** Most vectors of channels for which they aren't worth it with more taps. */
  private static final int MANY_TAPS_VECTORS = 4;

  private final ConvShape shape;

  /** In the kernel's order, in blocks of one vector. */
  private final DepthwiseTaps taps;

  /** Whether they are the border's too. */
  private final boolean isGiven;

  private final DepthwiseTiles.Rectangles border;
  private final Epilogue epilogue;

  /** Whether the outputs of a tile lie below one another. */
  private final boolean down;

  /** Whether they share inputs. */
  private final boolean shared;

  private final int rowStep;
  private final int columnStep;

  /** Outputs from one of a tile to the next. */
  private final int apart;

  private final int firstRow;
  private final int endRow;
  private final int firstColumn;
  private final int endColumn;

  /**
   * @param border computes what is not inside
   * @param borderTaps with these
   */
  DepthwiseInside(
      ConvShape shape,
      DepthwiseInput input,
      float[] weights,
      DepthwiseTiles.Rectangles border,
      DepthwiseTaps borderTaps,
      Epilogue epilogue) {
    this.shape = shape;
    this.isGiven = !DepthwiseTapTiles.fits(shape);
    this.taps =
        isGiven
            ? borderTaps
            : new DepthwiseTaps(shape, weights, null, 0, DepthwiseVectors.single(shape.filters()));
    this.border = border;
    this.epilogue = epilogue;
    this.down = isDown(shape);
    this.shared = isShared(shape);
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.apart = shared ? along(shape).dilation() : 1;
    TapRanges rows = TapRanges.rows(shape);
    this.firstRow = rows.firstOutput(0);
    this.endRow = rows.endOutput(shape.kernelHeight() - 1);
    TapRanges columns = TapRanges.columns(shape);
    this.firstColumn = columns.firstOutput(0);
    this.endColumn = columns.endOutput(shape.kernelWidth() - 1);
  }

  private static boolean isDown(ConvShape shape) {
    return shape.kernelWidth() == 1;
  }

  private static int kernelRows(ConvShape shape) {
    return isDown(shape) ? 1 : shape.kernelHeight();
  }

  private static int kernelColumns(ConvShape shape) {
    return isDown(shape) ? shape.kernelHeight() : shape.kernelWidth();
  }

  private static Axis along(ConvShape shape) {
    return isDown(shape) ? shape.rows() : shape.columns();
  }

  private static boolean isShared(ConvShape shape) {
    return along(shape).stride() == 1;
  }

  /**
   * Whether there are kernels for a shape, and they are faster than others. Old against new, with
   * 16 registers: 1x3 on 64 channels at 56x56 1.8 to 2.2 times as fast, on 16 1.4, 3x1 1.5, 1x7 on
   * 256 at 17x17 2.9, 7x1 at 14x14 1.3, 1x11 and 11x1 on 96 at 56x56 2.3 and 1.7, 2x2 on 128 at
   * 40x40 1.65, on 16 at 56x56 1.25, 2x3 on 128 1.17, on 24 0.90, 2x2 with stride 2 on 128 1.6, 3x3
   * with stride 3 on 96 at 56x56 1.25, on 32 at 60x60 0.92, with stride 4 on 463 at 20x20 1.23,
   * stride 3 on 1024 at 14x14 0.88 (Zen 4 without AVX-512).
   */
  static boolean fits(ConvShape shape) {
    int rows = kernelRows(shape);
    int columns = kernelColumns(shape);
    Axis along = along(shape);
    boolean has =
        isShared(shape)
            ? DepthwiseInsideKernels.sharedHas(rows, columns)
            : along.stride() >= along.effectiveKernel()
                && DepthwiseInsideKernels.apartHas(rows, columns);
    boolean hasManyTaps = rows > 1 && rows * columns > FEW_TAPS;
    boolean pays =
        hasManyTaps
            ? shape.channels() > MANY_TAPS_VECTORS * LANES
                && shape.channels() % Blocking.ONE_SET_FLOATS != 0
            : shape.channels() >= LEAST_VECTORS * LANES;
    return has && pays && !Simd.MANY_REGISTERS;
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  @Override
  public int runs() {
    return Math.max(FEW_TILES, border.runs());
  }

  @Override
  public long bytes() {
    return border.bytes() + (isGiven ? 0 : taps.bytes());
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    boolean fits = Math.max(p.x.length, p.y.length) <= DepthwiseInsideKernels.MOST_FLOATS;
    int top = Math.clamp(firstRow, row, endRow);
    int bottom = fits ? Math.clamp(this.endRow, top, endRow) : top;
    int left = Math.clamp(firstColumn, column, endColumn);
    int right = Math.clamp(this.endColumn, left, endColumn);
    int x = p.firstX;
    int y = p.firstY;
    border(p, row, top, column, endColumn);
    to(p, x, y, top - row, 0);
    border(p, top, bottom, column, left);
    to(p, x, y, top - row, right - column);
    border(p, top, bottom, right, endColumn);
    to(p, x, y, bottom - row, 0);
    border(p, bottom, endRow, column, endColumn);
    to(p, x, y, top - row, left - column);
    p.taps(taps);
    inside(p, bottom - top, right - left);
    p.firstX = x;
    p.firstY = y;
  }

  /** Begins with an output so many rows and columns from the one that begins at these indexes. */
  private void to(DepthwiseCall p, int x, int y, int rows, int columns) {
    p.firstX =
        x + rows * shape.strideHeight() * rowStep + columns * shape.strideWidth() * columnStep;
    p.firstY = y + rows * p.yRow + columns * p.yStep;
  }

  private void border(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    if (row < endRow && column < endColumn) {
      border.run(p, row, endRow, column, endColumn);
    }
  }

  /** So many rows and columns of outputs. */
  private void inside(DepthwiseCall p, int rows, int columns) {
    int xDown = shape.strideHeight() * rowStep;
    int xAcross = shape.strideWidth() * columnStep;
    int xRow = shape.dilationHeight() * rowStep;
    int xColumn = shape.dilationWidth() * columnStep;
    p.clamp(epilogue.low(), epilogue.high());
    p.startFrom(epilogue.bias());
    p.wOffset = taps.firstWeight() + p.filter * taps.taps();
    p.xStep = down ? xRow : xColumn;
    p.xRow = down ? xColumn : xRow;
    if (down) {
      lines(p, columns, xAcross, p.yStep, rows, xDown, p.yRow);
    } else {
      lines(p, rows, xDown, p.yRow, columns, xAcross, p.yStep);
    }
  }

  /** Lines of so many outputs, from one line and output to the next so many floats. */
  private void lines(
      DepthwiseCall p, int lines, int xLine, int yLine, int count, int xNext, int yNext) {
    p.xTile = apart * xNext;
    p.tileStep = apart * yNext;
    for (int i = 0; i < lines; i++) {
      for (int j = 0; j < Math.min(apart, count); j++) {
        p.xOffset = p.firstX + i * xLine + j * xNext;
        p.yOffset = p.firstY + i * yLine + j * yNext;
        tiles(p, Math.ceilDiv(count - j, apart));
      }
    }
  }

  private void tiles(DepthwiseCall p, int count) {
    int most = shared ? DepthwiseInsideKernels.SHARED : DepthwiseInsideKernels.APART;
    int steps = p.isShort() ? p.shortRuns - MORE_RUNS : CALL_STEPS;
    int mostTiles = Math.max(1, steps * LANES / (p.to - p.from));
    for (int left = count, done; left > 0; left -= done) {
      int outputs = DepthwiseRow.nextTile(left, most);
      p.tiles = Math.min(mostTiles, DepthwiseRow.sameTiles(left, most));
      done = p.tiles * outputs;
      tile(p, outputs);
      p.xOffset += done * p.xTile;
      p.yOffset += done * p.tileStep;
    }
  }

  /** Whole vectors, and the last one, which others may overlap. */
  private void tile(DepthwiseCall p, int outputs) {
    int from = p.from;
    int to = p.to;
    int lag = p.lag();
    p.to = p.wholeTo();
    if (from < p.to) {
      run(p, outputs);
    }
    if (lag > 0) {
      p.from = p.to;
      p.to += LANES;
      p.shift(-lag);
      run(p, outputs);
      p.shift(lag);
      p.from = from;
    }
    p.to = to;
  }

  private void run(DepthwiseCall p, int outputs) {
    int rows = kernelRows(shape);
    int columns = kernelColumns(shape);
    if (shared) {
      DepthwiseInsideKernels.shared(p, rows, columns, outputs);
    } else {
      DepthwiseInsideKernels.apart(p, rows, columns, outputs);
    }
  }
}

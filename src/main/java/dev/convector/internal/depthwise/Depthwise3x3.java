package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.Simd;

/**
 * Blocks of a 3x3 kernel's outputs, cut into the row tiles of its own micro-kernel: what most
 * networks with depthwise layers have.
 */
final class Depthwise3x3 {
  private static final int KERNEL = 3;

  /**
   * Most output columns of a tile. Raced in one process on Zen 4 at stride 1, 28 took 0.98 (32
   * channels at 112x112) to 0.89 (192 at 28x28) of the time of 14, and 7 took 1.05 to 1.15; 56 was
   * no better than 28.
   */
  private static final int COLUMNS = 28;

  /**
   * The same at stride 2: nothing on Zen 4, but 0.87 to 0.9 of the time of 28 on Granite Rapids (64
   * and 96 channels at 112x112).
   */
  private static final int STRIDED_COLUMNS = 7;

  /**
   * Output rows of a tile at stride 2 where all rows of the input begin in one set of a first-level
   * cache: it has 8 ways, and four rows would read 9 lines of one set for each column. On Zen 4
   * three rows take 0.89 of the time of four (64 channels at 112x112, 128 at 56x56); where rows
   * begin in different sets (192 at 28x28) they take 1.05.
   */
  private static final int CONFLICTING_ROWS = 3;

  /** Floats after which the sets of a first-level cache repeat: 64 sets of 64 bytes. */
  private static final int SETS_FLOATS = 1024;

  /**
   * Columns times vectors of channels of a call. The fewer, the more a call costs; with more than
   * 65 the JIT's counter of loops (40,000) would be full before its counter of calls (600), and it
   * would first compile, for half a second, a version for the middle of the loop that is no use.
   */
  private static final int CALL_COLUMNS = 56;

  private final ConvShape shape;
  private final int stride;
  private final int rowStep;
  private final int columnStep;
  private final int tileRows;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final float[] zeros;

  /** The steps are those of {@link DepthwiseTiles}. */
  Depthwise3x3(
      ConvShape shape, int rowStep, int columnStep, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.stride = shape.strideWidth();
    this.rowStep = rowStep;
    this.columnStep = columnStep;
    this.tileRows = tileRows(shape, rowStep);
    this.taps = taps;
    this.epilogue = epilogue;
    this.zeros = new float[Simd.roundUp(shape.filters())];
  }

  /** Whether the micro-kernel takes a shape: at most one row or column outside on each side. */
  static boolean fits(ConvShape shape) {
    return shape.kernelHeight() == KERNEL
        && shape.kernelWidth() == KERNEL
        && shape.dilationHeight() == 1
        && shape.dilationWidth() == 1
        && shape.strideHeight() == shape.strideWidth()
        && shape.strideWidth() <= 2
        && shape.padTop() <= 1
        && shape.padLeft() <= 1
        && outside(shape.outputHeight(), shape.strideHeight(), shape.padTop(), shape.height()) <= 1
        && outside(shape.outputWidth(), shape.strideWidth(), shape.padLeft(), shape.width()) <= 1;
  }

  /** Most output rows of a tile whose input has so many floats between rows. */
  static int tileRows(ConvShape shape, int rowStep) {
    return shape.strideHeight() == 2 && rowStep % SETS_FLOATS == 0
        ? Math.min(CONFLICTING_ROWS, Depthwise3x3Kernels.MOST_ROWS)
        : Depthwise3x3Kernels.MOST_ROWS;
  }

  /** How far the windows before an output reach beyond the input. */
  private static int outside(int endOutput, int stride, int padding, int size) {
    return (endOutput - 1) * stride - padding + KERNEL - size;
  }

  /** As {@link DepthwiseTiles#run}. */
  void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int down = Math.ceilDiv(endRow - row, tileRows);
    p.clamp(epilogue.low(), epilogue.high());
    p.xStep = columnStep;
    p.xRow = rowStep;
    p.wOffset = taps.weightsOffset(0, 0) + p.filter * taps.taps();
    for (int i = 0; i < down; i++) {
      int start = Split.start(endRow - row, i, down);
      int end = Split.start(endRow - row, i + 1, down);
      p.yOffset = p.firstY + start * p.yRow;
      p.xOffset = p.firstX + start * stride * rowStep;
      tiles(p, row + start, row + end, column, endColumn);
    }
  }

  /** The tiles of as many rows as one has; the first one's offsets are set. */
  private void tiles(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int across = Math.ceilDiv(endColumn - column, stride == 1 ? COLUMNS : STRIDED_COLUMNS);
    boolean top = row * stride < shape.padTop();
    boolean bottom = outside(endRow, stride, shape.padTop(), shape.height()) > 0;
    int lastLine = ((endRow - row - 1) * stride + KERNEL - 1) * rowStep;
    int x = p.xOffset;
    int y = p.yOffset;
    for (int j = 0; j < across; j++) {
      int q = column + Split.start(endColumn - column, j, across);
      int endQ = column + Split.start(endColumn - column, j + 1, across);
      p.columns = endQ - q;
      p.atLeft = q * stride < shape.padLeft();
      p.atRight = outside(endQ, stride, shape.padLeft(), shape.width()) > 0;
      p.xOffset = x + (q - column) * stride * columnStep;
      p.yOffset = y + (q - column) * p.yStep;
      p.above(top ? zeros : p.x, top ? 0 : p.xOffset, top ? 0 : columnStep);
      p.below(bottom ? zeros : p.x, bottom ? 0 : p.xOffset + lastLine, bottom ? 0 : columnStep);
      if (p.started) {
        p.startOnto();
      } else {
        p.startFrom(epilogue.bias());
      }
      int some = Math.max(1, CALL_COLUMNS / (endQ - q)) * LANES;
      for (int c = p.from; c < p.to; c += some) {
        Depthwise3x3Kernels.run(p, stride, endRow - row, c, Math.min(p.to, c + some));
      }
    }
  }
}

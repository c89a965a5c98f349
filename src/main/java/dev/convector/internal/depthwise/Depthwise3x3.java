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

  /** The parameters are those of {@link DepthwiseTiles#run}. */
  void run(
      int row,
      int endRow,
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
      int yRow,
      int yStep) {
    int down = Math.ceilDiv(endRow - row, tileRows);
    int across = Math.ceilDiv(endColumn - column, stride == 1 ? COLUMNS : STRIDED_COLUMNS);
    int w = taps.weightsOffset(0, 0) + filter * taps.taps();
    float[] start = started ? output : epilogue.bias();
    for (int i = 0; i < down; i++) {
      int p = row + Split.start(endRow - row, i, down);
      int endP = row + Split.start(endRow - row, i + 1, down);
      boolean top = p * stride < shape.padTop();
      boolean bottom = outside(endP, stride, shape.padTop(), shape.height()) > 0;
      int lastLine = ((endP - p - 1) * stride + KERNEL - 1) * rowStep;
      for (int j = 0; j < across; j++) {
        int q = column + Split.start(endColumn - column, j, across);
        int endQ = column + Split.start(endColumn - column, j + 1, across);
        boolean left = q * stride < shape.padLeft();
        boolean right = outside(endQ, stride, shape.padLeft(), shape.width()) > 0;
        int xTile = x + (p - row) * stride * rowStep + (q - column) * stride * columnStep;
        int yTile = y + (p - row) * yRow + (q - column) * yStep;
        int some = Math.max(1, CALL_COLUMNS / (endQ - q)) * LANES;
        for (int c = from; c < to; c += some) {
          Depthwise3x3Kernels.run(
              stride,
              endP - p,
              c,
              Math.min(to, c + some),
              endQ - q,
              input,
              xTile,
              columnStep,
              rowStep,
              top ? zeros : input,
              top ? 0 : xTile,
              top ? 0 : columnStep,
              bottom ? zeros : input,
              bottom ? 0 : xTile + lastLine,
              bottom ? 0 : columnStep,
              left,
              right,
              taps.weights(),
              w,
              start,
              started ? yTile : filter,
              started ? yStep : 0,
              started ? yRow : 0,
              output,
              yTile,
              yStep,
              yRow,
              epilogue.low(),
              epilogue.high());
        }
      }
    }
  }
}

package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;

/** Rectangles of outputs, cut into tiles of the micro-kernel that suits the shape. */
final class DepthwiseTiles {
  /** Floats from where a row of outputs starts in the input to where the next does. */
  private final int inputStep;

  private final DepthwiseTaps taps;

  /** Null where the kernel is not one that it takes. */
  private final Depthwise3x3 three;

  private final DepthwiseRow rows;

  /**
   * @param padded whether columns outside are zeros in the input
   * @param rowStep floats between rows of the input
   * @param columnStep floats between columns of the input
   */
  DepthwiseTiles(
      ConvShape shape,
      boolean padded,
      float[] weights,
      int rowStep,
      int columnStep,
      Epilogue epilogue) {
    this.inputStep = shape.strideHeight() * rowStep;
    this.taps =
        new DepthwiseTaps(
            shape,
            weights,
            shape.dilationWidth() == 1,
            rowStep * shape.dilationHeight(),
            columnStep * shape.dilationWidth());
    this.three =
        Depthwise3x3.fits(shape)
            ? new Depthwise3x3(shape, rowStep, columnStep, taps, epilogue)
            : null;
    this.rows = new DepthwiseRow(shape, padded, columnStep, taps, epilogue);
  }

  /** Rows of which a block should have a multiple, given the floats between rows of the input. */
  static int tileRows(ConvShape shape, int rowStep) {
    return Depthwise3x3.fits(shape) ? Depthwise3x3.tileRows(shape, rowStep) : 1;
  }

  /** Bytes of packed weights. */
  long bytes() {
    return taps.bytes();
  }

  /**
   * Computes a rectangle of outputs.
   *
   * @param from first filter, counted from {@code filter}; a multiple of LANES
   * @param to one past the last filter, counted likewise; a multiple of LANES
   * @param x where the window of the first output starts in the input, for filter 0
   * @param filter what filters are counted from; a multiple of LANES
   * @param started whether y holds what the sums start from
   * @param yRow floats between rows of the output
   * @param yStep floats between columns of the output
   */
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
    if (three != null) {
      three.run(
          row, endRow, column, endColumn, from, to, input, x, filter, started, output, y, yRow,
          yStep);
      return;
    }
    for (int p = row; p < endRow; p++) {
      rows.run(
          p,
          column,
          endColumn,
          from,
          to,
          input,
          x + (p - row) * inputStep,
          filter,
          started,
          output,
          y + (p - row) * yRow,
          yStep);
    }
  }
}

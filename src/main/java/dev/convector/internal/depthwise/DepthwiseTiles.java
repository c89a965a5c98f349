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

  /** Null where it does not fit, or the input is a strip. */
  private final DepthwiseGrid grid;

  /** Likewise. */
  private final DepthwiseTapTiles single;

  private final DepthwiseRow rows;

  /**
   * @param inPlace whether the input is an image, whose last vector of channels overlaps
   * @param padded whether columns outside are zeros in the input
   * @param rowStep floats between rows of the input
   * @param columnStep floats between columns of the input
   */
  DepthwiseTiles(
      ConvShape shape,
      boolean inPlace,
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
            inPlace,
            inPlace && (DepthwiseGrid.fits(shape) || DepthwiseTapTiles.fits(shape)),
            rowStep * shape.dilationHeight(),
            columnStep * shape.dilationWidth());
    this.three =
        Depthwise3x3.fits(shape)
            ? new Depthwise3x3(shape, rowStep, columnStep, taps, epilogue)
            : null;
    this.grid =
        inPlace && DepthwiseGrid.fits(shape)
            ? new DepthwiseGrid(shape, rowStep, columnStep, taps, epilogue)
            : null;
    this.single =
        inPlace && DepthwiseTapTiles.fits(shape)
            ? new DepthwiseTapTiles(shape, rowStep, columnStep, taps, epilogue)
            : null;
    this.rows = new DepthwiseRow(shape, padded, columnStep, taps, epilogue);
  }

  /** Rows of which a block of an image that is read in place should have a multiple. */
  static int tileRows(ConvShape shape) {
    if (Depthwise3x3.fits(shape)) {
      return Depthwise3x3.tileRows(shape, shape.width() * shape.channels(), shape.channels());
    }
    return DepthwiseGrid.fits(shape) ? DepthwiseGrid.rows(shape) : 1;
  }

  /** Bytes of packed weights and of tables. */
  long bytes() {
    return taps.bytes() + (single == null ? 0 : single.bytes());
  }

  /** Computes a rectangle of outputs with a call's filters, input and output. */
  void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    p.taps(taps);
    if (three != null) {
      three.run(p, row, endRow, column, endColumn);
      return;
    }
    if (grid != null) {
      grid.run(p, row, endRow, column, endColumn);
      return;
    }
    if (single != null) {
      single.run(p, row, endRow, column, endColumn);
      return;
    }
    for (int i = 0; i < endRow - row; i++) {
      rows.run(p, row + i, column, endColumn, p.firstX + i * inputStep, p.firstY + i * p.yRow);
    }
  }
}

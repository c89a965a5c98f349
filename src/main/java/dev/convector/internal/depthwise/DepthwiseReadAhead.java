package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.ReadAhead;

/**
 * Rectangles of outputs some columns at a time, of images in memory: the lines of the input and of
 * the output are read first, in their order. Kernels that loop over lines or taps read several
 * places by one instruction, so that a processor that looks for steps between an instruction's
 * reads finds none, and tiles read many short streams. Of the time without, 2x2 with stride 2 on
 * 264 channels at 210x210 takes 0.87, 5x5 on 64 at 400x400 0.67, 6x6 with stride 2 0.65, 3x3 with
 * stride 2 on 96 0.77, 3x3 with stride 3 0.98 (Zen 5).
 */
final class DepthwiseReadAhead implements DepthwiseTiles.Rectangles {
  /**
   * Floats of the input that are read at a time: 128 KiB. With 32 KiB 2x2 with stride 2 on 264
   * channels at 210x210 takes 1.15 of the time, 3x1 on 100 at 300x300 1.10 (Zen 5).
   */
  private static final int FLOATS = 32 * 1024;

  /** Columns of which there should be a multiple: of most tiles. */
  private static final int COLUMNS = 4;

  private final ConvShape shape;
  private final DepthwiseTiles.Rectangles inner;
  private final int tileRows;

  /**
   * @param tileRows rows of outputs that are computed together
   */
  DepthwiseReadAhead(ConvShape shape, DepthwiseTiles.Rectangles inner, int tileRows) {
    this.shape = shape;
    this.inner = inner;
    this.tileRows = tileRows;
  }

  /** Whether input and output are taken to be in memory. */
  static boolean isFar(ConvShape shape) {
    return ReadAhead.pays(((long) shape.inputSize() + shape.outputSize()) * Float.BYTES);
  }

  /**
   * Whether it pays for what is read in place. Kernels of 3x3 read each line by an instruction of
   * its own: with stride 1 on 64 channels at 400x400 they would take 1.08 of the time, with stride
   * 2 on 1009 channels, each pixel a long stream, 1.18.
   */
  static boolean pays(ConvShape shape) {
    return isFar(shape)
        && !(Depthwise3x3.fits(shape)
            && (shape.strideWidth() == 1 || shape.channels() > Depthwise3x3.MOST_SHORT));
  }

  @Override
  public long bytes() {
    return inner.bytes();
  }

  @Override
  public int scratchFloats() {
    return inner.scratchFloats();
  }

  @Override
  public boolean takesTail() {
    return inner.takesTail();
  }

  @Override
  public int runs() {
    return inner.runs();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    if (!p.readsAhead || p.to - p.from < shape.channels()) {
      inner.run(p, row, endRow, column, endColumn);
      return;
    }
    int x = p.firstX;
    int y = p.firstY;
    int firstLine = Math.max(0, line(row));
    for (int r = row, endR; r < endRow; r = endR) {
      endR = Math.min(endRow, r + tileRows);
      p.firstX = x + (r - row) * shape.strideHeight() * lineFloats();
      p.firstY = y + (r - row) * p.yRow;
      firstLine = rows(p, r, endR, column, endColumn, firstLine);
    }
    p.firstX = x;
    p.firstY = y;
  }

  /**
   * Some rows of outputs.
   *
   * @param firstLine of the input, of which those before have been read
   * @return the first line that has not been read then
   */
  private int rows(DepthwiseCall p, int row, int endRow, int column, int endColumn, int firstLine) {
    int lastLine = line(endRow - 1) + shape.effectiveKernelHeight();
    int endLine = Math.clamp(lastLine, firstLine, Math.max(firstLine, shape.height()));
    int across = shape.strideWidth() * shape.channels();
    int fitting = FLOATS / (Math.max(1, endLine - firstLine) * across) / COLUMNS * COLUMNS;
    int image = p.firstX - line(row) * lineFloats() - place(column) * shape.channels();
    int x = p.firstX;
    int y = p.firstY;
    int from = Math.max(0, place(column));
    for (int q = column, endQ; q < endColumn; q = endQ) {
      endQ = Math.min(endColumn, q + Math.max(COLUMNS, fitting));
      int reach = place(endQ - 1) + shape.effectiveKernelWidth();
      int to = Math.clamp(reach, from, Math.max(from, shape.width()));
      for (int l = firstLine; l < endLine; l++) {
        int at = image + l * lineFloats() + from * shape.channels();
        p.read += ReadAhead.read(p.x, at, (to - from) * shape.channels());
      }
      from = to;
      p.firstX = x + (q - column) * across;
      p.firstY = y + (q - column) * p.yStep;
      for (int r = row; r < endRow; r++) {
        int at = p.firstY + (r - row) * p.yRow;
        p.read += ReadAhead.read(p.y, at, (endQ - q) * p.yStep);
      }
      inner.run(p, row, endRow, q, endQ);
    }
    return endLine;
  }

  private int lineFloats() {
    return shape.width() * shape.channels();
  }

  /** The first line of the input that a row of outputs sees; may be outside. */
  private int line(int row) {
    return row * shape.strideHeight() - shape.padTop();
  }

  /** The first place in a line that a column of outputs sees; may be outside. */
  private int place(int column) {
    return column * shape.strideWidth() - shape.padLeft();
  }
}

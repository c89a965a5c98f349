package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Operands;
import java.util.List;

/**
 * The part of a channels-first image that a block of output pixels needs, transposed to scratch:
 * {@code [rows][columns][channels]}, only what lies inside the image.
 */
final class InputStrip {
  private final ConvShape shape;
  private final int floats;

  InputStrip(ConvShape shape, List<PixelBlock> blocks) {
    this.shape = shape;
    this.floats =
        blocks.stream().mapToInt(b -> height(b) * width(b) * shape.channels()).max().orElseThrow();
  }

  /** Floats that the largest block needs. */
  int floats() {
    return floats;
  }

  /** Upper bound of the floats for a block of so many output rows and columns. */
  static long floats(ConvShape shape, int rows, int columns) {
    long height = (rows - 1L) * shape.strideHeight() + shape.effectiveKernelHeight();
    long width = (columns - 1L) * shape.strideWidth() + shape.effectiveKernelWidth();
    return Math.min(height, shape.height()) * Math.min(width, shape.width()) * shape.channels();
  }

  /** Columns of the strip. */
  int width(PixelBlock block) {
    return endColumn(block) - column(block);
  }

  private int height(PixelBlock block) {
    return block.endInputRow(shape) - block.inputRow(shape);
  }

  /** Where an input pixel lies in the strip; for pixels outside the image, where it would lie. */
  int offset(PixelBlock block, int y, int x) {
    return ((y - block.inputRow(shape)) * width(block) + x - column(block)) * shape.channels();
  }

  void load(Operands operands, PixelBlock block, float[] scratch) {
    int columns = width(block);
    int channels = shape.channels();
    int plane = shape.height() * shape.width();
    // Rows as wide as the image follow one another: one long row.
    boolean whole = columns == shape.width();
    int length = whole ? height(block) * columns : columns;
    int to = 0;
    for (int y = block.inputRow(shape);
        y < (whole ? block.inputRow(shape) + 1 : block.endInputRow(shape));
        y++) {
      if (length > 0) {
        int from =
            operands.srcOffset
                + block.image() * channels * plane
                + y * shape.width()
                + column(block);
        Transpose.run(operands.src, from, plane, channels, length, scratch, to, channels);
      }
      to += length * channels;
    }
  }

  private int column(PixelBlock block) {
    return Math.clamp(
        (long) block.column() * shape.strideWidth() - shape.padLeft(), 0, shape.width());
  }

  private int endColumn(PixelBlock block) {
    return Math.clamp(
        (block.endColumn() - 1L) * shape.strideWidth()
            - shape.padLeft()
            + shape.effectiveKernelWidth(),
        column(block),
        shape.width());
  }
}

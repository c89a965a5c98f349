package dev.convector.internal.indirect;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.pack.Transpose;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * The part of an image that a block of output pixels needs, in scratch: {@code
 * [rows][columns][channels]}, only what lies inside the image, and all channels or some that are
 * neighbours. A channels-first image is transposed, a channels-last one copied.
 */
final class InputStrip {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final int channels;
  private final int floats;

  /** For so many channels at a time. */
  InputStrip(ConvShape shape, boolean channelsLast, int channels, List<PixelBlock> blocks) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.channels = channels;
    this.floats =
        blocks.stream().mapToInt(b -> height(b) * width(b) * channels).max().orElseThrow();
  }

  /** Floats that the largest block needs. */
  int floats() {
    return floats;
  }

  /** Upper bound of the floats for a block of so many output rows and columns. */
  static long floats(ConvShape shape, int channels, int rows, int columns) {
    long height = (rows - 1L) * shape.strideHeight() + shape.effectiveKernelHeight();
    long width = (columns - 1L) * shape.strideWidth() + shape.effectiveKernelWidth();
    return Math.min(height, shape.height()) * Math.min(width, shape.width()) * channels;
  }

  /** Columns of the strip. */
  int width(PixelBlock block) {
    return endColumn(block) - column(block);
  }

  private int height(PixelBlock block) {
    return endRow(block) - row(block);
  }

  /** Where an input pixel lies in the strip; for pixels outside the image, where it would lie. */
  int offset(PixelBlock block, int y, int x) {
    return ((y - row(block)) * width(block) + x - column(block)) * channels;
  }

  /** Loads the channels from {@code firstChannel} on. */
  void load(Operands operands, PixelBlock block, int firstChannel, float[] scratch) {
    int columns = width(block);
    // Rows as wide as the image follow one another: one long row.
    boolean whole = columns == shape.width();
    int length = whole ? height(block) * columns : columns;
    int to = 0;
    for (int y = row(block); y < (whole ? row(block) + 1 : endRow(block)); y++) {
      if (length > 0) {
        load(operands, block, y, length, firstChannel, scratch, to);
      }
      to += length * channels;
    }
  }

  private void load(
      Operands operands,
      PixelBlock block,
      int y,
      int length,
      int firstChannel,
      float[] scratch,
      int to) {
    int all = shape.channels();
    int plane = shape.height() * shape.width();
    int pixel = y * shape.width() + column(block);
    int image = operands.srcOffset + block.image() * all * plane;
    if (!channelsLast) {
      int from = image + firstChannel * plane + pixel;
      Transpose.run(operands.src, from, plane, channels, length, scratch, to, channels);
      return;
    }
    int from = image + pixel * all + firstChannel;
    int whole = channels - channels % LANES;
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < whole; j += LANES) {
        FloatVector.fromArray(SPECIES, operands.src, from + i * all + j)
            .intoArray(scratch, to + i * channels + j);
      }
      for (int j = whole; j < channels; j++) {
        scratch[to + i * channels + j] = operands.src[from + i * all + j];
      }
    }
  }

  private int row(PixelBlock block) {
    return Math.clamp(
        (long) block.row() * shape.strideHeight() - shape.padTop(), 0, shape.height());
  }

  private int endRow(PixelBlock block) {
    return Math.clamp(
        (block.endRow() - 1L) * shape.strideHeight()
            - shape.padTop()
            + shape.effectiveKernelHeight(),
        row(block),
        shape.height());
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

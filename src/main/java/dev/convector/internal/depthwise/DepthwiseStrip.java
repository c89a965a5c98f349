package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.pack.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The input of one vector of filters and one block of output pixels, in scratch: {@code
 * [rows][columns][LANES]}. Needed where the image can't be read in place: channels-first, several
 * filters a channel, or more columns outside than the micro-kernel masks. Only rows inside the
 * image are held; columns outside are zeros where the strip is padded, and missing where not.
 */
final class DepthwiseStrip {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final boolean padded;
  private final int multiplier;
  private final int width;

  /** For each filter, its channel counted from the first one of its vector, as a float. */
  private final float[] lanes;

  DepthwiseStrip(ConvShape shape, boolean channelsLast, boolean padded, int blockColumns) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.padded = padded;
    this.multiplier = shape.groupFilters();
    this.width = width(shape, padded, blockColumns);
    this.lanes = new float[Math.ceilDiv(shape.filters(), LANES) * LANES];
    for (int k = 0; k < shape.filters(); k++) {
      lanes[k] = k / multiplier - k / LANES * LANES / multiplier;
    }
  }

  private static int width(ConvShape shape, boolean padded, int blockColumns) {
    return padded
        ? (blockColumns - 1) * shape.strideWidth() + shape.effectiveKernelWidth()
        : shape.width();
  }

  /** Floats for a block of so many output rows and columns. */
  static long floats(ConvShape shape, boolean padded, int rows, int columns) {
    long height = (rows - 1L) * shape.strideHeight() + shape.effectiveKernelHeight();
    long width =
        padded
            ? (columns - 1L) * shape.strideWidth() + shape.effectiveKernelWidth()
            : shape.width();
    return Math.min(height, shape.height()) * width * LANES;
  }

  /** Floats from a row to the next. */
  int rowStep() {
    return width * LANES;
  }

  /** Where the window of the block's output (row, column) starts, also if that is outside. */
  int offset(PixelBlock block, int row, int column) {
    int y = row * shape.strideHeight() - shape.padTop() - firstRow(block);
    int x = column * shape.strideWidth() - shape.padLeft() - firstColumn(block);
    return (y * width + x) * LANES;
  }

  void load(Operands operands, PixelBlock block, int vector, float[] scratch) {
    int first = vector * LANES / multiplier;
    int end = (Math.min(vector * LANES + LANES, shape.filters()) - 1) / multiplier + 1;
    int from = Math.max(0, firstColumn(block));
    int to = Math.min(shape.width(), firstColumn(block) + width);
    int left = Math.clamp(from - firstColumn(block), 0, width);
    int right = Math.max(left, to - firstColumn(block));
    int lastRow = endRow(block);
    if (!padded && !channelsLast) {
      // Rows as wide as the image follow one another: one long row.
      int pixels = (lastRow - firstRow(block)) * width;
      row(operands, block, firstRow(block), 0, pixels, first, end - first, scratch, 0);
      lastRow = firstRow(block);
      expand(vector, scratch, 0, pixels);
    }
    for (int y = firstRow(block); y < lastRow; y++) {
      int at = (y - firstRow(block)) * rowStep();
      Arrays.fill(scratch, at, at + left * LANES, 0);
      Arrays.fill(scratch, at + right * LANES, at + rowStep(), 0);
      if (from < to) {
        row(operands, block, y, from, to - from, first, end - first, scratch, at + left * LANES);
        expand(vector, scratch, at + left * LANES, to - from);
      }
    }
  }

  private void row(
      Operands operands,
      PixelBlock block,
      int y,
      int x,
      int pixels,
      int channel,
      int channels,
      float[] scratch,
      int at) {
    if (channelsLast) {
      int from =
          operands.srcOffset
              + ((block.image() * shape.height() + y) * shape.width() + x) * shape.channels()
              + channel;
      gather(operands.src, from, shape.channels(), channels, pixels, scratch, at);
    } else {
      int plane = shape.height() * shape.width();
      int from =
          operands.srcOffset
              + (block.image() * shape.channels() + channel) * plane
              + y * shape.width()
              + x;
      Transpose.run(operands.src, from, plane, channels, pixels, scratch, at, LANES);
    }
  }

  private static void gather(
      float[] src, int from, int step, int channels, int pixels, float[] dst, int to) {
    if (channels == LANES) {
      for (int i = 0; i < pixels; i++) {
        FloatVector.fromArray(SPECIES, src, from + i * step).intoArray(dst, to + i * LANES);
      }
    } else {
      VectorMask<Float> inside = SPECIES.indexInRange(0, channels);
      for (int i = 0; i < pixels; i++) {
        FloatVector.fromArray(SPECIES, src, from + i * step, inside).intoArray(dst, to + i * LANES);
      }
    }
  }

  /** Gives each lane its own filter's channel. */
  private void expand(int vector, float[] scratch, int at, int pixels) {
    if (multiplier == 1) {
      return;
    }
    FloatVector lane = FloatVector.fromArray(SPECIES, lanes, vector * LANES);
    for (int i = at; i < at + pixels * LANES; i += LANES) {
      lane.selectFrom(FloatVector.fromArray(SPECIES, scratch, i)).intoArray(scratch, i);
    }
  }

  private int firstRow(PixelBlock block) {
    return Math.clamp(
        (long) block.row() * shape.strideHeight() - shape.padTop(), 0, shape.height());
  }

  private int endRow(PixelBlock block) {
    return Math.clamp(
        (block.endRow() - 1L) * shape.strideHeight()
            - shape.padTop()
            + shape.effectiveKernelHeight(),
        firstRow(block),
        shape.height());
  }

  /** Of a padded strip, may be outside. */
  private int firstColumn(PixelBlock block) {
    return padded ? block.column() * shape.strideWidth() - shape.padLeft() : 0;
  }
}

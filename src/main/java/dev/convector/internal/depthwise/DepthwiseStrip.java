package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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
  private final int vectorStep;

  /** For each filter, its channel counted from the first one of its vector, as a float. */
  private final float[] lanes;

  DepthwiseStrip(
      ConvShape shape, boolean channelsLast, boolean padded, int blockRows, int blockColumns) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.padded = padded;
    this.multiplier = shape.groupFilters();
    this.width = width(shape, padded, blockColumns);
    this.vectorStep = Math.toIntExact(floats(shape, padded, blockRows, blockColumns));
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
    int y = row * shape.strideHeight() - shape.padTop() - block.inputRow(shape);
    int x = column * shape.strideWidth() - shape.padLeft() - firstColumn(block);
    return (y * width + x) * LANES;
  }

  /** Floats from a vector of filters to the next. */
  int vectorStep() {
    return vectorStep;
  }

  void load(Operands operands, PixelBlock block, int fromVector, int toVector, float[] scratch) {
    int from = Math.max(0, firstColumn(block));
    int to = Math.min(shape.width(), firstColumn(block) + width);
    int left = Math.clamp(from - firstColumn(block), 0, width);
    int right = Math.max(left, to - firstColumn(block));
    if (!padded && !channelsLast) {
      // Rows as wide as the image follow one another: one long row.
      int pixels = (block.endInputRow(shape) - block.inputRow(shape)) * width;
      int first = block.inputRow(shape) * width;
      row(operands, block, first, pixels, fromVector, toVector, scratch, 0);
      return;
    }
    for (int y = block.inputRow(shape); y < block.endInputRow(shape); y++) {
      int at = (y - block.inputRow(shape)) * rowStep();
      for (int v = 0; v < toVector - fromVector; v++) {
        int start = at + v * vectorStep;
        Arrays.fill(scratch, start, start + left * LANES, 0);
        Arrays.fill(scratch, start + right * LANES, start + rowStep(), 0);
      }
      if (from < to) {
        int start = at + left * LANES;
        int first = y * shape.width() + from;
        row(operands, block, first, to - from, fromVector, toVector, scratch, start);
      }
    }
  }

  /** Loads neighbouring pixels of all vectors, from one of the block's image on. */
  private void row(
      Operands operands,
      PixelBlock block,
      int pixel,
      int pixels,
      int fromVector,
      int toVector,
      float[] scratch,
      int at) {
    int whole = multiplier == 1 ? Math.min(toVector, shape.channels() / LANES) : 0;
    if (channelsLast && fromVector < whole) {
      int from = pixelOffset(operands, block, pixel) + fromVector * LANES;
      int end = (whole - fromVector) * LANES;
      for (int i = 0; i < pixels; i++) {
        int to = at + i * LANES;
        for (int c = 0; c < end; c += LANES) {
          FloatVector.fromArray(SPECIES, operands.src, from + i * shape.channels() + c)
              .intoArray(scratch, to + c / LANES * vectorStep);
        }
      }
      at += (whole - fromVector) * vectorStep;
      fromVector = whole;
    }
    for (int v = fromVector; v < toVector; v++, at += vectorStep) {
      int first = v * LANES / multiplier;
      int end = (Math.min(v * LANES + LANES, shape.filters()) - 1) / multiplier + 1;
      if (channelsLast) {
        int from = pixelOffset(operands, block, pixel) + first;
        gather(operands.src, from, shape.channels(), end - first, pixels, scratch, at);
      } else {
        int plane = shape.height() * shape.width();
        int from = operands.srcOffset + (block.image() * shape.channels() + first) * plane + pixel;
        Transpose.run(operands.src, from, plane, end - first, pixels, scratch, at, LANES);
      }
      expand(v, scratch, at, pixels);
    }
  }

  private int pixelOffset(Operands operands, PixelBlock block, int pixel) {
    return operands.srcOffset
        + (block.image() * shape.height() * shape.width() + pixel) * shape.channels();
  }

  /** Lanes beyond the channels hold whatever follows in memory; no output takes them. */
  private static void gather(
      float[] src, int from, int step, int channels, int pixels, float[] dst, int to) {
    // The pixels for which reading whole vectors stays inside the array.
    int whole = Math.clamp(Math.floorDiv(src.length - LANES - from, step) + 1, 0, pixels);
    for (int i = 0; i < whole; i++) {
      FloatVector.fromArray(SPECIES, src, from + i * step).intoArray(dst, to + i * LANES);
    }
    for (int i = whole; i < pixels; i++) {
      System.arraycopy(src, from + i * step, dst, to + i * LANES, channels);
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

  /** Of a padded strip, may be outside. */
  private int firstColumn(PixelBlock block) {
    return padded ? block.column() * shape.strideWidth() - shape.padLeft() : 0;
  }
}

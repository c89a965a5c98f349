package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Unfolds the windows of a block of pixels of a channels-last image into scratch: one row per
 * pixel, its depth in the order of the packed weights, zeros where the window leaves the image. Any
 * range of the depth can be unfolded alone.
 *
 * <p>A row is a sequence of runs, each contiguous in the image: channels-last a kernel row (or a
 * tap, where taps are not neighbours), channels-first a kernel row of one channel. Pixels whose
 * window lies inside the image from left to right are copied together, run by run in whole vectors:
 * what a run writes too much is overwritten by the next, and behind the last run a row has room for
 * a vector.
 */
final class Im2col {
  /**
   * Runs up to this long are copied a vector of every pixel at a time, longer ones a pixel at a
   * time: a first layer's 9 to 33 floats would spend their time in loop heads.
   */
  private static final int SHORT_RUN = 4 * LANES;

  /** For the beginning of a line that is none; that of another may be before the array's. */
  private static final int OUTSIDE = Integer.MIN_VALUE;

  private final ConvShape shape;

  /** Whether a run is a kernel row, not a tap. */
  private final boolean joined;

  private final int runLength;
  private final int runsPerKernelRow;

  /** Floats from one input column to the next. */
  private final int columnStep;

  /** Output columns whose window lies inside the image from left to right. */
  private final int firstInside;

  private final int endInside;

  Im2col(ConvShape shape) {
    this.shape = shape;
    this.joined = shape.dilationWidth() == 1 && shape.groups() == 1;
    this.runLength = joined ? shape.kernelWidth() * shape.channels() : shape.groupChannels();
    this.runsPerKernelRow = joined ? 1 : shape.kernelWidth();
    this.columnStep = shape.channels();
    int lastOrigin = shape.width() - shape.effectiveKernelWidth() + shape.padLeft();
    this.firstInside = Math.ceilDiv(shape.padLeft(), shape.strideWidth());
    this.endInside = Math.max(firstInside, Math.floorDiv(lastOrigin, shape.strideWidth()) + 1);
  }

  /** Floats of a pixel's window. */
  static int depth(ConvShape shape) {
    return shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
  }

  /** Floats from one row to the next when rows of so much depth are unfolded. */
  static int pitch(int depth) {
    return depth + LANES;
  }

  /** Unfolds depth {@code [from, to)} of every pixel of the block to the beginning of scratch. */
  void unfold(BlockRun block, int group, int from, int to, int pitch) {
    float[] src = block.operands.src;
    float[] rows = block.scratch.floats;
    int image =
        block.operands.srcOffset + block.image * shape.channels() * shape.height() * shape.width();
    int inside = Math.clamp(firstInside, block.column, block.endColumn);
    int outside = Math.clamp(endInside, inside, block.endColumn);
    int at = 0;
    for (int row = block.row; row < block.endRow; row++) {
      int y = row * shape.strideHeight() - shape.padTop();
      for (int run = from / runLength; run * runLength < to; run++) {
        int begin = Math.max(from, run * runLength);
        int length = Math.min(to, (run + 1) * runLength) - begin;
        int shift = begin - run * runLength;
        int line = line(run, y);
        int tap = joined ? 0 : run % runsPerKernelRow * shape.dilationWidth();
        int start =
            line < 0
                ? OUTSIDE
                : image + line * shape.width() * columnStep + group * shape.groupChannels();
        int target = at + begin - from;
        for (int column = block.column; column < inside; column++) {
          edge(src, start, tap, column, shift, length, rows, target);
          target += pitch;
        }
        int x = inside * shape.strideWidth() - shape.padLeft() + tap;
        int source = start + x * columnStep + shift;
        int step = shape.strideWidth() * columnStep;
        int count = outside - inside;
        copy(src, line < 0 ? -1 : source, step, count, length, rows, target, pitch);
        target += count * pitch;
        for (int column = outside; column < block.endColumn; column++) {
          edge(src, start, tap, column, shift, length, rows, target);
          target += pitch;
        }
      }
      at += block.width() * pitch;
    }
  }

  /** The image row that a run reads, or -1 outside. */
  private int line(int run, int y) {
    int kernelRow = run / runsPerKernelRow % shape.kernelHeight();
    int line = y + kernelRow * shape.dilationHeight();
    return line < 0 || line >= shape.height() ? -1 : line;
  }

  /** One pixel's run, which may leave the image at the left or the right. */
  private void edge(
      float[] src,
      int start,
      int tap,
      int column,
      int shift,
      int length,
      float[] rows,
      int target) {
    int x = column * shape.strideWidth() - shape.padLeft() + tap;
    // A run of one tap is inside or outside; a kernel row may be partly inside.
    int first = Math.max(0, -x * columnStep - shift);
    int last = Math.min(length, (shape.width() - x) * columnStep - shift);
    if (!joined && x >= 0 && x < shape.width()) {
      last = length;
    }
    boolean empty = start == OUTSIDE || first >= last || (!joined && (x < 0 || x >= shape.width()));
    if (empty) {
      Arrays.fill(rows, target, target + length, 0);
      return;
    }
    Arrays.fill(rows, target, target + first, 0);
    System.arraycopy(
        src, start + x * columnStep + shift + first, rows, target + first, last - first);
    Arrays.fill(rows, target + last, target + length, 0);
  }

  /** The same run of {@code count} neighbouring pixels; zeros if the source is negative. */
  private static void copy(
      float[] src,
      int source,
      int step,
      int count,
      int length,
      float[] rows,
      int target,
      int pitch) {
    if (source < 0) {
      for (int q = 0; q < count; q++) {
        Arrays.fill(rows, target + q * pitch, target + q * pitch + length, 0);
      }
      return;
    }
    // The pixels for which reading whole vectors stays inside the array.
    int rounded = Simd.roundUp(length);
    int whole = Math.clamp(Math.floorDiv(src.length - rounded - source, step) + 1, 0, count);
    if (length <= SHORT_RUN) {
      for (int j = 0; j < length; j += LANES) {
        for (int q = 0; q < whole; q++) {
          FloatVector.fromArray(SPECIES, src, source + j + q * step)
              .intoArray(rows, target + j + q * pitch);
        }
      }
    } else {
      for (int q = 0; q < whole; q++) {
        copyLong(src, source + q * step, rows, target + q * pitch, length);
      }
    }
    for (int q = whole; q < count; q++) {
      System.arraycopy(src, source + q * step, rows, target + q * pitch, length);
    }
  }

  private static void copyLong(float[] src, int from, float[] rows, int to, int length) {
    for (int j = 0; j < length; j += LANES) {
      FloatVector.fromArray(SPECIES, src, from + j).intoArray(rows, to + j);
    }
  }
}

package dev.convector.internal.gemm;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.pack.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Unfolds the windows of a block of pixels into scratch: one row per pixel, its depth in the order
 * of the packed weights, zeros where the window leaves the image. Any range of the depth can be
 * unfolded alone.
 *
 * <p>A row is a sequence of runs, each contiguous in the image: channels-last a kernel row (or a
 * tap, where taps are not neighbours), channels-first a kernel row of one channel. Runs are copied
 * by whole vectors in ascending order, each overwriting what the one before wrote too much, so that
 * the scratch needs {@link #SLACK} floats behind its end.
 */
final class Im2col {
  /** Floats that may be written behind the last row. */
  static final int SLACK = LANES;

  private final ConvShape shape;
  private final boolean channelsLast;
  private final int depth;

  /** Runs of one tap each, or of a kernel row. */
  private final boolean joined;

  private final int runLength;

  Im2col(ConvShape shape, boolean channelsLast) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    this.joined = shape.dilationWidth() == 1 && (!channelsLast || shape.groups() == 1);
    int tapLength = channelsLast ? shape.groupChannels() : 1;
    this.runLength = joined ? shape.kernelWidth() * tapLength : tapLength;
  }

  int depth() {
    return depth;
  }

  /**
   * Unfolds depth {@code [from, to)} of every pixel of the block; rows start {@code rowFloats}
   * apart, at least {@code to - from}.
   */
  void unfold(
      float[] src,
      int srcOffset,
      PixelBlock block,
      int group,
      int from,
      int to,
      float[] rows,
      int rowFloats) {
    int image = srcOffset + block.image() * shape.channels() * shape.height() * shape.width();
    if (isPointwise() && !channelsLast) {
      transpose(src, image, block, group, from, to, rows, rowFloats);
      return;
    }
    int at = 0;
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = row * shape.strideHeight() - shape.padTop();
      for (int column = block.column(); column < block.endColumn(); column++) {
        int x = column * shape.strideWidth() - shape.padLeft();
        if (channelsLast) {
          unfoldPixel(src, image, y, x, group, from, to, rows, at);
        } else {
          unfoldPlanes(src, image, y, x, group, from, to, rows, at);
        }
        at += rowFloats;
      }
    }
  }

  private boolean isPointwise() {
    return depth == shape.groupChannels()
        && shape.strideWidth() == 1
        && shape.padTop() + shape.padLeft() + shape.padBottom() + shape.padRight() == 0;
  }

  private void transpose(
      float[] src,
      int image,
      PixelBlock block,
      int group,
      int from,
      int to,
      float[] rows,
      int rowFloats) {
    int plane = shape.height() * shape.width();
    int first = image + (group * shape.groupChannels() + from) * plane;
    int at = 0;
    for (int row = block.row(); row < block.endRow(); row++) {
      Transpose.run(
          src,
          first + row * shape.strideHeight() * shape.width() + block.column(),
          plane,
          to - from,
          block.columns(),
          rows,
          at,
          rowFloats);
      at += block.columns() * rowFloats;
    }
  }

  /** Channels-last: runs in the order kernel row, kernel column. */
  private void unfoldPixel(
      float[] src, int image, int y, int x, int group, int from, int to, float[] rows, int at) {
    int width = shape.width();
    int channels = shape.channels();
    int runsPerRow = joined ? 1 : shape.kernelWidth();
    for (int run = from / runLength; run * runLength < to; run++) {
      int line = y + run / runsPerRow * shape.dilationHeight();
      int tap = x + run % runsPerRow * shape.dilationWidth();
      int begin = Math.max(from, run * runLength) - run * runLength;
      int end = Math.min(to, (run + 1) * runLength) - run * runLength;
      int first = begin;
      int last = end;
      if (line < 0 || line >= shape.height()) {
        last = first;
      } else if (joined) {
        first = Math.max(begin, -tap * channels);
        last = Math.min(end, (width - tap) * channels);
      } else if (tap < 0 || tap >= width) {
        last = first;
      }
      int source = image + (line * width + tap) * channels + group * shape.groupChannels();
      int target = at + run * runLength - from;
      copyRun(src, source, begin, first, last, end, rows, target);
    }
  }

  /** Channels-first: runs in the order channel, kernel row (, kernel column). */
  private void unfoldPlanes(
      float[] src, int image, int y, int x, int group, int from, int to, float[] rows, int at) {
    int height = shape.height();
    int width = shape.width();
    int runsPerRow = joined ? 1 : shape.kernelWidth();
    int runsPerChannel = shape.kernelHeight() * runsPerRow;
    for (int run = from / runLength; run * runLength < to; run++) {
      int channel = group * shape.groupChannels() + run / runsPerChannel;
      int inChannel = run % runsPerChannel;
      int line = y + inChannel / runsPerRow * shape.dilationHeight();
      int tap = x + inChannel % runsPerRow * shape.dilationWidth();
      int begin = Math.max(from, run * runLength) - run * runLength;
      int end = Math.min(to, (run + 1) * runLength) - run * runLength;
      int first = Math.max(begin, -tap);
      int last = line < 0 || line >= height ? first : Math.min(end, width - tap);
      int source = image + (channel * height + line) * width + tap;
      copyRun(src, source, begin, first, last, end, rows, at + run * runLength - from);
    }
  }

  /**
   * Writes elements {@code [begin, end)} of a run: those in {@code [first, last)} from the image,
   * the others as zeros.
   */
  private static void copyRun(
      float[] src, int source, int begin, int first, int last, int end, float[] rows, int target) {
    if (first >= last) {
      Arrays.fill(rows, target + begin, target + end, 0);
      return;
    }
    for (int i = begin; i < first; i++) {
      rows[target + i] = 0;
    }
    int i = first;
    for (; i < last && source + i + LANES <= src.length; i += LANES) {
      FloatVector.fromArray(SPECIES, src, source + i).intoArray(rows, target + i);
    }
    for (; i < last; i++) {
      rows[target + i] = src[source + i];
    }
    for (i = last; i < end; i++) {
      rows[target + i] = 0;
    }
  }
}

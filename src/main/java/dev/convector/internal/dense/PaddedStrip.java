package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;
import java.util.List;

/**
 * The part of an image that a block of output pixels needs, in scratch: {@code
 * [rows][columns][channels]}, with zeros where it reaches beyond the image. For few channels: a
 * channels-first image is interleaved an element at a time.
 */
final class PaddedStrip {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final int rows;
  private final int columns;

  PaddedStrip(ConvShape shape, boolean channelsLast, List<PixelBlock> blocks) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    int tallest = blocks.stream().mapToInt(PixelBlock::rows).max().orElseThrow();
    int widest = blocks.stream().mapToInt(PixelBlock::columns).max().orElseThrow();
    this.rows = (tallest - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    this.columns = (widest - 1) * shape.strideWidth() + shape.effectiveKernelWidth();
  }

  int floats() {
    return rows * rowStep();
  }

  /** Floats from one row to the next. */
  int rowStep() {
    return columns * shape.channels();
  }

  /** Rows that a block needs, the first of them the one of its first tap. */
  int rows(PixelBlock block) {
    return (block.rows() - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
  }

  /** Loads what a block needs, from an index of scratch on. */
  void load(Operands operands, PixelBlock block, float[] scratch, int at) {
    int channels = shape.channels();
    int firstRow = block.row() * shape.strideHeight() - shape.padTop();
    int x = block.column() * shape.strideWidth() - shape.padLeft();
    int left = Math.clamp(-x, 0, columns);
    int right = Math.clamp((long) shape.width() - x, left, columns);
    for (int i = 0; i < rows(block); i++) {
      int to = at + i * rowStep();
      int y = firstRow + i;
      if (y < 0 || y >= shape.height() || left == right) {
        Arrays.fill(scratch, to, to + rowStep(), 0);
        continue;
      }
      Arrays.fill(scratch, to, to + left * channels, 0);
      inside(operands, block.image(), y, x + left, right - left, scratch, to + left * channels);
      Arrays.fill(scratch, to + right * channels, to + rowStep(), 0);
    }
  }

  /** Neighbouring pixels of one row. */
  private void inside(
      Operands operands, int image, int y, int x, int pixels, float[] scratch, int to) {
    int channels = shape.channels();
    int plane = shape.height() * shape.width();
    int pixel = y * shape.width() + x;
    int from = operands.srcOffset + image * plane * channels;
    if (channelsLast) {
      System.arraycopy(operands.src, from + pixel * channels, scratch, to, pixels * channels);
      return;
    }
    for (int c = 0; c < channels; c++) {
      interleave(operands.src, from + c * plane + pixel, pixels, scratch, to + c, channels);
    }
  }

  private static void interleave(float[] src, int from, int count, float[] dst, int to, int step) {
    for (int i = 0; i < count; i++) {
      dst[to + i * step] = src[from + i];
    }
  }
}

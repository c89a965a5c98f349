package dev.convector.internal.transposed;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Reach;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;

/**
 * The part of an image that a block of the output sees, in scratch: {@code
 * [channels][rows][pitch]}, with zeros where that reaches beyond the image.
 */
final class PixelPlanes {
  private final TransposedProblem problem;
  private final Reach rowReach;
  private final Reach columnReach;
  private final int pitch;
  private final int planeFloats;

  /** Floats that a kernel reads beyond the last plane. */
  private final int beyond;

  PixelPlanes(TransposedProblem problem, PixelBlocks blocks, int beyond) {
    this.problem = problem;
    this.rowReach = Reach.of(problem.shape().rows());
    this.columnReach = Reach.of(problem.shape().columns());
    this.pitch = Math.toIntExact(columnReach.most(blocks.mostColumns()));
    long rows = rowReach.most(blocks.mostRows());
    this.planeFloats = Math.toIntExact(planeFloats(rows * pitch));
    this.beyond = beyond;
  }

  /** An odd number of lines, so that a pixel's channels lie in different sets of the cache. */
  private static long planeFloats(long floats) {
    return (Math.ceilDiv(floats, AlignedFloats.LINE) | 1) * AlignedFloats.LINE;
  }

  /** Floats for blocks of so many pixels; may be more than an array can hold. */
  static long floats(TransposedProblem problem, int pixels, int beyond) {
    int width = problem.shape().outputWidth();
    int rows = Math.clamp(pixels / width, 1, problem.shape().outputHeight());
    long area =
        Reach.of(problem.shape().rows()).most(rows)
            * Reach.of(problem.shape().columns()).most(Math.min(pixels, width));
    return problem.shape().channels() * planeFloats(area) + beyond;
  }

  int floats() {
    return problem.shape().channels() * planeFloats + beyond;
  }

  int pitch() {
    return pitch;
  }

  /** How far a channel's tap lies from the first channel's first one. */
  int step(int channel, int rows, int columns) {
    return channel * planeFloats + rows * pitch + columns;
  }

  /** Where an input pixel's first channel lies. */
  int offset(BlockRun run, int y, int x) {
    return (y - rowReach.first(run.row)) * pitch + x - columnReach.first(run.column);
  }

  void load(BlockRun run) {
    float[] scratch = run.scratch.floats;
    int height = problem.shape().height();
    int width = problem.shape().width();
    int left = columnReach.first(run.column);
    int from = Math.clamp(left, 0, width);
    int to = Math.clamp(columnReach.end(run.endColumn), from, width);
    int channels = problem.shape().channels();
    int end = rowReach.end(run.endRow);
    for (int y = rowReach.first(run.row); y < end; y++) {
      boolean inside = y >= 0 && y < height && from < to;
      int line = offset(run, y, left);
      for (int c = 0; c < channels; c++) {
        int at = line + c * planeFloats;
        Arrays.fill(scratch, at, at + (inside ? from - left : pitch), 0);
        Arrays.fill(scratch, at + (inside ? to - left : pitch), at + pitch, 0);
      }
      if (inside) {
        row(run, y, from, to, line + from - left);
      }
    }
    Arrays.fill(scratch, channels * planeFloats, channels * planeFloats + beyond, 0);
  }

  private void row(BlockRun run, int y, int from, int to, int at) {
    float[] src = run.operands.src;
    float[] scratch = run.scratch.floats;
    int channels = problem.shape().channels();
    int width = problem.shape().width();
    int pixels = problem.shape().height() * width;
    if (problem.channelsLast()) {
      int pixel = run.image * pixels + y * width + from;
      int source = run.operands.srcOffset + pixel * channels;
      Transpose.run(src, source, channels, to - from, channels, scratch, at, planeFloats);
      return;
    }
    int plane = run.operands.sourcePlane(pixels);
    int source = run.operands.srcOffset + run.image * channels * plane + y * width + from;
    for (int c = 0; c < channels; c++) {
      System.arraycopy(src, source + c * plane, scratch, at + c * planeFloats, to - from);
    }
  }
}

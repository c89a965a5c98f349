package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The moves between a panel's staging area, {@code [pixels][staged step]}, and the images of output
 * and residual in either layout.
 */
final class StagedResults {
  private final ConvShape shape;
  private final boolean channelsLast;

  /** Whether all filters are one panel that is staged as it lies in the output. */
  private final boolean stagesAll;

  private final int outputWidth;
  private final int planeSize;

  StagedResults(ConvShape shape, boolean channelsLast, boolean stagesAll) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.stagesAll = stagesAll;
    this.outputWidth = shape.outputWidth();
    this.planeSize = shape.outputHeight() * outputWidth;
  }

  /** Brings the residual to the staging area, without the bias. */
  void residual(BlockRun run) {
    float[] residual = run.operands.residual;
    float[] staged = run.scratch.floats;
    int to = run.staging;
    if (channelsLast) {
      for (int row = run.row; row < run.row + run.lines(); row++) {
        int from =
            run.operands.residualOffset + pixelOffset(run, row, shape.filters()) + run.filter;
        if (stagesAll) {
          int floats = run.width() * run.columns;
          System.arraycopy(residual, from, staged, to, floats);
          to += floats;
          continue;
        }
        for (int q = 0; q < run.width(); q++, from += shape.filters(), to += run.stagedStep) {
          copy(residual, from, staged, to, run.columns);
        }
      }
      return;
    }
    int length = lineLength(run);
    int plane = run.operands.resultPlane(planeSize);
    for (int line = 0; line < lines(run); line++) {
      int from = run.operands.residualOffset + planeOffset(run, line, plane);
      Transpose.run(residual, from, plane, run.columns, length, staged, to, run.stagedStep);
      to += length * run.stagedStep;
    }
  }

  /** Moves staged results to the output. */
  void unstage(BlockRun run) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int from = run.staging;
    if (channelsLast) {
      int step = run.operands.resultPixel(shape.filters());
      for (int row = run.row; row < run.row + run.lines(); row++) {
        int to = run.operands.dstOffset + pixelOffset(run, row, step) + run.filter;
        unstage(run, from, to, run.width());
        from += run.width() * run.stagedStep;
      }
      return;
    }
    int length = lineLength(run);
    int plane = run.operands.resultPlane(planeSize);
    for (int line = 0; line < lines(run); line++) {
      int to = run.operands.dstOffset + planeOffset(run, line, plane);
      Transpose.run(staged, from, run.stagedStep, length, run.columns, dst, to, plane);
      from += length * run.stagedStep;
    }
  }

  /** Moves the last pixels of a block that overlaps. */
  void unstageEnd(BlockRun run) {
    int first = run.pixels() - run.stagedEnd;
    int from = run.staging + first * run.stagedStep;
    unstage(run, from, run.outputOffset + first * run.pixelStep, run.stagedEnd);
  }

  /** Channels-last, so many neighbouring pixels. */
  private void unstage(BlockRun run, int from, int to, int pixels) {
    if (stagesAll && !run.operands.hasResultDistance()) {
      System.arraycopy(run.scratch.floats, from, run.operands.dst, to, pixels * run.columns);
      return;
    }
    int whole = run.columns / LANES * LANES;
    for (int j = 0; j < whole; j += LANES) {
      copyVectors(run, from + j, to + j, pixels);
    }
    if (whole < run.columns) {
      copyTails(run, from + whole, to + whole, pixels, Simd.first(run.columns - whole));
    }
  }

  /** Moves a vector of filters of a row's pixels; a call for each pixel takes 20 cycles. */
  private void copyVectors(BlockRun run, int from, int to, int pixels) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int step = run.stagedStep;
    int pixel = run.operands.resultPixel(shape.filters());
    for (int q = 0; q < pixels; q++, from += step, to += pixel) {
      FloatVector.fromArray(SPECIES, staged, from).intoArray(dst, to);
    }
  }

  /**
   * Moves a row's pixels of less than a vector of filters, which is faster than by elements; but
   * near the end of dst C2 may keep a mask for each, 24 bytes, when it looks for lanes beyond the
   * end.
   */
  private void copyTails(BlockRun run, int from, int to, int pixels, VectorMask<Float> tail) {
    float[] staged = run.scratch.floats;
    float[] dst = run.operands.dst;
    int step = run.stagedStep;
    int pixel = run.operands.resultPixel(shape.filters());
    for (int q = 0; q < pixels; q++, from += step, to += pixel) {
      if (to > dst.length - LANES) {
        copy(staged, from, dst, to, tail.trueCount());
      } else {
        FloatVector.fromArray(SPECIES, staged, from).intoArray(dst, to, tail);
      }
    }
  }

  /** Of pixels that follow one another in a plane: rows as wide as the output are one an image. */
  private int lines(BlockRun run) {
    return run.width() == outputWidth ? run.images : run.lines();
  }

  private int lineLength(BlockRun run) {
    return run.pixels() / lines(run);
  }

  /**
   * Index in channels-last images of filter 0 of the rectangle's first pixel of a row.
   *
   * @param step floats from one pixel to the next
   */
  int pixelOffset(BlockRun run, int row, int step) {
    return (run.image * planeSize + row * outputWidth + run.column) * step;
  }

  /**
   * Index in a channels-first image of the first pixel of a line, for the first filter.
   *
   * @param plane floats from one filter's plane to the next
   */
  private int planeOffset(BlockRun run, int line, int plane) {
    boolean whole = run.width() == outputWidth;
    int image = run.image + (whole ? line : 0);
    int row = run.row + (whole ? 0 : line);
    return (image * shape.filters() + run.filter) * plane + row * outputWidth + run.column;
  }

  /**
   * Whole vectors, the last one ending with the last float, and up to a vector a loop: both cost
   * less than the call of a copying routine.
   */
  static void copy(float[] from, int fromOffset, float[] to, int toOffset, int count) {
    if (count < LANES) {
      for (int i = 0; i < count; i++) {
        to[toOffset + i] = from[fromOffset + i];
      }
      return;
    }
    for (int i = 0; i < count - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, from, fromOffset + i).intoArray(to, toOffset + i);
    }
    int last = count - LANES;
    FloatVector.fromArray(SPECIES, from, fromOffset + last).intoArray(to, toOffset + last);
  }
}

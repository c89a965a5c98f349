package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;

/**
 * The gradient of a depthwise convolution of channels-last images, channels in the lanes: both
 * images are read where they lie, row by row of the output. Of the pixels whose windows reach into
 * the padding each is a row of its own.
 *
 * <p>A unit has some vectors of channels and goes through all pixels. The last vector ends with the
 * last channel; of those that it shares with the one before nothing is stored.
 */
final class DepthwiseGradient implements GradientWork {
  private final GradientProblem problem;
  private final GradientImage x;
  private final GradientImage y;
  private final GradientAxis rows;
  private final GradientAxis columns;

  /** The outputs of a row whose windows lie inside the image, {@code [begin, end)}. */
  private final int begin;

  private final int end;

  DepthwiseGradient(GradientProblem problem) {
    this.problem = problem;
    this.x = problem.x();
    this.y = problem.y();
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.begin = begin(columns);
    this.end = end(columns);
  }

  private static int begin(GradientAxis columns) {
    return columns.firstInside(0, columns.outputs(), 0);
  }

  private static int end(GradientAxis columns) {
    int last = (columns.taps() - 1) * columns.dilation();
    return Math.max(begin(columns), columns.endInside(0, columns.outputs(), last));
  }

  /** Whether it is such a convolution, and scratch suffices. */
  static boolean accepts(GradientProblem problem) {
    return problem.channelsLast()
        && problem.groups() == problem.channels()
        && problem.groups() == problem.filters()
        && problem.groups() >= LANES
        && (long) problem.area() * LANES <= Blocking.GRADIENT_SUMS_FLOATS;
  }

  /** Whether most windows lie inside the image. */
  static boolean pays(GradientProblem problem) {
    int inside = end(problem.columns()) - begin(problem.columns());
    return 2 * inside >= problem.columns().outputs();
  }

  private int vectors() {
    return Math.ceilDiv(problem.channels(), LANES);
  }

  /** Of a unit. */
  private int mostVectors() {
    int fitting = Blocking.GRADIENT_SUMS_FLOATS / (problem.area() * LANES);
    return Math.min(vectors(), fitting);
  }

  /** Scratch: for each vector of channels the sums of the taps. */
  @Override
  public int scratchFloats() {
    return AlignedFloats.FIRST + mostVectors() * problem.area() * LANES;
  }

  @Override
  public int scratchInts() {
    return 0;
  }

  @Override
  public int units(int threads) {
    int least = Math.ceilDiv(vectors(), mostVectors());
    return least * Split.parts(least, mostVectors(), threads);
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int first = Split.start(vectors(), unit, units);
    int last = Split.start(vectors(), unit + 1, units);
    int floats = (last - first) * problem.area() * LANES;
    Arrays.fill(scratch.floats, AlignedFloats.FIRST, AlignedFloats.FIRST + floats, 0);
    DepthwiseGradientCall call = DepthwiseGradientCall.of(scratch);
    call.x = operands.x;
    call.xStep = columns.stride() * problem.channels();
    call.y = operands.y;
    call.yStep = problem.channels();
    call.sums = scratch.floats;
    call.vectors(first, last, problem.channels() - LANES, problem.area() * LANES);
    for (int n = 0; n < problem.batch(); n++) {
      for (int p = 0; p < rows.outputs(); p++) {
        row(operands, call, n, p);
      }
    }
    call.clear();
    for (int v = first; v < last; v++) {
      int sums = AlignedFloats.FIRST + (v - first) * problem.area() * LANES;
      store(operands, v, sums, scratch.floats);
    }
  }

  /** A row of the output. */
  private void row(GradientOperands operands, DepthwiseGradientCall call, int n, int p) {
    for (int q = 0; q < columns.outputs(); q += call.pixels) {
      call.pixels = q >= begin && q < end ? Math.min(end - q, Blocking.KC) : 1;
      call.yAt = operands.yOffset + y.at(n, 0, p, q);
      for (int r = 0; r < rows.taps(); r++) {
        int row = rows.source(p, r * rows.dilation());
        for (int s = 0; s < columns.taps() && row >= 0; s++) {
          int column = columns.source(q, s * columns.dilation());
          if (column >= 0) {
            int at = operands.xOffset + x.at(n, 0, row, column);
            call.tap(at, AlignedFloats.FIRST + problem.place(r, s) * LANES);
          }
        }
      }
      call.run();
    }
  }

  private void store(GradientOperands operands, int vector, int sums, float[] floats) {
    int channel = Math.min(vector * LANES, problem.channels() - LANES);
    for (int lane = vector * LANES - channel; lane < LANES; lane++) {
      for (int tap = 0; tap < problem.area(); tap++) {
        int to = (channel + lane) * problem.area() + tap;
        operands.putWeight(problem, to, floats[sums + tap * LANES + lane]);
      }
    }
  }
}

package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The gradient of a depthwise convolution, channels in the lanes, row by row of the output. Of the
 * pixels whose windows reach into the padding each is a row of its own. Channels-last images are
 * read where they lie; of others some rows of a vector's channels at a time are turned.
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

  /** Rows of the output that are turned at a time. */
  private final int strip;

  /** How far behind the first tap's sums those of each are. */
  private final int[] places;

  /** Whether kernel rows inside the image are multiplied at a time. */
  private final boolean lines;

  /** The outputs of a row whose windows lie inside the image, {@code [begin, end)}. */
  private final int begin;

  private final int end;

  DepthwiseGradient(GradientProblem problem) {
    this.problem = problem;
    this.x = problem.x();
    this.y = problem.y();
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.lines =
        DepthwiseGradientCall.hasLines(columns.taps(), columns.stride(), columns.dilation());
    this.strip = stripRows(problem);
    int taps = columns.taps();
    this.places =
        IntStream.range(0, problem.area())
            .map(tap -> problem.place(tap / taps, tap % taps) * LANES)
            .toArray();
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
    boolean reads =
        problem.channelsLast() || problem.rows().isZeroOutside() && stripRows(problem) > 0;
    return reads
        && problem.groups() == problem.channels()
        && problem.groups() == problem.filters()
        && problem.groups() >= LANES
        && (long) problem.area() * LANES <= Blocking.GRADIENT_SUMS_FLOATS;
  }

  /**
   * Whether most windows lie inside the image; and turning rows pays where lines are multiplied.
   */
  static boolean pays(GradientProblem problem) {
    GradientAxis columns = problem.columns();
    boolean lines =
        DepthwiseGradientCall.hasLines(columns.taps(), columns.stride(), columns.dilation());
    return 2 * (end(columns) - begin(columns)) >= columns.outputs()
        && (problem.channelsLast() || lines);
  }

  private int vectors() {
    return Math.ceilDiv(problem.channels(), LANES);
  }

  /** Of a unit. */
  private int mostVectors() {
    int fitting = Blocking.GRADIENT_SUMS_FLOATS / (problem.area() * LANES);
    return Math.min(vectors(), fitting);
  }

  /** Rows of the output that are turned at a time, with those of the input that they read. */
  private static int stripRows(GradientProblem problem) {
    int rows = 0;
    while (rows < problem.rows().outputs()
        && turnedFloats(problem, rows + 1) <= Blocking.GRADIENT_PLANES_FLOATS) {
      rows++;
    }
    return rows;
  }

  private static long turnedFloats(GradientProblem problem, int rows) {
    GradientAxis axis = problem.rows();
    long span = (rows - 1L) * axis.stride() + (axis.taps() - 1L) * axis.dilation() + 1;
    long read = Math.min(axis.inputs(), span) * problem.columns().inputs();
    return (read + (long) rows * problem.columns().outputs()) * LANES;
  }

  /** Scratch: for each vector of channels the sums of the taps; turned rows, or turned sums. */
  @Override
  public int scratchFloats() {
    int weights = problem.area() * LANES;
    int turned = problem.channelsLast() ? 0 : Math.toIntExact(turnedFloats(problem, strip));
    return turnedStart() + Math.max(weights, turned);
  }

  private int turnedStart() {
    return AlignedFloats.next(AlignedFloats.FIRST + mostVectors() * problem.area() * LANES);
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
    call.sums = scratch.floats;
    for (int n = 0; n < problem.batch(); n++) {
      if (problem.channelsLast()) {
        call.vectors(first, last, problem.channels() - LANES, problem.area() * LANES);
        inPlace(operands, call, n);
      } else {
        for (int v = first; v < last; v++) {
          int sums = AlignedFloats.FIRST + (v - first) * problem.area() * LANES;
          turned(operands, call, n, v, sums, scratch.floats);
        }
      }
    }
    call.clear();
    for (int v = first; v < last; v++) {
      int sums = AlignedFloats.FIRST + (v - first) * problem.area() * LANES;
      store(operands, v, sums, scratch.floats);
    }
  }

  private void inPlace(GradientOperands operands, DepthwiseGradientCall call, int n) {
    call.x = operands.x;
    call.y = operands.y;
    call.yStep = problem.channels();
    int xAt = operands.xOffset + x.at(n, 0, 0, 0);
    int yAt = operands.yOffset + y.at(n, 0, 0, 0);
    for (int p = 0; p < rows.outputs(); p++) {
      row(call, xAt, yAt, AlignedFloats.FIRST, p);
    }
  }

  /** A vector of channels of an image. */
  private void turned(
      GradientOperands operands,
      DepthwiseGradientCall call,
      int n,
      int vector,
      int sums,
      float[] floats) {
    call.vectors(0, 1, 0, 0);
    call.x = floats;
    call.y = floats;
    call.yStep = LANES;
    int channel = Math.min(vector * LANES, problem.channels() - LANES);
    for (int p = 0; p < rows.outputs(); p += strip) {
      int end = Math.min(rows.outputs(), p + strip);
      int xFrom = rows.leastRead(p);
      int xEnd = Math.max(xFrom, rows.endRead(end - 1));
      int xAt = turnedStart();
      int yAt = xAt + (xEnd - xFrom) * x.width() * LANES;
      int xFirst = operands.xOffset + x.at(n, channel, 0, 0) + xFrom * x.width();
      int yFirst = operands.yOffset + y.at(n, channel, 0, 0) + p * y.width();
      turn(operands.x, xFirst, x, xEnd - xFrom, floats, xAt);
      turn(operands.y, yFirst, y, end - p, floats, yAt);
      for (int i = p; i < end; i++) {
        row(call, xAt - xFrom * x.width() * LANES, yAt - p * y.width() * LANES, sums, i);
      }
    }
  }

  private static void turn(
      float[] from, int at, GradientImage image, int rows, float[] to, int toAt) {
    int pixels = rows * image.width();
    if (pixels > 0) {
      Transpose.run(from, at, image.channelStep(), LANES, pixels, to, toAt, LANES);
    }
  }

  /**
   * A row of the output.
   *
   * @param xAt index of channel 0 of the first pixel of row 0
   * @param yAt the same of the output's gradient
   * @param sums index of the first tap's
   */
  private void row(DepthwiseGradientCall call, int xAt, int yAt, int sums, int p) {
    int pixel = call.yStep;
    call.xStep = columns.stride() * pixel;
    for (int q = 0; q < columns.outputs(); q += call.pixels) {
      boolean inside = q >= begin && q < end;
      call.pixels = inside ? Math.min(end - q, Blocking.KC) : 1;
      call.lines(inside && lines ? columns.taps() : 0, columns.stride());
      call.yAt = yAt + (p * y.width() + q) * pixel;
      for (int r = 0; r < rows.taps(); r++) {
        int row = rows.source(p, r * rows.dilation());
        for (int s = 0; s < columns.taps() && row >= 0; s++) {
          int column = columns.source(q, s * columns.dilation());
          if (column >= 0) {
            int at = xAt + (row * x.width() + column) * pixel;
            call.tap(at, sums + places[r * columns.taps() + s]);
          }
        }
      }
      call.run();
    }
  }

  /** Turns a vector of sums for each tap into the taps of each channel. */
  private void store(GradientOperands operands, int vector, int sums, float[] floats) {
    int channel = Math.min(vector * LANES, problem.channels() - LANES);
    int lane = vector * LANES - channel;
    int area = problem.area();
    int to = turnedStart();
    Transpose.run(floats, sums + lane, LANES, area, LANES - lane, floats, to, area);
    int count = (LANES - lane) * area;
    operands.putWeights(problem, floats, to, (channel + lane) * area, count);
  }
}

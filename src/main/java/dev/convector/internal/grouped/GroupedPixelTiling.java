package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;

/** How a convolution with pixels in the lanes is cut: into tiles, strips and windows of groups. */
final class GroupedPixelTiling {
  /** Of a window of groups, channels-last. */
  private static final int WINDOW_CHANNELS = 2 * LANES;

  private GroupedPixelTiling() {}

  private static int mostStripFloats(ConvProblem problem) {
    return problem.shape().groups() == 1 || problem.channelsLast()
        ? Blocking.DENSE_PIXEL_STRIP_FLOATS
        : Blocking.GROUPED_PIXEL_STRIP_FLOATS;
  }

  /** Groups that are loaded together: so many that lines are read once or twice. */
  static int window(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!problem.channelsLast()) {
      return 1;
    }
    int windows = Math.ceilDiv(s.channels(), WINDOW_CHANNELS);
    return Math.ceilDiv(s.groups(), windows);
  }

  private static long stripFloats(ConvProblem problem, int rows) {
    return GroupedPixelStrip.floats(problem.shape(), window(problem), rows);
  }

  /** Filters of a tile. */
  static int filters(ConvShape shape) {
    int filters = shape.groupFilters();
    if (!Simd.MANY_REGISTERS) {
      return 4;
    }
    return filters <= 2 ? filters : filters % 8 == 0 ? 8 : 4;
  }

  /** Vectors of pixels of a tile. */
  static int vectors(ConvShape shape) {
    return Simd.MANY_REGISTERS ? Math.min(8, 16 / filters(shape)) : 2;
  }

  /** Strips of output rows that an image is cut into. */
  static int strips(ConvProblem problem) {
    int height = problem.shape().outputHeight();
    int rows = height;
    while (rows > 1 && stripFloats(problem, rows) > mostStripFloats(problem)) {
      rows--;
    }
    return Math.ceilDiv(height, rows);
  }

  /** Whether a strip fits, and has the pixels of a tile. */
  static boolean isPossible(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (stripFloats(problem, 1) > mostStripFloats(problem)) {
      return false;
    }
    int strips = strips(problem);
    long packed = s.weightsSize() / s.groupFilters() * (s.groupFilters() + 3L);
    return positions(problem) <= mostStripFloats(problem)
        && packed <= Integer.MAX_VALUE / 2
        && s.outputHeight() / strips * s.outputWidth() >= vectors(s) * LANES;
  }

  /** From a strip's first output pixel to its last, in the input. */
  private static long positions(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.ceilDiv(s.outputHeight(), strips(problem));
    return (rows - 1) * GroupedPixelStrip.pitch(s) + s.outputWidth();
  }

  /** The share of the lanes that have pixels. */
  static double filled(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.ceilDiv(s.outputHeight(), strips(problem));
    int tile = vectors(s) * LANES;
    double computed = Math.ceilDiv(positions(problem), tile) * (double) tile;
    return rows * s.outputWidth() / computed;
  }
}

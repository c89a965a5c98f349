package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The sums of a depthwise 3x3 kernel's gradient, of channels-last images. Bands of rows, by the
 * shape alone since it decides the order of the sums, are gone through by one or two vectors of
 * channels at a time.
 *
 * <p>They are read in place, unless the lines that a row of windows touches fall into so few sets
 * that the first-level cache doesn't hold them until the next row: as they do where channels are a
 * power of two. Then some vectors of channels are brought to scratch together.
 */
final class DepthwiseSums {
  private static final int KERNEL = 3;

  /**
   * With stride 2 one vector of channels at a time reads so few lines that meet twice: then they
   * are brought to scratch (docs/decisions.md has how others fare so).
   */
  private static final int FEW_LINES = 24;

  private final GradientProblem problem;
  private final GradientImage x;
  private final GradientImage y;
  private final boolean inPlace;

  /** Output rows of a band. */
  private final int band;

  DepthwiseSums(GradientProblem problem) {
    this.problem = problem;
    this.x = problem.x();
    this.y = problem.y();
    this.inPlace = isInPlace(problem.rows().stride(), x);
    long pixels = (long) x.width() * problem.rows().stride() + y.width();
    long most =
        inPlace
            ? Blocking.GRADIENT_BAND_FLOATS / (pixels * x.channels())
            : Blocking.GRADIENT_VECTOR_FLOATS / (pixels * LANES);
    int height = y.height();
    int rows = Math.clamp(Math.min(most, Blocking.KC / y.width()), 1, height);
    this.band = Math.ceilDiv(height, Math.ceilDiv(height, rows));
  }

  /**
   * With stride 2 rows share little: 64 channels at 112x112 by way of scratch take 1.26 of the
   * time, 512 at 14x14 1.1. With stride 1 128 at 56x56 take 0.95, 512 at 14x14 0.81, 1024 at 7x7
   * 0.73, but 144 at 56x56, of which no lines meet, 1.18 (Zen 5).
   */
  private static boolean isInPlace(int stride, GradientImage x) {
    int near = Blocking.nearLines(x.channels());
    boolean isStrided = stride > 1 && (Simd.MANY_REGISTERS || near > FEW_LINES);
    return isStrided || KERNEL * x.width() <= near;
  }

  /** Whether the kernels take a problem: sums lie as taps do, which a turned kernel's don't. */
  static boolean accepts(GradientProblem problem) {
    return problem.x().channelsLast()
        && problem.groupChannels() == 1
        && problem.groupFilters() == 1
        && problem.channels() >= LANES
        && problem.place(0, 0) == 0
        && problem.rows().stride() == problem.columns().stride()
        && accepts(problem.rows())
        && accepts(problem.columns())
        && new DepthwiseSums(problem).floats() <= Blocking.MAX_GRADIENT_FLOATS;
  }

  /** At most one row or column outside on each side. */
  private static boolean accepts(GradientAxis a) {
    return a.taps() == KERNEL
        && a.dilation() == 1
        && a.stride() <= 2
        && a.padding() <= 1
        && a.isZeroOutside()
        && outside(a, a.outputs()) <= 1;
  }

  /** How far the windows before an output reach beyond the input. */
  private static int outside(GradientAxis a, int end) {
    return (end - 1) * a.stride() - a.padding() + KERNEL - a.inputs();
  }

  /** Floats of scratch. */
  long floats() {
    return inPlace ? 0 : (long) ChannelVectors.VECTORS * (inputFloats() + outputFloats());
  }

  /** Of a vector of channels. */
  private long inputFloats() {
    long rows = Math.min(x.height(), (band - 1L) * problem.rows().stride() + KERNEL);
    return rows * x.width() * LANES;
  }

  private long outputFloats() {
    return (long) band * y.width() * LANES;
  }

  /**
   * Adds the products of all pixels with some vectors of channels; of the last one, where channels
   * don't fill it, its lanes hold the last LANES channels.
   *
   * @param sums where in scratch those of the first vector are, {@code [vectors][taps][LANES]}
   * @param bias where in scratch the bias' gradient's are
   * @param at where in scratch there is room for {@link #floats}
   */
  void add(
      GradientOperands operands, int first, int end, Scratch scratch, int sums, int bias, int at) {
    GradientAxis rows = problem.rows();
    DepthwiseSumCall call = DepthwiseSumCall.of(scratch);
    call.columns = y.width();
    call.atLeft = problem.columns().padding() > 0;
    call.atRight = outside(problem.columns(), call.columns) > 0;
    call.sums = scratch.floats;
    for (int n = 0; n < problem.batch(); n++) {
      for (int row = 0; row < y.height(); row += band) {
        int endRow = Math.min(y.height(), row + band);
        call.rows = endRow - row;
        call.atTop = row * rows.stride() < rows.padding();
        call.atBottom = outside(rows, endRow) > 0;
        int vectors;
        for (int v = first; v < end; v += vectors) {
          int channel = Math.min(v * LANES, x.channels() - LANES);
          int left = Math.min(end - v, (x.channels() - channel) / LANES);
          call.sumsAt = sums + (v - first) * KERNEL * KERNEL * LANES;
          call.biasAt = bias + (v - first) * LANES;
          vectors = inPlace ? inPlace(operands, call, n, row, channel, left) : 0;
          if (!inPlace) {
            vectors = strip(operands, call, n, row, channel, left, at);
          }
        }
      }
    }
  }

  /**
   * Of a band from a row on.
   *
   * @param left vectors of channels from the channel on
   * @return how many of them it was
   */
  private int inPlace(
      GradientOperands operands, DepthwiseSumCall call, int n, int row, int channel, int left) {
    int y0 = row * problem.rows().stride() - problem.rows().padding();
    call.x = operands.x;
    call.xAt = operands.xOffset + x.at(n, channel, y0, -problem.columns().padding());
    call.xStep = x.channels();
    call.xRow = x.width() * x.channels();
    call.y = operands.y;
    call.yAt = operands.yOffset + y.at(n, channel, row, 0);
    call.yStep = y.channels();
    call.yRow = y.width() * y.channels();
    int vectors = Math.min(DepthwiseSumKernels.VECTORS, left);
    call.add(problem.rows().stride(), vectors);
    return vectors;
  }

  /** The same by way of scratch. */
  private int strip(
      GradientOperands operands,
      DepthwiseSumCall call,
      int n,
      int row,
      int channel,
      int left,
      int at) {
    int vectors = Math.min(ChannelVectors.VECTORS, left);
    int y0 = row * problem.rows().stride() - problem.rows().padding();
    int end = Math.min(x.height(), y0 + (call.rows - 1) * problem.rows().stride() + KERNEL);
    int top = Math.max(0, y0);
    int xPlane = (int) inputFloats();
    int yPlane = (int) outputFloats();
    int yAt = at + ChannelVectors.VECTORS * xPlane;
    int from = operands.xOffset + x.at(n, channel, top, 0);
    int pixels = (end - top) * x.width();
    float[] floats = call.sums;
    ChannelVectors.copy(
        operands.x, from, x.channels(), pixels, vectors * LANES, floats, at, xPlane);
    from = operands.yOffset + y.at(n, channel, row, 0);
    pixels = call.rows * y.width();
    ChannelVectors.copy(
        operands.y, from, y.channels(), pixels, vectors * LANES, floats, yAt, yPlane);
    call.x = floats;
    call.xStep = LANES;
    call.xRow = x.width() * LANES;
    call.y = floats;
    call.yStep = LANES;
    call.yRow = y.width() * LANES;
    for (int v = 0; v < vectors; v++) {
      int shift = (y0 - top) * x.width() - problem.columns().padding();
      call.xAt = at + v * xPlane + shift * LANES;
      call.yAt = yAt + v * yPlane;
      call.add(problem.rows().stride(), 1);
      call.sumsAt += KERNEL * KERNEL * LANES;
      call.biasAt += LANES;
    }
    return vectors;
  }
}

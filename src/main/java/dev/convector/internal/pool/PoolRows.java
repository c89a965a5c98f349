package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Pooling with channels in the lanes, of which there are at least as many. */
final class PoolRows implements PackedWork {
  /** Neighbouring outputs of one call where windows are 2x2 or 3x3 at stride 1 or 2. */
  private static final int COLUMNS = 4;

  /** Channels below which splitting them among threads costs more than it shares. */
  private static final int LEAST_CHANNELS = 8 * LANES;

  /** Columns from which a sum is taken row by row. */
  private static final int LONG_ROW = 5;

  private final PoolProblem problem;
  private final PoolAxis rows;
  private final PoolAxis columns;
  private final int channels;
  private final boolean small;
  private final int wholeFrom;
  private final int wholeTo;

  PoolRows(PoolProblem problem) {
    this.problem = problem;
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.channels = problem.channels();
    this.wholeFrom = columns.wholeFrom();
    this.wholeTo = columns.wholeTo();
    this.small =
        rows.kernel() == columns.kernel()
            && (columns.kernel() == 2 || columns.kernel() == 3)
            && (columns.stride() == 1 || columns.stride() == 2)
            && columns.dilation() == 1;
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  /** A unit is some rows of some channels. */
  @Override
  public int units(int threads) {
    int all = problem.batch() * rows.outputs();
    int rowParts = Split.parts(1, all, threads);
    return rowParts * Split.parts(rowParts, Math.max(1, channels / LEAST_CHANNELS), threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int all = problem.batch() * rows.outputs();
    int channelParts = Math.ceilDiv(units, all);
    int rowParts = units / channelParts;
    int vectors = channels / LANES;
    int part = unit % channelParts;
    int from = Split.start(vectors, part, channelParts) * LANES;
    int to =
        part + 1 == channelParts ? channels : Split.start(vectors, part + 1, channelParts) * LANES;
    int end = Split.start(all, unit / channelParts + 1, rowParts);
    for (int i = Split.start(all, unit / channelParts, rowParts); i < end; i++) {
      int n = i / rows.outputs();
      int image = operands.srcOffset + n * rows.size() * columns.size() * channels;
      int yAt = operands.dstOffset + i * columns.outputs() * channels;
      row(operands, image + from, yAt + from, i % rows.outputs(), to - from);
    }
  }

  /** {@code at} is the image's first pixel's first channel. */
  private void row(Operands o, int at, int yAt, int p, int count) {
    int row = at + rows.first()[p] * columns.size() * channels;
    boolean nan = false;
    int q = 0;
    if (small && rows.taps()[p] == rows.kernel()) {
      nan = windows(o, row, yAt, p, 0, wholeFrom, count);
      for (q = wholeFrom; q <= wholeTo - COLUMNS; q += COLUMNS) {
        nan |= columns(o, row + columns.first()[q] * channels, yAt + q * channels, p, q, count);
      }
    }
    nan |= windows(o, row, yAt, p, q, columns.outputs(), count);
    if (nan && problem.max()) {
      scalars(o, row, yAt, p, count);
    }
  }

  private boolean windows(Operands o, int row, int yAt, int p, int from, int to, int count) {
    int rowStep = rows.dilation() * columns.size() * channels;
    int step = columns.dilation() * channels;
    boolean nan = false;
    for (int q = from; q < to; q++) {
      int at = row + columns.first()[q] * channels;
      int y = yAt + q * channels;
      int height = rows.taps()[p];
      int width = columns.taps()[q];
      if (problem.max()) {
        nan |= MaxKernels.window(o.src, at, rowStep, height, step, width, o.dst, y, count, 1);
      } else if (width < LONG_ROW) {
        float divisor = problem.divisor(p, q);
        SumKernels.window(o.src, at, rowStep, height, step, width, o.dst, y, count, divisor);
      } else {
        float divisor = problem.divisor(p, q);
        SumKernels.windowByRows(o.src, at, rowStep, height, step, width, o.dst, y, count, divisor);
      }
    }
    return nan;
  }

  private boolean columns(Operands o, int at, int yAt, int p, int q, int count) {
    float[] x = o.src;
    float[] y = o.dst;
    int row = rows.dilation() * columns.size() * channels;
    int pixel = channels;
    boolean max = problem.max();
    float divisor = max ? 1 : problem.divisor(p, q);
    return switch (2 * columns.kernel() + columns.stride()) {
      case 5 ->
          max
              ? MaxKernels.columns2Stride1(x, at, row, pixel, y, yAt, count, divisor)
              : SumKernels.columns2Stride1(x, at, row, pixel, y, yAt, count, divisor);
      case 6 ->
          max
              ? MaxKernels.columns2Stride2(x, at, row, pixel, y, yAt, count, divisor)
              : SumKernels.columns2Stride2(x, at, row, pixel, y, yAt, count, divisor);
      case 7 ->
          max
              ? MaxKernels.columns3Stride1(x, at, row, pixel, y, yAt, count, divisor)
              : SumKernels.columns3Stride1(x, at, row, pixel, y, yAt, count, divisor);
      default ->
          max
              ? MaxKernels.columns3Stride2(x, at, row, pixel, y, yAt, count, divisor)
              : SumKernels.columns3Stride2(x, at, row, pixel, y, yAt, count, divisor);
    };
  }

  private void scalars(Operands o, int row, int yAt, int p, int count) {
    int rowStep = rows.dilation() * columns.size() * channels;
    int step = columns.dilation() * channels;
    for (int q = 0; q < columns.outputs(); q++) {
      for (int c = 0; c < count; c++) {
        int at = row + columns.first()[q] * channels + c;
        o.dst[yAt + q * channels + c] =
            PoolScalar.max(o.src, at, rowStep, rows.taps()[p], step, columns.taps()[q]);
      }
    }
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Pooling with channels in the lanes, of which there are at least as many. */
final class PoolRows implements PackedWork {
  /** Windows that share their columns, where they are 2x2 or 3x3 at stride 1 or 2. */
  private static final int WINDOWS = 4;

  /** Channels below which splitting them among threads costs more than it shares. */
  private static final int LEAST_CHANNELS = 8 * LANES;

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
    this.small =
        rows.kernel() == columns.kernel()
            && (columns.kernel() == 2 || columns.kernel() == 3)
            && (columns.stride() == 1 || columns.stride() == 2)
            && columns.dilation() == 1;
    this.wholeFrom = columns.wholeFrom();
    this.wholeTo = columns.wholeTo();
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
    PoolCall call = PoolCall.of(scratch);
    call.x = operands.src;
    call.rowStep = rows.dilation() * columns.size() * channels;
    call.columnStep = columns.dilation() * channels;
    call.windowStep = columns.stride() * channels;
    call.y = operands.dst;
    call.pixel = channels;
    call.count = to - from;
    int end = Split.start(all, unit / channelParts + 1, rowParts);
    for (int i = Split.start(all, unit / channelParts, rowParts); i < end; i++) {
      int n = i / rows.outputs();
      int image = operands.srcOffset + n * rows.size() * columns.size() * channels;
      int yAt = operands.dstOffset + i * columns.outputs() * channels;
      row(call, image + from, yAt + from, i % rows.outputs());
    }
    call.clear();
  }

  /** {@code at} is the image's first pixel's first channel. */
  private void row(PoolCall call, int at, int yAt, int p) {
    int row = at + rows.first()[p] * columns.size() * channels;
    call.rows = rows.taps()[p];
    boolean nan = false;
    int end;
    for (int q = 0; q < columns.outputs(); q = end) {
      // Those at the borders have fewer columns, or divisors of their own.
      boolean whole = columns.kernel() > 0 && q >= wholeFrom && q < wholeTo;
      end = whole ? wholeTo : q + 1;
      call.at = row + columns.first()[q] * channels;
      call.yAt = yAt + q * channels;
      call.columns = columns.taps()[q];
      call.windows = end - q;
      call.divisor = problem.divisor(p, q);
      nan |= windows(call, small && call.windows >= WINDOWS && call.rows == rows.kernel());
    }
    if (nan && problem.max()) {
      scalars(call, row, yAt);
    }
  }

  private boolean windows(PoolCall call, boolean together) {
    boolean max = problem.max();
    if (!together) {
      return max ? MaxKernels.window(call) : SumKernels.window(call);
    }
    return switch (2 * columns.kernel() + columns.stride()) {
      case 5 -> max ? MaxKernels.columns2Stride1(call) : SumKernels.columns2Stride1(call);
      case 6 -> max ? MaxKernels.columns2Stride2(call) : SumKernels.columns2Stride2(call);
      case 7 -> max ? MaxKernels.columns3Stride1(call) : SumKernels.columns3Stride1(call);
      default -> max ? MaxKernels.columns3Stride2(call) : SumKernels.columns3Stride2(call);
    };
  }

  private void scalars(PoolCall call, int row, int yAt) {
    for (int q = 0; q < columns.outputs(); q++) {
      for (int c = 0; c < call.count; c++) {
        int at = row + columns.first()[q] * channels + c;
        call.y[yAt + q * channels + c] =
            PoolScalar.max(call.x, at, call.rowStep, call.rows, call.columnStep, columns.taps()[q]);
      }
    }
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.Taps;

/**
 * Pooling with channels in the lanes, of which there are at least as many. The rows of the windows
 * are folded into one row in scratch, a walk along rows of memory whatever the window, and then its
 * columns: of 2048 channels, each pixel is a page of memory apart. Windows of 2x2 that don't
 * overlap and maxima of 3x3 with stride 2 are taken from the input itself.
 */
final class PoolRows implements PackedWork {
  private static final int FOLDED = Blocking.FOLDED_FLOATS;

  /**
   * Floats of the folded row of several windows: so that memory is read while they are computed.
   */
  private static final int BLOCK = FOLDED / 2;

  /**
   * Channels from which whole images are one column: global averages took 0.83 of the time with
   * 2048 at 7x7 and 0.87 with 1280, but 1.15 with 512 and 3.8 with 24 at 56x56.
   */
  private static final int ONE_COLUMN_CHANNELS = FOLDED / 8;

  /**
   * Channels from which 2x2 windows are taken from the input itself: 0.6 to 0.98 of the time, of 40
   * at 57x57 1.6.
   */
  private static final int SQUARES_CHANNELS = 4 * LANES;

  /** Channels below which splitting them among threads costs more than it shares. */
  private static final int LEAST_CHANNELS = 8 * LANES;

  private final PoolProblem problem;
  private final PoolAxis rows;
  private final PoolAxis columns;
  private final PoolImage image;
  private final int channels;

  /** Channels at a time, all of them unless a single window of all is too wide. */
  private final int most;

  /** Outputs of a row that are computed from one folded row. */
  private final int block;

  /** For each block the first input column that it sees, and how many. */
  private final int[] seen;

  /** Windows of the same taps at the same distance. */
  private final int wholeFrom;

  private final int wholeTo;

  /** Whether whole windows are two rows of two columns that no other window has. */
  private final boolean squares;

  /** What computes all rows; null where they are folded. */
  private final RollingMaxima rolling;

  private PoolRows(PoolProblem problem, int most, Taps taps) {
    this.problem = problem;
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.image = PoolImage.of(problem);
    this.channels = problem.channels();
    this.most = most;
    this.block = taps.block(Math.max(taps.widest(1), BLOCK / most));
    this.seen = taps.seen(block);
    boolean common = columns.kernel() > 0;
    this.wholeFrom = common ? columns.wholeFrom() : columns.outputs();
    this.wholeTo = common ? columns.wholeTo() : columns.outputs();
    this.squares =
        rows.kernel() == 2
            && columns.kernel() == 2
            && columns.stride() > 1
            && channels >= SQUARES_CHANNELS;
    this.rolling = RollingMaxima.accepts(problem, FOLDED) ? new RollingMaxima(problem) : null;
  }

  /** Null where not even a vector of channels of the widest window fits. */
  static PoolRows of(PoolProblem whole) {
    PoolProblem problem = whole.channels() >= ONE_COLUMN_CHANNELS ? whole.inOneColumn() : whole;
    Taps taps = problem.columns().sum(1);
    int fitting = FOLDED / taps.widest(1);
    int most = fitting >= problem.channels() ? problem.channels() : fitting / LANES * LANES;
    return most == 0 ? null : new PoolRows(problem, most, taps);
  }

  @Override
  public long packedBytes() {
    return (long) seen.length * Integer.BYTES;
  }

  @Override
  public int scratchFloats() {
    return FIRST + FOLDED;
  }

  @Override
  public boolean allowsResultDistance() {
    return true;
  }

  /** A unit is some rows of some channels. */
  @Override
  public int units(int threads) {
    int all = problem.batch() * rows.outputs();
    int rowParts = Split.parts(1, all, threads);
    return rowParts * Split.parts(rowParts, Math.max(1, channels / LEAST_CHANNELS), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, problem.batch() * rows.outputs(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int all = problem.batch() * rows.outputs();
    int channelParts = Math.ceilDiv(units, all);
    int rowParts = units / channelParts;
    int first = Split.start(all, unit / channelParts, rowParts);
    int end = Split.start(all, unit / channelParts + 1, rowParts);
    if (channelParts == 1) {
      image.footprint(first, end, footprint);
      return;
    }
    // All channels are read: those of a part are a small piece of each pixel.
    image.footprint(first, end, footprint);
    footprint.written.clear();
    int from = channel(unit % channelParts, channelParts);
    int to = channel(unit % channelParts + 1, channelParts);
    int pixels = columns.outputs();
    int at = first * image.outputRow() + from;
    footprint.written.add(at, to - from, (end - first) * pixels, channels, 1, 0);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int all = problem.batch() * rows.outputs();
    int channelParts = Math.ceilDiv(units, all);
    int rowParts = units / channelParts;
    int from = channel(unit % channelParts, channelParts);
    int to = channel(unit % channelParts + 1, channelParts);
    PoolCall call = PoolCall.of(scratch);
    call.y = operands.dst;
    call.pixel = operands.resultPixel(channels);
    int first = Split.start(all, unit / channelParts, rowParts);
    int end = Split.start(all, unit / channelParts + 1, rowParts);
    if (rolling != null) {
      call.x = operands.src;
      call.kept = scratch.floats;
      rolling.run(operands, call, first, end);
      return;
    }
    for (int i = first; i < end; i++) {
      for (int c = from; c < to; c += most) {
        // The last may overlap those before, so that there are at least a vector's.
        int channel = Math.min(c, to - LANES);
        call.count = Math.min(most, to - channel);
        row(operands, call, i, channel, scratch.floats);
      }
    }
  }

  /** First channel of a part; the last one has those that are no vector. */
  private int channel(int part, int parts) {
    return part == parts ? channels : Split.start(channels / LANES, part, parts) * LANES;
  }

  /** A row of all images, from a channel on. */
  private void row(Operands o, PoolCall call, int i, int channel, float[] folded) {
    int p = i % rows.outputs();
    int plane = o.srcOffset + i / rows.outputs() * image.plane() + channel;
    int yAt = o.dstOffset + i * columns.outputs() * call.pixel + channel;
    if (squares && rows.taps()[p] == 2) {
      squares(o, call, plane, yAt, p, folded);
      return;
    }
    for (int from = 0; from < columns.outputs(); from += block) {
      int to = Math.min(columns.outputs(), from + block);
      int first = seen[2 * (from / block)];
      call.x = folded;
      if (fold(o, call, plane, p, first, seen[2 * (from / block) + 1])) {
        image.scalars(o, plane, yAt, p, from, to, call.count);
      } else {
        columns(call, yAt, p, from, to, FIRST - first * call.count);
      }
    }
  }

  /** A row of windows of two rows; those at the borders may have one column. */
  private void squares(Operands o, PoolCall call, int plane, int yAt, int p, float[] folded) {
    int row = plane + rows.first()[p] * image.row();
    boolean max = problem.max();
    boolean nan = false;
    call.rowStep = rows.dilation() * image.row();
    for (int q = 0; q < columns.outputs(); q++) {
      if (q < wholeFrom || q >= wholeTo) {
        int at = row + columns.first()[q] * channels;
        nan |= PoolStrips.fold(max, o.src, at, call.rowStep, 2, folded, FIRST, call.count);
        call.x = folded;
        columns(call, yAt, p, q, q + 1, FIRST - columns.first()[q] * call.count);
      }
    }
    if (wholeFrom < wholeTo) {
      call.x = o.src;
      call.at = row + columns.first()[wholeFrom] * channels;
      call.step = columns.dilation() * channels;
      call.windows = wholeTo - wholeFrom;
      call.windowStep = columns.stride() * channels;
      call.yAt = yAt + wholeFrom * call.pixel;
      call.divisor = problem.divisor(p, wholeFrom);
      nan |= max ? MaxKernels.squares(call) : SumKernels.squares(call);
    }
    if (nan) {
      image.scalars(o, plane, yAt, p, 0, columns.outputs(), call.count);
    }
  }

  /** Folds the rows of so many columns. */
  private boolean fold(Operands o, PoolCall call, int plane, int p, int first, int width) {
    int step = rows.dilation() * image.row();
    int taps = rows.taps()[p];
    int at = plane + rows.first()[p] * image.row() + first * channels;
    float[] folded = call.x;
    boolean max = problem.max();
    int count = call.count;
    if (count == channels) {
      return PoolStrips.fold(max, o.src, at, step, taps, folded, FIRST, width * count);
    }
    boolean nan = false;
    for (int i = 0; i < width; i++) {
      int pixel = at + i * channels;
      nan |= PoolStrips.fold(max, o.src, pixel, step, taps, folded, FIRST + i * count, count);
    }
    return nan;
  }

  /** Folds the columns of windows {@code [from, to)}. */
  private void columns(PoolCall call, int yAt, int p, int from, int to, int foldedAt) {
    call.step = columns.dilation() * call.count;
    call.windowStep = columns.stride() * call.count;
    int end;
    for (int q = from; q < to; q = end) {
      // Those at the borders have fewer columns, or divisors of their own.
      end = q >= wholeFrom && q < wholeTo ? Math.min(to, wholeTo) : q + 1;
      call.at = foldedAt + columns.first()[q] * call.count;
      call.taps = columns.taps()[q];
      call.windows = end - q;
      call.yAt = yAt + q * call.pixel;
      call.divisor = problem.divisor(p, q);
      if (problem.max()) {
        MaxKernels.columns(call);
      } else {
        SumKernels.columns(call);
      }
    }
  }
}

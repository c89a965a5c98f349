package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Contest;
import dev.convector.internal.simd.Simd;

/**
 * Blocks of a 3x3 kernel's outputs, cut into the row tiles of its own micro-kernel: what most
 * networks with depthwise layers have.
 */
final class Depthwise3x3 implements DepthwiseTiles.Rectangles {
  private static final int KERNEL = 3;

  /**
   * Most channels of which images in memory are read ahead; of more, each pixel is a stream long
   * enough, if all are one panel.
   */
  static final int MOST_SHORT = 16 * LANES;

  /**
   * Most output columns of a tile. Raced in one process on Zen 4 at stride 1, 28 took 0.98 (32
   * channels at 112x112) to 0.89 (192 at 28x28) of the time of 14, and 7 took 1.05 to 1.15; 56 was
   * no better than 28.
   */
  private static final int COLUMNS = 28;

  /**
   * The same at stride 2: nothing on Zen 4, but 0.87 to 0.9 of the time of 28 on Granite Rapids (64
   * and 96 channels at 112x112).
   */
  private static final int STRIDED_COLUMNS = 7;

  /**
   * Output rows of a tile at stride 2 where all rows of the input begin in one set of a first-level
   * cache: it has 8 ways, and four rows would read 9 lines of one set for each column. On Zen 4
   * three rows take 0.89 of the time of four (64 channels at 112x112, 128 at 56x56); where rows
   * begin in different sets (192 at 28x28) they take 1.05.
   */
  private static final int CONFLICTING_ROWS = 3;

  /** Columns times vectors of channels of a call. The fewer, the more a call costs. */
  private static final int CALL_COLUMNS = 56;

  /** Tiles times vectors of channels of a call of the kernels with channels innermost. */
  private static final int CALL_STEPS = 64;

  /**
   * Floats of an image beyond which tiles with channels innermost are faster at stride 2 even
   * without conflicts: 96 channels at 112x112, 144 at 56x56 and 288 at 28x28 take 0.92 to 0.96 of
   * the time, but 192 at 28x28 1.0 and 576 at 14x14 1.13 of it (Zen 5).
   */
  private static final int LARGE_IMAGE = 192 * 1024;

  /** Fewest channels for which they are: 64 at 112x112 take 1.05 of the time. */
  private static final int LARGE_IMAGE_CHANNELS = 96;

  /** Fewest channels for which that is so: 32 at 112x112 take 1.23 of the time of rolling. */
  private static final int TOUCHED_CHANNELS = 128;

  /** Floats of output from which on its lines are not in a first-level cache. */
  private static final int TOUCHED_FLOATS = 32 * 1024;

  /** The same where rolling is the other way: 384 channels at 14x14 would take 1.07 of its time. */
  private static final int LARGE_FLOATS = 96 * 1024;

  /**
   * Columns from which on vectors begin elsewhere than at a pixel's first channel: in the middle.
   */
  private static final int LEAST_COLUMNS = 6;

  /** Vectors of some channels from which on one more is worth it. */
  private static final int LEAST_VECTORS = 8;

  /**
   * Vectors of channels from which on tiles are faster with 16 registers, where rolling keeps
   * weights and addresses on the stack: 32 channels at 112x112 take 1.01 of the time, with stride 2
   * 0.91, 40 at 28x28 0.88, 144 at 56x56 0.78, 256 at 28x28 0.73, 512 at 14x14 with stride 2 0.59;
   * 24 at 56x56 1.07 (UseAVX=2, Zen 4).
   */
  private static final int FEW_REGISTERS_VECTORS = 4;

  /** Runs of a call's loops beside columns or tiles: two columns more, and the loops around. */
  private static final int MORE_RUNS = 4;

  /** Tiles of a short call. */
  private static final int FEW_TILES = 3;

  private final ConvShape shape;
  private final int stride;
  private final int rowStep;
  private final int columnStep;
  private final Depthwise3x3Way way;
  private final int tileRows;
  private final int tileColumns;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final float[] zeros;

  /** Null where vectors begin with a pixel's channels. */
  private final DepthwisePhase phase;

  Depthwise3x3(ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.shape = shape;
    this.stride = shape.strideWidth();
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.way = way(shape, input);
    this.tileRows = way.tiled() ? innermostRows(stride, columnStep) : rollRows(stride, rowStep);
    this.tileColumns = stride == 2 && columnStep % Blocking.TWO_SETS_FLOATS == 0 ? 1 : 2;
    this.taps = taps;
    this.epilogue = epilogue;
    this.zeros = new float[Simd.roundUp(shape.filters()) + LANES];
    this.phase =
        way.isTouchable() && DepthwisePhase.fits(shape, columnStep)
            ? new DepthwisePhase(shape, taps, epilogue.bias())
            : null;
  }

  /**
   * Copies are computed by tiles: rolling takes 1.25 of the time on 1024 channels at 7x7, 1.1 at
   * 14x14, 1.04 on 512, 0.94 on 512 at 28x28 (Zen 4).
   */
  private static Depthwise3x3Way way(ConvShape shape, DepthwiseInput input) {
    int columnStep = input.columnStep();
    boolean tiled = input.isCopied() || isTiled(shape, columnStep);
    boolean hasContests = Simd.MANY_REGISTERS && shape.strideWidth() == 1;
    int outputs = shape.filters() * shape.outputHeight() * shape.outputWidth();
    boolean isTouchable =
        hasContests
            && columnStep >= TOUCHED_CHANNELS
            && outputs >= (tiled ? TOUCHED_FLOATS : LARGE_FLOATS);
    boolean isRollable =
        hasContests && tiled && !input.isCopied() && columnStep % Blocking.TWO_SETS_FLOATS != 0;
    return new Depthwise3x3Way(
        tiled, isTouchable, isRollable ? Depthwise3x3Way.ROLLED.of(columnStep) : null);
  }

  /** Whether the micro-kernel takes a shape: at most one row or column outside on each side. */
  static boolean fits(ConvShape shape) {
    return shape.kernelHeight() == KERNEL
        && shape.kernelWidth() == KERNEL
        && shape.dilationHeight() == 1
        && shape.dilationWidth() == 1
        && shape.strideHeight() == shape.strideWidth()
        && shape.strideWidth() <= 2
        && shape.padTop() <= 1
        && shape.padLeft() <= 1
        && outside(shape.outputHeight(), shape.strideHeight(), shape.padTop(), shape.height()) <= 1
        && outside(shape.outputWidth(), shape.strideWidth(), shape.padLeft(), shape.width()) <= 1;
  }

  /**
   * Whether channels are innermost, in an image and not in a strip: where the lines that rolling
   * along a row touches fall into so few sets that the first-level cache can't hold them until the
   * next vector of channels. There tiles take 0.55 to 1.0 of the time, elsewhere 1.06 to 1.18.
   */
  private static boolean isTiled(ConvShape shape, int columnStep) {
    if (!Simd.MANY_REGISTERS) {
      return columnStep >= FEW_REGISTERS_VECTORS * LANES;
    }
    if (columnStep <= LANES) {
      return false;
    }
    int stride = shape.strideWidth();
    int columns = Math.min(shape.outputWidth(), stride == 1 ? COLUMNS : STRIDED_COLUMNS);
    int rows = Math.min(shape.outputHeight(), Depthwise3x3Kernels.MOST_ROWS);
    int lines = (rows * stride + KERNEL - stride) * (columns * stride + KERNEL - stride);
    boolean large =
        stride == 2
            && columnStep >= LARGE_IMAGE_CHANNELS
            && shape.channels() * shape.height() * shape.width() >= LARGE_IMAGE;
    return large || lines > Blocking.nearLines(columnStep);
  }

  /** Most output rows of a tile of an image in place. */
  static int tileRows(ConvShape shape) {
    int columnStep = shape.channels();
    int stride = shape.strideHeight();
    return isTiled(shape, columnStep)
        ? innermostRows(stride, columnStep)
        : rollRows(stride, shape.width() * columnStep);
  }

  /** Most output rows of a tile with channels innermost. */
  private static int innermostRows(int stride, int columnStep) {
    int most = Depthwise3x3TileKernels.mostRows(stride);
    return columnStep % Blocking.TWO_SETS_FLOATS == 0 ? Math.min(2, most) : most;
  }

  /** The same of one that rolls along a row. */
  private static int rollRows(int stride, int rowStep) {
    return stride == 2 && rowStep % Blocking.ONE_SET_FLOATS == 0
        ? Math.min(CONFLICTING_ROWS, Depthwise3x3Kernels.MOST_ROWS)
        : Depthwise3x3Kernels.MOST_ROWS;
  }

  /** How far the windows before an output reach beyond the input. */
  private static int outside(int endOutput, int stride, int padding, int size) {
    return (endOutput - 1) * stride - padding + KERNEL - size;
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  /** Several tiles of a call, or C2 takes it that there is never another. */
  @Override
  public int runs() {
    return FEW_TILES;
  }

  @Override
  public boolean isOpen() {
    return way.open() != null || phase != null && phase.isOpen() && Depthwise3x3Way.TOUCH.isWon();
  }

  @Override
  public long bytes() {
    return phase == null ? 0 : phase.bytes();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    boolean fits = Math.max(p.x.length, p.y.length) <= Depthwise3x3TileKernels.MOST_FLOATS;
    Contest open = fits && !p.isShort() ? way.open() : null;
    boolean isPhased = fits && open == null && isPhased(p, endColumn - column);
    if (isPhased && phase.isOpen()) {
      open = phase.contest();
    }
    boolean isChallenger = open != null && open.isChallengers();
    p.tiled = false;
    p.touched = false;
    p.phase = 0;
    if (fits) {
      way.set(p, open, isChallenger);
    }
    if (isPhased && (open == null ? phase.isWon() : isChallenger)) {
      p.phase = phase.of(p);
      p.tiled |= p.phase > 0;
    }
    if (open == null) {
      rows(p, row, endRow, column, endColumn);
      return;
    }
    long steps = (long) (endRow - row) * (endColumn - column) * (p.to - p.from) / LANES;
    long began = DepthwiseContests.begin(p, open, isChallenger);
    rows(p, row, endRow, column, endColumn);
    DepthwiseContests.end(p, open, isChallenger, began, steps * KERNEL * KERNEL);
  }

  /**
   * Whether vectors may begin, and have to, elsewhere than at a pixel's first channel. Only where
   * touching pays, which also tells that stores across lines are what is waited for.
   */
  private boolean isPhased(DepthwiseCall p, int columns) {
    boolean isPossible =
        phase != null
            && (phase.isWon() || phase.isOpen())
            && Depthwise3x3Way.TOUCH.isWon()
            && !p.started
            && !p.isShort()
            && columns >= LEAST_COLUMNS
            && (isWhole(p) || p.to - p.from >= LEAST_VECTORS * LANES);
    return isPossible && phase.of(p) > 0;
  }

  private boolean isWhole(DepthwiseCall p) {
    return p.to - p.from == shape.channels();
  }

  private void rows(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int down = Math.ceilDiv(endRow - row, tileRows);
    p.clamp(epilogue.low(), epilogue.high());
    p.xStep = columnStep;
    p.xRow = rowStep;
    int its = p.phase;
    unphased(p);
    for (int i = 0; i < down; i++) {
      int start = Split.start(endRow - row, i, down);
      int end = Split.start(endRow - row, i + 1, down);
      p.yOffset = p.firstY + start * p.yRow;
      p.xOffset = p.firstX + start * stride * rowStep;
      if (its > 0) {
        phased(p, its, row + start, row + end, column, endColumn);
      } else {
        tiles(p, row + start, row + end, column, endColumn);
      }
    }
  }

  /** Vectors begin with a pixel's first channel. */
  private void unphased(DepthwiseCall p) {
    p.weights(taps.weights(), taps.weightsOffset(0, 0) + p.filter * taps.taps());
    p.phase = 0;
  }

  /**
   * The same of tiles whose vectors begin some channels later, in the middle. Where the call has
   * all channels, a pixel's last vector holds the next pixel's first channels, which must see all
   * their taps; of some, the last begins where it always does, since who computes the others may
   * know of no phase.
   */
  private void phased(DepthwiseCall p, int its, int row, int endRow, int column, int endColumn) {
    int x = p.xOffset - column * columnStep;
    int y = p.yOffset - column * p.yStep;
    int first = column < shape.padLeft() ? column + 1 : column;
    boolean isLast = outside(endColumn, stride, shape.padLeft(), shape.width()) > 0;
    int last = endColumn - (isLast ? 2 : 1);
    int from = p.from;
    int to = p.to;
    boolean isWhole = isWhole(p);
    columns(p, row, endRow, column, first, x, y);
    AlignedFloats rotated = phase.weights(its);
    p.weights(rotated.array(), rotated.offset());
    p.phase = its;
    p.to = isWhole ? to : to - LANES;
    boolean touched = p.touched;
    p.touched = false;
    columns(p, row, endRow, first, last, x, y);
    p.touched = touched;
    unphased(p);
    p.to = from + LANES;
    columns(p, row, endRow, first, isWhole ? first + 1 : last, x, y);
    p.to = to;
    if (!isWhole) {
      p.from = to - LANES;
      columns(p, row, endRow, first, last, x, y);
      p.from = from;
    }
    columns(p, row, endRow, last, endColumn, x, y);
  }

  /**
   * The tiles of some columns.
   *
   * @param x where column 0 lies or would lie in the input
   * @param y the same of the output
   */
  private void columns(
      DepthwiseCall p, int row, int endRow, int column, int endColumn, int x, int y) {
    p.xOffset = x + column * columnStep;
    p.yOffset = y + column * p.yStep;
    tiles(p, row, endRow, column, endColumn);
  }

  /** The tiles of as many rows as one has; the first one's offsets are set. */
  private void tiles(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int rows = endRow - row;
    boolean top = row * stride < shape.padTop();
    boolean bottom = outside(endRow, stride, shape.padTop(), shape.height()) > 0;
    int lastLine = ((rows - 1) * stride + KERNEL - 1) * rowStep;
    int x = p.xOffset;
    int y = p.yOffset;
    int most = callColumns(p, endColumn - column);
    int end;
    for (int q = column; q < endColumn; q = end) {
      end = Math.min(endColumn, q + most);
      if (p.tiled && end - q > tileColumns) {
        end -= (end - q) % tileColumns;
      }
      p.columns = end - q;
      p.atLeft = q * stride < shape.padLeft();
      p.atRight = outside(end, stride, shape.padLeft(), shape.width()) > 0;
      p.xOffset = x + (q - column) * stride * columnStep;
      p.yOffset = y + (q - column) * p.yStep;
      p.above(top ? zeros : p.x, top ? 0 : p.xOffset, top ? 0 : columnStep);
      p.below(bottom ? zeros : p.x, bottom ? 0 : p.xOffset + lastLine, bottom ? 0 : columnStep);
      if (p.started && !p.tiled) {
        p.startOnto();
      } else {
        p.startFrom(p.phase > 0 ? phase.biases() : epilogue.bias());
      }
      if (p.tiled) {
        if (p.phase > 0) {
          p.shift(p.phase);
        }
        tile(p, rows);
      } else {
        roll(p, rows);
      }
    }
  }

  private void roll(DepthwiseCall p, int rows) {
    int columns = p.isShort() ? p.shortRuns - MORE_RUNS : CALL_COLUMNS;
    int some = Math.max(1, columns / p.columns) * LANES;
    int whole = p.wholeTo();
    for (int c = p.from; c < whole; c += some) {
      Depthwise3x3Kernels.run(p, stride, rows, c, Math.min(whole, c + some));
    }
    if (whole < p.to) {
      int lag = p.lag();
      p.shift(-lag);
      Depthwise3x3Kernels.run(p, stride, rows, whole, whole + LANES);
      p.shift(lag);
    }
  }

  private void tile(DepthwiseCall p, int rows) {
    int columns = Math.min(p.columns, tileColumns);
    p.tiles = p.columns / columns;
    int whole = p.wholeTo();
    p.read += Depthwise3x3TileKernels.run(p, stride, rows, columns, p.from, whole);
    if (whole < p.to) {
      int lag = p.lag();
      p.shift(-lag);
      p.read += Depthwise3x3TileKernels.run(p, stride, rows, columns, whole, whole + LANES);
      p.shift(lag);
    }
  }

  /** Most columns of a kernel call. */
  private int callColumns(DepthwiseCall p, int columns) {
    if (p.tiled) {
      int steps = p.isShort() ? p.shortRuns - MORE_RUNS : CALL_STEPS;
      return Math.max(1, steps * LANES / (p.to - p.from)) * tileColumns;
    }
    return Math.ceilDiv(columns, Math.ceilDiv(columns, stride == 1 ? COLUMNS : STRIDED_COLUMNS));
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.PixelTapKernels;
import dev.convector.internal.resample.PixelTaps;
import dev.convector.internal.resample.Taps;
import dev.convector.internal.simd.Simd;

/**
 * Windows that lie anywhere along a row: the rows of the windows are folded into one row in
 * scratch, and its columns by permutations of vectors. Where a row of outputs is shorter than a
 * vector, the rows of a plane are joined to one.
 */
final class PoolPixelTaps implements PackedWork {
  /** Rows at a time. */
  private static final int ROWS = 4;

  /** Floats of a row in scratch: with the others half a second-level cache of 1 MB. */
  private static final int MOST = 32 * 1024;

  /** The most taps of a row, or of a plane whose rows are joined. */
  private static final int MOST_TAPS = 64 * 1024;

  private final PoolProblem problem;
  private final PoolImage image;
  private final PixelTaps pixels;

  /** Output rows that are one row. */
  private final int joined;

  /**
   * What an average divides by for each float of a row, but for its rows if it is a single one;
   * null where the weights have done that.
   */
  private final float[] counted;

  private PoolPixelTaps(PoolProblem problem, int joined, PixelTaps pixels) {
    this.problem = problem;
    this.image = PoolImage.of(problem);
    this.pixels = pixels;
    this.joined = joined;
    this.counted = problem.max() || problem.dividesExactly() ? null : image.counted(joined);
  }

  /** Null where rows are too long, or windows too far apart. */
  static PoolPixelTaps of(PoolProblem problem) {
    PoolImage image = PoolImage.of(problem);
    int joined = image.outputRow() < LANES ? problem.rows().outputs() : 1;
    long taps = problem.columns().allTaps() * image.group() * joined;
    if (taps > MOST_TAPS || (long) joined * image.row() > MOST) {
      return null;
    }
    float weight = problem.dividesExactly() ? 1 / problem.divisor(0, 0) : 1;
    Taps row = problem.columns().sum(weight).of(Taps.identity(image.group()));
    PixelTaps pixels = PixelTaps.of(Taps.identity(joined).of(row), problem.max());
    return pixels == null ? null : new PoolPixelTaps(problem, joined, pixels);
  }

  @Override
  public long packedBytes() {
    return pixels.bytes() + (counted == null ? 0 : (long) counted.length * Float.BYTES);
  }

  private int rowFloats() {
    return Simd.roundUp(joined * image.row()) + LANES;
  }

  @Override
  public int scratchFloats() {
    return FIRST + ROWS * rowFloats();
  }

  @Override
  public int scratchInts() {
    return ROWS;
  }

  /** Rows of all planes, joined ones. */
  private int all() {
    return image.planes() * problem.rows().outputs() / joined;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, all(), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, all(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(all(), unit, units) * joined;
    image.footprint(first, Split.start(all(), unit + 1, units) * joined, footprint);
  }

  @Override
  public void run(Operands o, int unit, int units, Scratch scratch) {
    int from = Split.start(all(), unit, units);
    int to = Split.start(all(), unit + 1, units);
    int count = Math.min(ROWS, to - from);
    int outputs = joined * image.outputRow();
    int[] at = scratch.ints;
    for (int i = from; i < to; i += count) {
      int first = Math.min(i, to - count);
      int yAt = o.dstOffset + first * outputs;
      boolean nan = false;
      for (int r = 0; r < count; r++) {
        at[r] = FIRST + r * rowFloats();
        nan |= fold(o, first + r, scratch.floats, at[r]);
      }
      PixelTapKernels.run(pixels, count, scratch.floats, at, o.dst, yAt, outputs);
      for (int r = 0; r < count; r++) {
        finish(o, first + r, yAt + r * outputs, nan);
      }
    }
  }

  private int plane(Operands o, int row) {
    return o.srcOffset + row * joined / problem.rows().outputs() * image.plane();
  }

  private boolean fold(Operands o, int row, float[] folded, int at) {
    int p = row * joined % problem.rows().outputs();
    int plane = plane(o, row);
    return joined > 1
        ? image.fold(o.src, plane, folded, at)
        : image.fold(p, p + 1, o.src, plane, folded, at);
  }

  private void finish(Operands o, int row, int yAt, boolean nan) {
    int p = row * joined % problem.rows().outputs();
    if (counted != null) {
      float counts = joined > 1 ? 1 : problem.rows().counted()[p];
      SumPixelKernels.divide(o.dst, yAt, counted.length, counted, 0, counts);
    } else if (nan) {
      int outputs = problem.columns().outputs();
      for (int i = 0; i < joined; i++) {
        image.scalars(
            o, plane(o, row), yAt + i * image.outputRow(), p + i, 0, outputs, image.group());
      }
    }
  }
}

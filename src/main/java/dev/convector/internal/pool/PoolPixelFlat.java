package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * Windows of 3, 5 or 7 columns at stride 1 whose output is as wide as the input: whole planes as if
 * they were one row, so that rows that are no multiple of a vector cost nothing. Each output row's
 * window is folded down its columns into scratch first, or in registers where windows are 3x3 and
 * rows longer than a vector.
 */
final class PoolPixelFlat implements PackedWork {
  /** Floats of a plane's scratch: half a first-level cache. Wide rows need no such care. */
  private static final int MOST = 4096;

  /** Floats of a plane that is not folded: its four tables are a quarter of a cache of 1 MB. */
  private static final int MOST_UNFOLDED = 16 * 1024;

  private final PoolProblem problem;
  private final PoolImage image;

  /** Whether the rows of windows are summed up in registers instead of in scratch. */
  private final boolean unfolded;

  /** From a window's row to the next. */
  final int rowStep;

  /** Floats of a pixel. */
  final int group;

  /** Floats of a plane of the output. */
  final int count;

  /**
   * What to do with what lies so many columns before, for each number of columns and each float of
   * the output plane: bits to keep of a sum's, what to add to a maximum's.
   */
  final float[] left;

  /** And behind. */
  final float[] right;

  /** What an average divides by, for each float of the output plane, times -1. */
  final float[] negatives;

  final float[] reciprocals;

  static boolean accepts(PoolProblem problem) {
    PoolAxis columns = problem.columns();
    int kernel = columns.kernel();
    PoolImage image = PoolImage.of(problem);
    return (kernel == 3 || kernel == 5 || kernel == 7)
        && columns.stride() == 1
        && columns.dilation() == 1
        && columns.lead() == kernel / 2
        && columns.outputs() == columns.size()
        && image.group() < LANES
        && (long) problem.rows().outputs() * image.row()
            <= (isUnfolded(problem) ? MOST_UNFOLDED : MOST)
        && problem.rows().outputs() * image.row() >= LANES;
  }

  private static boolean isUnfolded(PoolProblem problem) {
    return problem.columns().kernel() == 3
        && PoolImage.of(problem).group() == 1
        && problem.columns().size() > LANES
        && Arrays.stream(problem.rows().taps()).allMatch(taps -> taps == 2 || taps == 3);
  }

  PoolPixelFlat(PoolProblem problem) {
    this.problem = problem;
    image = PoolImage.of(problem);
    unfolded = isUnfolded(problem);
    rowStep = problem.rows().dilation() * image.row();
    group = image.group();
    count = image.outputPlane();
    int sides = problem.columns().kernel() / 2;
    int row = image.row();
    left = new float[sides * count];
    right = new float[sides * count];
    negatives = new float[count];
    reciprocals = new float[count];
    float keep = problem.max() ? 0 : Float.intBitsToFloat(-1);
    float drop = problem.max() ? Float.NEGATIVE_INFINITY : 0;
    float[] counted = image.counted(1);
    for (int i = 0; i < count; i++) {
      for (int t = 0; t < sides; t++) {
        left[t * count + i] = i % row < (t + 1) * group ? drop : keep;
        right[t * count + i] = i % row >= row - (t + 1) * group ? drop : keep;
      }
      float divisor = counted[i % row] * problem.rows().counted()[i / row];
      negatives[i] = -divisor;
      reciprocals[i] = 1 / divisor;
    }
  }

  @Override
  public long packedBytes() {
    return 2L * (left.length + count) * Float.BYTES;
  }

  /** Floats before and behind a plane that may be loaded. */
  private int margin() {
    return Simd.roundUp(problem.columns().kernel() / 2 * group);
  }

  @Override
  public int scratchFloats() {
    return unfolded ? 0 : FIRST + 2 * margin() + count + LANES;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, image.planes(), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, image.planes(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int outputs = problem.rows().outputs();
    int first = Split.start(image.planes(), unit, units) * outputs;
    int end = Split.start(image.planes(), unit + 1, units) * outputs;
    image.footprint(first, end, footprint);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int to = Split.start(image.planes(), unit + 1, units);
    for (int plane = Split.start(image.planes(), unit, units); plane < to; plane++) {
      plane(operands, plane, scratch.floats, FIRST + margin());
    }
  }

  private void plane(Operands o, int plane, float[] folded, int at) {
    int from = o.srcOffset + plane * image.plane();
    int to = o.dstOffset + plane * count;
    boolean nan = unfolded ? unfolded(o, from, to) : image.fold(o.src, from, folded, at);
    if (nan && problem.max()) {
      for (int i = 0; i < problem.rows().outputs(); i++) {
        int row = to + i * image.outputRow();
        image.scalars(o, from, row, i, 0, problem.columns().outputs(), group);
      }
      return;
    }
    if (unfolded) {
      return;
    }
    boolean max = problem.max();
    switch (problem.columns().kernel()) {
      case 3 -> {
        if (max) {
          MaxPixelKernels.flat3(this, folded, at, o.dst, to);
        } else {
          SumPixelKernels.flat3(this, folded, at, o.dst, to);
        }
      }
      case 5 -> {
        if (max) {
          MaxPixelKernels.flat5(this, folded, at, o.dst, to);
        } else {
          SumPixelKernels.flat5(this, folded, at, o.dst, to);
        }
      }
      default -> {
        if (max) {
          MaxPixelKernels.flat7(this, folded, at, o.dst, to);
        } else {
          SumPixelKernels.flat7(this, folded, at, o.dst, to);
        }
      }
    }
  }

  /** A plane, as many rows at a time as have the same taps one row apart. */
  private boolean unfolded(Operands o, int from, int to) {
    PoolAxis rows = problem.rows();
    boolean nan = false;
    int end;
    for (int p = 0; p < rows.outputs(); p = end) {
      end = rows.sameEnd(p);
      int at = from + rows.first()[p] * image.row();
      int tables = p * image.row();
      int floats = (end - p) * image.row();
      if (problem.max()) {
        nan |=
            rows.taps()[p] == 2
                ? MaxPixelKernels.threes2(this, o.src, at, o.dst, to + tables, tables, floats)
                : MaxPixelKernels.threes3(this, o.src, at, o.dst, to + tables, tables, floats);
      } else if (rows.taps()[p] == 2) {
        SumPixelKernels.threes2(this, o.src, at, o.dst, to + tables, tables, floats);
      } else {
        SumPixelKernels.threes3(this, o.src, at, o.dst, to + tables, tables, floats);
      }
    }
    return nan;
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Arrays;

/**
 * Windows of three columns at stride 1 with padding 1, whose output is as wide as the input: whole
 * planes as if they were one row, so that rows that are no multiple of a vector cost nothing. Each
 * output row's window is folded down its columns into scratch first.
 */
final class PoolPixelFlat implements PackedWork {
  /** Floats of a plane's scratch: half a first-level cache. Wide rows need no such care. */
  private static final int MOST = 4096;

  private final PoolProblem problem;
  private final PoolImage image;

  /** What to do with the left and the right column, for each float of the output plane. */
  private final float[] left;

  private final float[] right;
  private final float[] divisors;

  static boolean accepts(PoolProblem problem) {
    PoolAxis columns = problem.columns();
    PoolImage image = PoolImage.of(problem);
    return columns.kernel() == 3
        && columns.stride() == 1
        && columns.dilation() == 1
        && columns.lead() == 1
        && columns.outputs() == columns.size()
        && (long) problem.rows().outputs() * image.row() <= MOST
        && problem.rows().outputs() * image.row() >= LANES;
  }

  PoolPixelFlat(PoolProblem problem) {
    this.problem = problem;
    image = PoolImage.of(problem);
    int row = image.row();
    left = new float[image.outputPlane()];
    right = new float[left.length];
    divisors = new float[left.length];
    float keep = problem.max() ? 0 : Float.intBitsToFloat(-1);
    float drop = problem.max() ? Float.NEGATIVE_INFINITY : 0;
    float[] counted = image.counted();
    for (int i = 0; i < left.length; i++) {
      left[i] = i % row < image.group() ? drop : keep;
      right[i] = i % row >= row - image.group() ? drop : keep;
      divisors[i] = counted[i % row] * problem.rows().counted()[i / row];
    }
  }

  @Override
  public long packedBytes() {
    return 3L * left.length * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return FIRST + image.group() + left.length + image.group();
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, image.planes(), threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int to = Split.start(image.planes(), unit + 1, units);
    int before = FIRST;
    int behind = FIRST + image.group() + left.length;
    Arrays.fill(scratch.floats, before, before + image.group(), 0);
    Arrays.fill(scratch.floats, behind, behind + image.group(), 0);
    for (int plane = Split.start(image.planes(), unit, units); plane < to; plane++) {
      plane(operands, plane, scratch.floats, FIRST + image.group());
    }
  }

  private void plane(Operands o, int plane, float[] folded, int foldedAt) {
    PoolAxis rows = problem.rows();
    int row = image.row();
    int at = o.srcOffset + plane * image.plane();
    int to = o.dstOffset + plane * image.outputPlane();
    boolean nan = false;
    int p = 0;
    while (p < rows.outputs()) {
      int end = p + 1;
      while (rows.stride() == 1
          && end < rows.outputs()
          && rows.taps()[p] == rows.taps()[end]
          && rows.first()[end] - rows.first()[p] == end - p) {
        end++;
      }
      nan |=
          fold(
              o.src,
              at + rows.first()[p] * row,
              rows.dilation() * row,
              rows.taps()[p],
              folded,
              foldedAt + p * row,
              (end - p) * row);
      p = end;
    }
    if (!problem.max()) {
      SumKernels.flat3(
          folded, foldedAt, image.group(), left, right, o.dst, to, left.length, divisors);
    } else if (nan) {
      for (int i = 0; i < rows.outputs(); i++) {
        image.scalars(o.src, at, o.dst, to + i * row, i, 0, problem.columns().outputs());
      }
    } else {
      MaxKernels.flat3(
          folded, foldedAt, image.group(), left, right, o.dst, to, left.length, divisors);
    }
  }

  private boolean fold(float[] x, int at, int step, int taps, float[] y, int yAt, int count) {
    return PoolPixelRows.fold(problem.max(), x, at, step, taps, y, yAt, count);
  }
}

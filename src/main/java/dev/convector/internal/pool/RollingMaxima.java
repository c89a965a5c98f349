package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * Maxima of 3x3 windows with stride 2 and channels in the lanes, each row of the input read once:
 * they roll along the rows and down the image. What a window has less than three of, rows or
 * columns, it takes twice.
 *
 * <p>A row of pixels of up to four vectors is read as it lies. Of more, four at a time took 0.83
 * (728 channels at 19x19) to 1.15 (128 at 56x56) of the time of rows that are folded first.
 */
final class RollingMaxima {
  /** Of channels. */
  private static final int VECTORS = 4;

  private final PoolAxis rows;
  private final PoolAxis columns;
  private final PoolImage image;
  private final int channels;

  /** Windows whose last column lies inside the image; of others there is at most one, the last. */
  private final int whole;

  /** Whether so many floats of scratch suffice and the windows are such. */
  static boolean accepts(PoolProblem problem, int floats) {
    PoolAxis columns = problem.columns();
    return problem.max()
        && isSuch(problem.rows())
        && isSuch(columns)
        && columns.lead() <= 1
        && problem.channels() <= VECTORS * LANES
        && (long) columns.outputs() * VECTORS * LANES <= floats;
  }

  private static boolean isSuch(PoolAxis axis) {
    return axis.kernel() == 3 && axis.stride() == 2 && axis.dilation() == 1;
  }

  RollingMaxima(PoolProblem problem) {
    this.rows = problem.rows();
    this.columns = problem.columns();
    this.image = PoolImage.of(problem);
    this.channels = problem.channels();
    this.whole = Math.min(columns.outputs(), (columns.size() + columns.lead() - 1) / 2);
  }

  /**
   * Output rows {@code [first, end)}, counted through all images.
   *
   * @param call with scratch, the arrays and the distance of the result's pixels
   */
  void run(Operands o, PoolCall call, int first, int end) {
    call.count = channels;
    boolean above = false;
    for (int i = first; i < end; i++) {
      boolean fresh = i == first || i % rows.outputs() == 0;
      int plane = o.srcOffset + i / rows.outputs() * image.plane();
      int yAt = o.dstOffset + i * columns.outputs() * call.pixel;
      int p = i % rows.outputs();
      boolean nan = row(call, plane, yAt, p, fresh);
      // What is kept of a row with NaN is wrong too.
      if (nan || above && !fresh) {
        image.scalars(o, plane, yAt, p, 0, columns.outputs(), channels);
      }
      above = nan;
    }
  }

  private boolean row(PoolCall call, int plane, int yAt, int p, boolean fresh) {
    int first = rows.first()[p];
    int last = first + rows.taps()[p] - 1;
    boolean nan = false;
    int top = Math.min(first + 1, last);
    if (fresh) {
      int count = columns.outputs() * Simd.roundUp(call.count);
      Arrays.fill(call.kept, FIRST, FIRST + count, Float.NEGATIVE_INFINITY);
      if (last - first == 2) {
        nan = rows(call, plane, first, first, yAt);
      } else {
        top = first;
      }
    }
    return nan | rows(call, plane, top, last, yAt);
  }

  /** Joins two rows of the input, which may be the same, to what is kept. */
  private boolean rows(PoolCall call, int plane, int top, int last, int yAt) {
    int at = plane + top * image.row();
    call.rowStep = (last - top) * image.row();
    call.previous = at;
    call.at = at + (1 - columns.lead()) * channels;
    call.step = channels;
    call.windows = whole;
    call.windowStep = 2 * channels;
    call.yAt = yAt;
    call.keptAt = FIRST;
    boolean nan = whole > 0 && kernel(call);
    if (whole < columns.outputs()) {
      int first = 2 * whole - columns.lead();
      int end = columns.size() - 1;
      int second = Math.min(first + 1, end);
      call.previous = at + Math.max(0, first) * channels;
      call.at = at + second * channels;
      call.step = (end - second) * channels;
      call.windows = 1;
      call.yAt = yAt + whole * call.pixel;
      call.keptAt = FIRST + whole * Simd.roundUp(call.count);
      nan |= kernel(call);
    }
    return nan;
  }

  private static boolean kernel(PoolCall call) {
    return switch (Math.ceilDiv(call.count, LANES)) {
      case 1 -> MaxKernels.rolling1(call);
      case 2 -> MaxKernels.rolling2(call);
      case 3 -> MaxKernels.rolling3(call);
      default -> MaxKernels.rolling4(call);
    };
  }
}

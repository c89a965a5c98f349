package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;

/**
 * Windows of 2x2, and maxima of 3x3, with stride 2 of planes: a vector of neighbouring outputs at a
 * time, from the top to the bottom, so that permutations stay in registers and each row is read
 * once. A row or column in the padding is taken as the nearest inside, which a maximum doesn't see;
 * averages with windows that are cut are left to others.
 */
final class PoolPixelStrips extends PoolRowWork {
  private final PoolProblem problem;

  /** Rows and columns of a window: 2 or 3. */
  private final int kernel;

  /** Where each window's rows begin in a plane; neighbours share the third of three. */
  private final int[] rowStarts;

  /** Of each strip the first output, and the columns where its three vectors begin. */
  private final int[] targets;

  private final int[] starts;

  /** Of each strip, for each column of the windows, the lanes' places in two vectors. */
  private final int[] places;

  static boolean accepts(PoolProblem problem) {
    int kernel = problem.columns().kernel();
    PoolImage image = PoolImage.of(problem);
    boolean whole = problem.rows().isWhole() && problem.columns().isWhole();
    boolean average = kernel == 2 && whole && problem.dividesExactly();
    return image.group() == 1
        && (average || problem.max() && (kernel == 2 || kernel == 3))
        && isSuch(problem.rows(), kernel)
        && isSuch(problem.columns(), kernel)
        && problem.columns().outputs() >= LANES
        && problem.columns().size() >= LANES;
  }

  private static boolean isSuch(PoolAxis axis, int kernel) {
    return axis.kernel() == kernel && axis.stride() == 2 && axis.dilation() == 1;
  }

  PoolPixelStrips(PoolProblem problem) {
    super(problem);
    this.problem = problem;
    kernel = columns.kernel();
    rowStarts = new int[2 * (rows.outputs() - 1) + kernel];
    for (int r = 0; r < rowStarts.length; r++) {
      rowStarts[r] = inside(rows, r) * image.row();
    }
    targets = new int[Math.ceilDiv(columns.outputs(), LANES)];
    starts = new int[3 * targets.length];
    places = new int[kernel * LANES * targets.length];
    for (int strip = 0; strip < targets.length; strip++) {
      targets[strip] = Math.min(strip * LANES, columns.outputs() - LANES);
      put(strip);
    }
  }

  /** Element {@code i} of the axis with its padding, or the nearest inside. */
  private static int inside(PoolAxis axis, int i) {
    return Math.clamp(i - axis.lead(), 0, axis.size() - 1);
  }

  private void put(int strip) {
    int last = columns.size() - LANES;
    int at = strip * kernel * LANES;
    int column = 2 * targets[strip] + (kernel == 3 ? 1 : 0);
    int first = Math.min(inside(columns, column), last);
    int second = Math.min(first + LANES, last);
    int third = Math.min(inside(columns, 2 * targets[strip]), last);
    starts[3 * strip] = first;
    starts[3 * strip + 1] = second;
    starts[3 * strip + 2] = third;
    for (int lane = 0; lane < LANES; lane++) {
      for (int t = kernel - 2; t < kernel; t++) {
        int source = inside(columns, 2 * (targets[strip] + lane) + t);
        int place = source < first + LANES ? source - first : LANES + source - second;
        places[at + t * LANES + lane] = place;
      }
      if (kernel == 3) {
        // What the lane before has as its third; the first lane's is one of the third vector.
        places[at + lane] =
            lane > 0 ? lane - 1 : LANES + inside(columns, 2 * targets[strip]) - third;
      }
    }
  }

  @Override
  public long packedBytes() {
    long ints = rowStarts.length + targets.length + starts.length + places.length;
    return ints * Integer.BYTES;
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  void rows(Operands o, int from, int to, Scratch scratch) {
    StripCall call = StripCall.of(scratch);
    call.x = o.src;
    call.y = o.dst;
    call.rows = rowStarts;
    call.places = places;
    call.yStep = columns.outputs();
    call.weight = 1 / problem.divisor(0, 0);
    int next;
    for (int i = from; i < to; i = next) {
      next = Math.min(to, (i / rows.outputs() + 1) * rows.outputs());
      plane(o, call, i, next - i);
    }
  }

  /** So many rows of one plane, from a row on that is counted through all planes. */
  private void plane(Operands o, StripCall call, int i, int count) {
    int p = i % rows.outputs();
    int plane = o.srcOffset + i / rows.outputs() * image.plane();
    int yAt = o.dstOffset + i * columns.outputs();
    call.at = plane;
    call.row = 2 * p;
    call.count = count;
    boolean nan = false;
    for (int strip = 0; strip < targets.length; strip++) {
      call.first = starts[3 * strip];
      call.second = starts[3 * strip + 1];
      call.third = starts[3 * strip + 2];
      call.placesAt = strip * kernel * LANES;
      call.yAt = yAt + targets[strip];
      nan |= kernel(call);
    }
    for (int row = 0; nan && row < count; row++) {
      int to = yAt + row * columns.outputs();
      image.scalars(o, plane, to, p + row, 0, columns.outputs(), 1);
    }
  }

  private boolean kernel(StripCall call) {
    if (!problem.max()) {
      return SumStripKernels.squares(call);
    }
    return kernel == 2 ? MaxStripKernels.squares(call) : MaxStripKernels.threes(call);
  }
}

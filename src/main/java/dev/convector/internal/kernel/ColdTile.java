package dev.convector.internal.kernel;

import static dev.convector.internal.simd.MultiplyAdd.fma;

import dev.convector.internal.simd.Simd;
import dev.convector.internal.simd.StandIn;
import jdk.incubator.vector.FloatVector;

/**
 * Tiles of any size whose own kernels C2 has not compiled yet: one small kernel, four rows by a
 * vector of columns, does the work of all, with the same bits. It takes two to four times as long
 * as theirs, which is a hundredth of what they take before they are compiled.
 *
 * <p>A call has one.
 */
final class ColdTile {
  private static final int ROWS = 4;

  /** What the loop of one in so many small calls runs, and of the others. */
  private static final int DEPTH = 24;

  private static final int LONG_CALLS = 16;

  /**
   * HotSpot looks at every 1024th or 2048th call of a method and at every 8192nd or 16,384th run of
   * its loops, and has a version for the middle of the loop compiled where the latter comes first.
   * So there are fewer than eight runs a call.
   */
  private static final int SHORT_DEPTH = 4;

  /** Of a small call, in multiply-adds of vectors. */
  private static final int WORK = ROWS * (SHORT_DEPTH + (DEPTH - SHORT_DEPTH) / LONG_CALLS);

  /** The longest depth. */
  private static final int MOST_DEPTH = 8192;

  private static final StandIn STAND_IN = new StandIn(ColdTile::call, WORK);

  // Operands: rows begin at these indexes of the left one, of what sums start from, of the result.
  private float[] a;
  private int[] taps;
  private int tap;
  private int depth;
  private float[] b;
  private int bOffset;
  private int bStep;
  private float[] start;
  private boolean isBroadcast;
  private float[] c;
  private boolean onto;
  private boolean lowClamped;
  private float low;
  private boolean highClamped;
  private float high;
  private int calls;
  private final int[] aRows = new int[ROWS];
  private final int[] starts = new int[ROWS];
  private final int[] cRows = new int[ROWS];

  /** Neighbours, for a depth that follows on itself; made once it is needed. */
  private static final class Contiguous {
    static final int[] TAPS = new int[MOST_DEPTH];

    static {
      for (int i = 0; i < MOST_DEPTH; i++) {
        TAPS[i] = i;
      }
    }
  }

  static boolean covers(int depth) {
    return depth <= MOST_DEPTH;
  }

  /** Whether the kernel is compiled; has it compiled before. */
  static boolean isReady() {
    return STAND_IN.isReady();
  }

  private static Runnable call() {
    ColdTile p = new ColdTile();
    p.a = new float[DEPTH];
    p.taps = Contiguous.TAPS;
    p.bStep = Simd.LANES;
    p.b = new float[DEPTH * p.bStep];
    p.start = new float[Simd.LANES];
    p.c = new float[ROWS * Simd.LANES];
    for (int i = 0; i < ROWS; i++) {
      p.cRows[i] = i * Simd.LANES;
    }
    return () -> {
      p.vary();
      p.fourRows(0);
    };
  }

  /** From small call to call: what is never seen ends the compiled code when it comes. */
  private void vary() {
    calls++;
    depth = calls % LONG_CALLS == 0 ? DEPTH : SHORT_DEPTH;
    isBroadcast = (calls & 1) != 0;
    onto = (calls & 2) != 0;
    lowClamped = (calls & 4) != 0;
    highClamped = (calls & 8) != 0;
  }

  /** Lets go of the arrays. */
  void clear() {
    if (a != null) {
      a = null;
      taps = null;
      b = null;
      start = null;
      c = null;
    }
  }

  /** What {@link DenseKernels} does with so many rows from {@code t} on. */
  void run(TileCall p, int rows, int t, boolean arePixels) {
    left(p.a, Contiguous.TAPS, 0, p.depth);
    right(p.b, p.bOffset, p.vectors * Simd.LANES);
    start = p.start;
    isBroadcast = arePixels;
    result(p.c, p.onto);
    clamp(p.lowClamped, p.low, p.highClamped, p.high);
    for (int first = 0; first < rows; first += ROWS) {
      for (int i = 0; i < ROWS; i++) {
        int row = t + Math.min(first + i, rows - 1);
        aRows[i] = p.table[p.aRows + row] + p.aOffset;
        starts[i] = p.startOffset + (arePixels ? row : 0);
        cRows[i] = p.table[p.cRows + row] + p.cOffset;
      }
      columns();
    }
  }

  /** What the tiles of listed or contiguous depth do with so many rows. */
  void run(DenseTapCall p, int rows) {
    left(p.a, p.isListed ? p.taps : Contiguous.TAPS, p.isListed ? p.tap : 0, p.depth);
    right(p.b, p.bOffset, p.vectors * Simd.LANES);
    start = p.start;
    isBroadcast = false;
    result(p.c, p.onto);
    clamp(p.lowClamped, p.low, p.highClamped, p.high);
    for (int first = 0; first < rows; first += ROWS) {
      for (int i = 0; i < ROWS; i++) {
        int row = Math.min(first + i, rows - 1);
        aRows[i] = p.aOffset + row * p.distance;
        starts[i] = p.startOffset;
        cRows[i] = p.cOffset + row * p.cStep;
      }
      columns();
    }
  }

  private void left(float[] a, int[] taps, int tap, int depth) {
    this.a = a;
    this.taps = taps;
    this.tap = tap;
    this.depth = depth;
  }

  private void right(float[] b, int offset, int step) {
    this.b = b;
    this.bOffset = offset;
    this.bStep = step;
  }

  private void result(float[] c, boolean onto) {
    this.c = c;
    this.onto = onto;
  }

  private void clamp(boolean lowClamped, float low, boolean highClamped, float high) {
    this.lowClamped = lowClamped;
    this.low = low;
    this.highClamped = highClamped;
    this.high = high;
  }

  /** The last first: it may reach into the next row, whose first vector comes after it. */
  private void columns() {
    // Counted by vectors: whether columns by LANES overflow is a check that C2 gives up at.
    for (int v = bStep / Simd.LANES - 1; v >= 0; v--) {
      fourRows(v * Simd.LANES);
    }
  }

  /** Where there are fewer rows some are the same; all are read before any is written. */
  private void fourRows(int column) {
    float[] a = this.a;
    float[] b = this.b;
    int[] taps = this.taps;
    int tap = this.tap;
    int depth = this.depth;
    int step = bStep;
    int bAt = bOffset + column;
    int a0 = aRows[0];
    int a1 = aRows[1];
    int a2 = aRows[2];
    int a3 = aRows[3];
    FloatVector c0 = start(0, column);
    FloatVector c1 = start(1, column);
    FloatVector c2 = start(2, column);
    FloatVector c3 = start(3, column);
    for (int k = 0; k < depth; k++) {
      int at = taps[tap + k];
      FloatVector y = FloatVector.fromArray(Simd.SPECIES, b, bAt + k * step);
      c0 = fma(FloatVector.broadcast(Simd.SPECIES, a[a0 + at]), y, c0);
      c1 = fma(FloatVector.broadcast(Simd.SPECIES, a[a1 + at]), y, c1);
      c2 = fma(FloatVector.broadcast(Simd.SPECIES, a[a2 + at]), y, c2);
      c3 = fma(FloatVector.broadcast(Simd.SPECIES, a[a3 + at]), y, c3);
    }
    c0 = finished(c0, cRows[0] + column);
    c1 = finished(c1, cRows[1] + column);
    c2 = finished(c2, cRows[2] + column);
    c3 = finished(c3, cRows[3] + column);
    c0.intoArray(c, cRows[0] + column);
    c1.intoArray(c, cRows[1] + column);
    c2.intoArray(c, cRows[2] + column);
    c3.intoArray(c, cRows[3] + column);
  }

  private FloatVector start(int row, int column) {
    return isBroadcast
        ? FloatVector.broadcast(Simd.SPECIES, start[starts[row]])
        : FloatVector.fromArray(Simd.SPECIES, start, starts[row] + column);
  }

  private FloatVector finished(FloatVector sum, int at) {
    FloatVector value = onto ? sum.add(FloatVector.fromArray(Simd.SPECIES, c, at)) : sum;
    if (lowClamped) {
      FloatVector lows = FloatVector.broadcast(Simd.SPECIES, low);
      value = value.blend(lows, value.lt(lows));
    }
    if (highClamped) {
      FloatVector highs = FloatVector.broadcast(Simd.SPECIES, high);
      value = value.blend(highs, highs.lt(value));
    }
    return value;
  }
}

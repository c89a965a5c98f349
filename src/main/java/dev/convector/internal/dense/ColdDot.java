package dev.convector.internal.dense;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.simd.KernelWarmUp;
import dev.convector.internal.simd.StandIn;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Tiles with the depth in the lanes whose own kernels C2 has not compiled yet: one small kernel,
 * four pixels by one filter, does the work of all, with the same bits; and the lanes of their sums
 * are added one by one, with the same bits too.
 *
 * <p>A call has one.
 */
final class ColdDot {
  private static final int ROWS = 4;

  /** Places that a small call of the kernel has: one of so many calls all of them, others fewer. */
  private static final int PLACES = 24;

  private static final int LONG_CALLS = 16;

  /** HotSpot has the loop's version compiled first where a call runs it more than eight times. */
  private static final int SHORT_PLACES = 4;

  /** Of a small call, in multiply-adds of vectors. */
  private static final int WORK = ROWS * (SHORT_PLACES + (PLACES - SHORT_PLACES) / LONG_CALLS);

  private static final StandIn STAND_IN = new StandIn(ColdDot::call, WORK);

  private float[] a;
  private float[] b;
  private int bStep;
  private float[] sums;
  private final int[] aRows = new int[ROWS];
  private final int[] sumRows = new int[ROWS];
  private final float[] lanes = new float[LANES];

  /** Whether the kernel is compiled; has it compiled before. */
  static boolean isReady() {
    return STAND_IN.isReady();
  }

  private static Runnable call() {
    ColdDot p = new ColdDot();
    p.a = new float[LANES];
    p.b = new float[PLACES * LANES];
    p.bStep = LANES;
    p.sums = new float[ROWS * LANES];
    int[] places = new int[PLACES];
    for (int i = 0; i < ROWS; i++) {
      p.sumRows[i] = i * LANES;
    }
    return KernelWarmUp.inTurn(
        LONG_CALLS, turn -> p.fourRows(places, turn == 0 ? PLACES : SHORT_PLACES, 0, 0));
  }

  /** Lets go of the arrays. */
  void clear() {
    a = null;
    b = null;
    sums = null;
  }

  /** What {@link DenseDotWindowKernels} does with such tiles. */
  void run(DenseDotWindowCall p, int rows, int filters, int from, int to, int tiles) {
    a = p.a;
    b = p.b;
    bStep = filters * LANES;
    sums = p.sums;
    for (int tile = 0; tile < tiles; tile++) {
      for (int first = 0; first < rows; first += ROWS) {
        for (int i = 0; i < ROWS; i++) {
          int row = Math.min(first + i, rows - 1);
          aRows[i] = from + tile * p.aTile + row * p.aStep;
          sumRows[i] = to + tile * p.cTile + row * p.cStep;
        }
        for (int filter = 0; filter < filters; filter++) {
          start(p, filter * LANES);
          fourRows(p.taps, p.steps, p.bOffset + filter * LANES, filter * LANES);
          for (int i = 0; i < Math.min(ROWS, rows - first); i++) {
            ends(p, i, p.bEnds + filter * LANES, filter * LANES);
          }
        }
      }
    }
  }

  /** Sums of zero, where there are none yet. */
  private void start(DenseDotWindowCall p, int at) {
    for (int i = 0; i < ROWS && p.onto == 0; i++) {
      Arrays.fill(sums, sumRows[i] + at, sumRows[i] + at + LANES, 0);
    }
  }

  /** Where there are fewer rows some are the same; all are read before any is written. */
  private void fourRows(int[] places, int count, int bOffset, int at) {
    float[] a = this.a;
    float[] b = this.b;
    float[] sums = this.sums;
    int step = bStep;
    int a0 = aRows[0];
    int a1 = aRows[1];
    int a2 = aRows[2];
    int a3 = aRows[3];
    FloatVector s0 = FloatVector.fromArray(SPECIES, sums, sumRows[0] + at);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sums, sumRows[1] + at);
    FloatVector s2 = FloatVector.fromArray(SPECIES, sums, sumRows[2] + at);
    FloatVector s3 = FloatVector.fromArray(SPECIES, sums, sumRows[3] + at);
    for (int t = 0; t < count; t++) {
      int place = places[t];
      FloatVector y = FloatVector.fromArray(SPECIES, b, bOffset + t * step);
      s0 = fma(FloatVector.fromArray(SPECIES, a, a0 + place), y, s0);
      s1 = fma(FloatVector.fromArray(SPECIES, a, a1 + place), y, s1);
      s2 = fma(FloatVector.fromArray(SPECIES, a, a2 + place), y, s2);
      s3 = fma(FloatVector.fromArray(SPECIES, a, a3 + place), y, s3);
    }
    s0.intoArray(sums, sumRows[0] + at);
    s1.intoArray(sums, sumRows[1] + at);
    s2.intoArray(sums, sumRows[2] + at);
    s3.intoArray(sums, sumRows[3] + at);
  }

  /** The vectors of a row that are masked, a lane at a time: a small kernel is compiled sooner. */
  private void ends(DenseDotWindowCall p, int row, int bOffset, int at) {
    int sum = sumRows[row] + at;
    for (int t = 0; t < p.endSteps; t++) {
      int from = aRows[row] + p.ends[t];
      for (int lane = 0; lane < LANES; lane++) {
        float x = p.mask[lane] == 0 ? 0 : a[from + lane];
        sums[sum + lane] = fma(x, b[bOffset + t * bStep + lane], sums[sum + lane]);
      }
    }
  }

  /** What {@link DenseDotWindowKernels#add} does: neighbours first, then neighbours of these. */
  void add(DenseDotWindowCall p, int from, int to, int results) {
    for (int r = 0; r < results; r++) {
      p.c[to + r] = sum(p.sums, from + r * LANES) + p.first[p.firstOffset + r];
    }
  }

  private float sum(float[] sums, int from) {
    System.arraycopy(sums, from, lanes, 0, LANES);
    for (int count = LANES / 2; count > 0; count /= 2) {
      for (int i = 0; i < count; i++) {
        lanes[i] = lanes[2 * i] + lanes[2 * i + 1];
      }
    }
    return lanes[0];
  }
}

package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The kernels of transposition and a small call of each. Plain loops do the work until they are
 * compiled, and nothing is done about that before it is worth it: a picture that a network begins
 * with is moved in a millisecond.
 */
final class TransposeWarmUp {
  private static final int MOST_PLANES = 8;

  // By the number of planes, whole squares and one for each of both ways.
  static final int WHOLE = 0;
  static final int DEINTERLEAVE = MOST_PLANES + 1;

  /** Floats that loops move, in two nanoseconds each, before a kernel is asked for. */
  private static final long LOOPS_FLOATS = 1_000_000;

  /** One in so many small calls is of so many blocks, the others are of one. */
  private static final int TURNS = 16;

  private static final int BLOCKS = 8;

  /**
   * Calls that are counted: of so few runs HotSpot asks C2 for what was called 5000 times
   * (Tier4InvocationThreshold).
   */
  private static final int ASKED = 5500;

  private static final int KERNELS = DEINTERLEAVE + MOST_PLANES + 1;

  /** Of this JVM. */
  static final TransposeWarmUp COMMON = new TransposeWarmUp();

  private final KernelWarmUp kernels = new KernelWarmUp(KERNELS, () -> true, ASKED);
  private final long[] left = new long[KERNELS];

  TransposeWarmUp() {
    Arrays.fill(left, LOOPS_FLOATS);
  }

  /** Whether a matrix that vectors could move is better moved by loops. */
  boolean isCold(int rows, int columns) {
    int kernel = kernel(rows, columns);
    return kernels.isCold(kernel) && isWaiting(kernel, (long) rows * columns);
  }

  private static int kernel(int rows, int columns) {
    if (rows < LANES) {
      return rows;
    }
    return columns < LANES ? DEINTERLEAVE + columns : WHOLE;
  }

  /** Counts; what threads don't see of each other does no harm. */
  private boolean isWaiting(int kernel, long floats) {
    long before = left[kernel];
    if (before > 0) {
      left[kernel] = before - floats;
      return true;
    }
    int planes = kernel < DEINTERLEAVE ? kernel : kernel - DEINTERLEAVE;
    int vectors = planes == 0 ? LANES : planes;
    return kernels.count(kernel, Long.MAX_VALUE, call(kernel), 3 * vectors);
  }

  static Supplier<Runnable> call(int kernel) {
    if (kernel == WHOLE) {
      return TransposeWarmUp::whole;
    }
    return kernel < DEINTERLEAVE
        ? () -> interleave(kernel)
        : () -> deinterleave(kernel - DEINTERLEAVE);
  }

  private static int blocks(int turn) {
    return turn == 0 ? BLOCKS : 1;
  }

  private static Runnable whole() {
    int side = BLOCKS * LANES;
    float[] src = new float[side * side];
    float[] dst = new float[side * side];
    return KernelWarmUp.inTurn(
        TURNS,
        turn -> TransposeKernels.whole(blocks(turn), src, 0, side, dst, 0, side, turn % 2 == 0));
  }

  private static Runnable interleave(int planes) {
    int side = BLOCKS * LANES;
    float[] src = new float[planes * side];
    float[] dst = new float[planes * side];
    return KernelWarmUp.inTurn(
        TURNS, turn -> TransposeKernels.interleave(planes, blocks(turn), src, 0, side, dst, 0));
  }

  private static Runnable deinterleave(int planes) {
    int side = BLOCKS * LANES;
    float[] src = new float[planes * side];
    float[] dst = new float[planes * side];
    return KernelWarmUp.inTurn(
        TURNS, turn -> TransposeKernels.deinterleave(planes, blocks(turn), src, 0, dst, 0, side));
  }
}

package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.ColdLoops;
import dev.convector.internal.simd.KernelWarmUp;

/**
 * The kernels of transposition, and a small call of each: a picture that a network begins with is
 * left to loops.
 */
final class TransposeWarmUp {
  private static final int MOST_PLANES = 8;

  // By the number of planes, whole squares and one for each of both ways.
  static final int WHOLE = 0;
  static final int DEINTERLEAVE = MOST_PLANES + 1;

  /** One in so many small calls is of so many blocks, the others are of one. */
  private static final int TURNS = 16;

  private static final int BLOCKS = 8;

  private static final ColdLoops COLD = new ColdLoops(DEINTERLEAVE + MOST_PLANES + 1, false);

  private TransposeWarmUp() {}

  /** Whether a matrix that vectors could move is better moved by loops. */
  static boolean isCold(int rows, int columns) {
    int kernel = kernel(rows, columns);
    int vectors = kernel == WHOLE ? LANES : Math.min(rows, columns);
    return COLD.isCold(kernel)
        && COLD.areDue(kernel, (long) rows * columns, () -> call(kernel), 3 * vectors);
  }

  private static int kernel(int rows, int columns) {
    if (rows < LANES) {
      return rows;
    }
    return columns < LANES ? DEINTERLEAVE + columns : WHOLE;
  }

  static Runnable call(int kernel) {
    if (kernel == WHOLE) {
      return whole();
    }
    return kernel < DEINTERLEAVE ? interleave(kernel) : deinterleave(kernel - DEINTERLEAVE);
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

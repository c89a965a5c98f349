package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the kernels that sum outer products over pixels, and the loop around them; the
 * codegen folder's OuterKernels has the formula. A worker has one; all lies in its scratch.
 */
final class OuterCall implements Scratch.Kept {
  private static final Scratch.Slot<OuterCall> SLOT = new Scratch.Slot<>(OuterCall::new);

  /** Most rows of a tile of so many vectors, whose accumulators and vectors must fit registers. */
  private static final int[] MOST_ROWS =
      Simd.MANY_REGISTERS ? new int[] {0, 8, 8, 6, 6} : new int[] {0, 8, 4};

  float[] floats;

  /** Where the first row's element of the first pixel is. */
  int a;

  /** Where the first vector's first pixel is, and how far behind it the next vector's. */
  int b;

  int bStep;
  int vectors;

  /** Pixels times LANES. */
  int depth;

  float[] sums;

  int cStart;
  int pitch;

  /** Where the first row's sums are, and how far behind them the next row's. */
  int c;

  int cStep;
  boolean onto;

  /** The worker's. */
  static OuterCall of(Scratch scratch) {
    OuterCall call = scratch.get(SLOT);
    if (call.floats != scratch.floats) {
      call.floats = scratch.floats;
    }
    return call;
  }

  /** Where the results begin, and how far apart those of two taps are. */
  void result(float[] sums, int start, int pitch) {
    if (this.sums != sums) {
      this.sums = sums;
    }
    this.cStart = start;
    this.pitch = pitch;
  }

  /** Lets go of the caller's array. */
  @Override
  public void clear() {
    sums = null;
  }

  /** Adds the products of neighbouring channels from one on. */
  void run(int rows, int a, int c) {
    int tiles = Math.ceilDiv(rows, MOST_ROWS[vectors]);
    int count;
    for (int row = 0; row < rows; row += count, tiles--) {
      count = Math.ceilDiv(rows - row, tiles);
      this.a = a + row;
      this.c = c + row * cStep;
      GradientWarmUp.count(this, count);
      OuterKernels.tile(this, count);
    }
  }
}

package dev.convector.internal.transposed;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that add a few taps' products with filters in the lanes; the codegen
 * folder's TransposedKernels has the formula. A worker has one.
 */
final class TransposedTaps {
  private static final Scratch.Slot<TransposedTaps> SLOT = new Scratch.Slot<>(TransposedTaps::new);

  /** Most taps at a time. */
  static final int MOST = 4;

  int filters;
  int pixels;
  float[] x;
  int xStep;
  final int[] xAt = new int[MOST];
  float[] w;
  final int[] wAt = new int[MOST];

  /** Null for what the result holds. */
  float[] start;

  int startAt;
  float[] y;
  int yStep;
  int yAt;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;

  private TransposedTaps() {}

  /** The worker's. */
  static TransposedTaps of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  void clear() {
    x = null;
    w = null;
    start = null;
    y = null;
  }
}

package dev.convector.internal.transposed;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels with pixels in the lanes; the codegen folder's TransposedKernels has
 * the formula. A worker has one.
 */
final class TransposedPixels implements Scratch.Kept {
  private static final Scratch.Slot<TransposedPixels> SLOT =
      new Scratch.Slot<>(TransposedPixels::new);

  int[] steps;
  int first;
  int depth;
  float[] a;
  int aOffset;
  float[] b;
  int bOffset;
  float[] c;
  int cOffset;

  private TransposedPixels() {}

  /** The worker's. */
  static TransposedPixels of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    a = null;
    b = null;
    c = null;
    steps = null;
  }
}

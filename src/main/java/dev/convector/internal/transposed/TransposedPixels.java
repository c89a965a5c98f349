package dev.convector.internal.transposed;

/**
 * The operands of the kernels with pixels in the lanes; the codegen folder's TransposedKernels has
 * the formula.
 */
final class TransposedPixels {
  int[] steps;
  int first;
  int depth;
  float[] a;
  int aOffset;
  float[] b;
  int bOffset;
  float[] c;
  int cOffset;

  /** Lets go of the caller's arrays. */
  void clear() {
    a = null;
    b = null;
    c = null;
    steps = null;
  }
}

package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that sum a depthwise layer's products in place; the codegen folder's
 * DepthwiseSumKernels has the formula. A worker has one.
 */
final class DepthwiseSumCall implements Scratch.Kept {
  private static final Scratch.Slot<DepthwiseSumCall> SLOT =
      new Scratch.Slot<>(DepthwiseSumCall::new);

  final float[] zeros = new float[DepthwiseSumKernels.VECTORS * LANES];
  int rows;
  int columns;
  float[] x;
  int xAt;
  int xStep;
  int xRow;
  boolean atTop;
  boolean atBottom;
  boolean atLeft;
  boolean atRight;
  float[] y;
  int yAt;
  int yStep;
  int yRow;
  float[] sums;
  int sumsAt;
  int biasAt;

  /** The worker's. */
  static DepthwiseSumCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    y = null;
    sums = null;
  }
}

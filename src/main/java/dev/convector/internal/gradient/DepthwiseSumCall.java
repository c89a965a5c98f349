package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import jdk.incubator.vector.FloatVector;

/**
 * The operands of the kernels that sum a depthwise layer's products in place; the codegen folder's
 * DepthwiseSumKernels has the formula. A worker has one.
 */
final class DepthwiseSumCall implements Scratch.Kept {
  private static final Scratch.Slot<DepthwiseSumCall> SLOT =
      new Scratch.Slot<>(DepthwiseSumCall::new);

  /** Taps, and the gradient of the bias. */
  private static final int SUMS = 10;

  final float[] zeros = new float[DepthwiseSumKernels.VECTORS * LANES];

  /** A kernel's results, {@code [vectors][SUMS][LANES]}. */
  final float[] products = new float[DepthwiseSumKernels.VECTORS * SUMS * LANES];

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

  /** Runs a kernel and adds its results to the sums. */
  void add(int stride, int vectors) {
    DepthwiseSumKernels.run(this, stride, vectors);
    for (int v = 0; v < vectors; v++) {
      int from = v * SUMS * LANES;
      add(from, SUMS - 1, sumsAt + v * (SUMS - 1) * LANES);
      add(from + (SUMS - 1) * LANES, 1, biasAt + v * LANES);
    }
  }

  private void add(int from, int count, int to) {
    for (int i = 0; i < count * LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, products, from + i)
          .add(FloatVector.fromArray(SPECIES, sums, to + i))
          .intoArray(sums, to + i);
    }
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    y = null;
    sums = null;
  }
}

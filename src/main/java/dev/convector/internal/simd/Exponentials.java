package dev.convector.internal.simd;

import static dev.convector.internal.simd.Simd.LANES;

/** Exponentials over a range of an array, the same wherever an element lies. */
public final class Exponentials {
  /** One in so many small calls is of so many vectors, the others are of one. */
  private static final int TURNS = 16;

  private static final int VECTORS = 8;

  /** Operations on a vector. */
  private static final int WORK = 20;

  private static final ColdLoops COLD = new ColdLoops(1, false);

  private Exponentials() {}

  /** {@code y[i] = e^(x[i] - most)}, for x up to {@code most}; 1.6e-38 from 87 below it on. */
  public static void exp(float[] x, int at, int count, float most, float[] y, int to) {
    if (COLD.isCold(0) && COLD.areDue(0, count, Exponentials::call, WORK)) {
      ExponentialLoops.exp(x, at, count, most, y, to);
    } else {
      byVectors(x, at, count, most, y, to);
    }
  }

  static void byVectors(float[] x, int at, int count, float most, float[] y, int to) {
    int whole = count / LANES * LANES;
    ExponentialKernels.exp(x, at, whole, most, y, to);
    ExponentialLoops.exp(x, at + whole, count - whole, most, y, to + whole);
  }

  private static Runnable call() {
    float[] x = new float[VECTORS * LANES];
    float[] y = new float[VECTORS * LANES];
    return KernelWarmUp.inTurn(
        TURNS, turn -> ExponentialKernels.exp(x, 0, turn == 0 ? x.length : LANES, 0, y, 0));
  }
}

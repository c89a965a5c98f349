package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;

/**
 * The shapes of the kernels of weights' gradients, and a small call of each. Not those of {@link
 * DepthwiseSumKernels}: with small calls of them C2 was asked no sooner, and left them 8 to 10 %
 * slower for good (docs/decisions.md).
 */
final class GradientWarmUp {
  /** One in so many small calls has a long loop. */
  private static final int TURNS = 8;

  private static final int SHORT = 2;
  private static final int LONG = 40;

  /** Of a small call, in the mean. */
  private static final int STEPS = ((TURNS - 1) * SHORT + LONG) / TURNS;

  private static final int FLOATS = 8 * 1024;

  private static final KernelWarmUp OUTER = new KernelWarmUp(100, KernelWarmUp.ASKED_LATE);
  private static final KernelWarmUp DOT = new KernelWarmUp(200, KernelWarmUp.ASKED_LATE);

  private GradientWarmUp() {}

  /** Counts a tile that is about to be computed, and warms a shape that is cold. */
  static void count(OuterCall p, int rows) {
    int vectors = p.vectors;
    int shape = rows * 10 + vectors;
    if (OUTER.isCold(shape)) {
      boolean onto = p.onto;
      OUTER.count(shape, p.depth / LANES, () -> outer(rows, vectors, onto), STEPS * rows * vectors);
    }
  }

  static Runnable outer(int rows, int vectors, boolean onto) {
    OuterCall p = new OuterCall();
    p.floats = new float[FLOATS];
    p.vectors = vectors;
    p.sums = new float[rows * vectors * LANES];
    p.cStep = vectors * LANES;
    p.onto = onto;
    return KernelWarmUp.inTurn(
        TURNS,
        turn -> {
          p.depth = (turn == 0 ? LONG : SHORT) * LANES;
          OuterKernels.tile(p, rows);
        });
  }

  /** The same of a tile of so many rows and filters. */
  static void count(DotCall p, boolean swapped, int rows, int filters) {
    int shape = (swapped ? 100 : 0) + rows * 10 + filters;
    if (DOT.isCold(shape)) {
      DOT.count(shape, p.depth / LANES, () -> dot(swapped, rows, filters), STEPS * rows * filters);
    }
  }

  static Runnable dot(boolean swapped, int rows, int filters) {
    DotCall p = new DotCall();
    p.x = new float[FLOATS];
    p.y = p.x;
    p.table = new int[rows];
    p.sums = new float[rows * filters * LANES];
    p.sumsStep = rows * LANES;
    p.swap = DotCall.SWAPS.getFirst();
    return KernelWarmUp.inTurn(
        TURNS,
        turn -> {
          p.depth = (turn == 0 ? LONG : SHORT) * LANES;
          if (swapped) {
            DotKernels.swapped(p, rows, filters, 0);
          } else {
            DotKernels.tile(p, rows, filters, 0);
          }
        });
  }
}

package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;

/** The shapes of the tiles with the depth in the lanes, and a small call of each. */
final class DenseDotWindowWarmUp {
  private static final int FILTERS = DenseDotWindowCall.MOST_FILTERS + 1;
  private static final int MOST_ROWS = 8;

  /** Vectors of a small call, and those of them that are masked. */
  private static final int VECTORS = 12;

  private static final int ENDS = 4;
  private static final int TILES = 2;

  private static final KernelWarmUp SHAPES = new KernelWarmUp((MOST_ROWS + 1) * FILTERS);

  private DenseDotWindowWarmUp() {}

  static boolean isCold(int rows, int filters) {
    return SHAPES.isCold(rows * FILTERS + filters);
  }

  /** Counts a tile of a cold shape. */
  static void count(DenseDotWindowCall p, int rows, int filters, int tiles) {
    int vectors = p.steps + p.endSteps;
    int work = TILES * rows * filters * VECTORS;
    SHAPES.count(rows * FILTERS + filters, (long) tiles * vectors, () -> call(rows, filters), work);
  }

  static Runnable call(int rows, int filters) {
    DenseDotWindowCall p = new DenseDotWindowCall();
    p.a = new float[rows * LANES];
    p.b = new float[VECTORS * filters * LANES];
    p.taps = new int[VECTORS - ENDS];
    p.steps = p.taps.length;
    p.ends = new int[ENDS];
    p.endSteps = p.ends.length;
    p.mask = new int[LANES];
    p.sums = new float[rows * filters * LANES];
    p.aStep = LANES;
    p.cStep = filters * LANES;
    return () -> DenseDotWindowKernels.tiles(p, rows, filters, 0, 0, TILES);
  }
}

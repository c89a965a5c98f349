package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;

/**
 * The shapes of the tiles with the depth in the lanes and the kernel that adds their lanes, and a
 * small call of each.
 */
final class DenseDotWindowWarmUp {
  private static final int FILTERS = DenseDotWindowCall.MOST_FILTERS + 1;
  private static final int MOST_ROWS = 8;

  /**
   * Vectors of a small call, which HotSpot asks C2 for after 720 of them; one in so many calls has
   * two tiles, some of whose vectors are masked. If more had, C2 would check before the loop over
   * tiles that there are some, and compile the kernel again where there are none.
   */
  private static final int VECTORS = 24;

  private static final int TURNS = 16;
  private static final int TILES = 2;
  private static final int ENDS = 4;

  private static final KernelWarmUp SHAPES =
      new KernelWarmUp((MOST_ROWS + 1) * FILTERS, ColdDot::isReady);

  /**
   * Adding the lanes of 16 vectors takes the client compiler's code 30 us, and HotSpot wants 15,000
   * runs of a loop; but it also asks C2 for what was called 5000 times, mostly for nothing.
   */
  private static final int EMPTY_ADDS = 15;

  private static final int ADDS_ASKED = 2 * KernelWarmUp.ASKED_LATE / (1 + EMPTY_ADDS);

  private static final KernelWarmUp ADD = new KernelWarmUp(1, () -> true, ADDS_ASKED);

  private DenseDotWindowWarmUp() {}

  static boolean isCold(int rows, int filters) {
    return SHAPES.isCold(rows * FILTERS + filters);
  }

  /** Counts tiles of a cold shape; returns whether they are {@link ColdDot}'s. */
  static boolean count(DenseDotWindowCall p, int rows, int filters, int tiles) {
    int vectors = p.steps + p.endSteps;
    int work = rows * filters * VECTORS;
    return SHAPES.count(
        rows * FILTERS + filters, (long) tiles * vectors, () -> call(rows, filters), work);
  }

  static Runnable call(int rows, int filters) {
    DenseDotWindowCall p = new DenseDotWindowCall();
    p.a = new float[rows * LANES];
    p.b = new float[VECTORS * filters * LANES];
    p.taps = new int[VECTORS];
    p.ends = new int[ENDS];
    p.mask = new int[LANES];
    p.sums = new float[rows * filters * LANES];
    p.aStep = LANES;
    p.cStep = filters * LANES;
    return KernelWarmUp.inTurn(
        TURNS,
        turn -> {
          p.steps = turn == 0 ? VECTORS / TILES - ENDS : VECTORS;
          p.endSteps = turn == 0 ? ENDS : 0;
          p.start(turn % 4 < 2);
          DenseDotWindowKernels.tiles(p, rows, filters, 0, 0, turn == 0 ? TILES : 1);
        });
  }

  static boolean isAddCold() {
    return ADD.isCold(0);
  }

  /** Counts results whose lanes are added; returns whether that is {@link ColdDot}'s. */
  static boolean countAdd(int results) {
    return ADD.count(0, results, DenseDotWindowWarmUp::add, 2 * LANES);
  }

  static Runnable add() {
    DenseDotWindowCall p = new DenseDotWindowCall();
    p.sums = new float[LANES * LANES];
    p.results(new float[LANES], 0, new float[LANES]);
    return () -> {
      for (int i = 0; i < EMPTY_ADDS; i++) {
        DenseDotWindowKernels.add(p, 0, 0, 0);
      }
      DenseDotWindowKernels.add(p, 0, 0, LANES);
    };
  }
}

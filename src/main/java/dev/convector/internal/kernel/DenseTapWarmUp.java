package dev.convector.internal.kernel;

import dev.convector.internal.simd.KernelWarmUp;
import dev.convector.internal.simd.Simd;

/**
 * The shapes of the tiles whose rows lie a distance apart, and a small call of each for {@link
 * KernelWarmUp}.
 */
final class DenseTapWarmUp {
  private static final int DEPTH = 8;
  private static final int TILES = 2;
  private static final int ROWS = 2 * RegisterTile.MR + 1;
  private static final int VECTORS = 5;

  /**
   * A distance that no tile has a constant for: of tiles that take any, all small calls have it.
   */
  private static final int ANY_DISTANCE = 97;

  /** Adding, and each limit: a tile that has seen other answers is compiled again. */
  private static final int ENDINGS = 8;

  private static final KernelWarmUp SHAPES =
      new KernelWarmUp(
          (DenseTapKernels.NUMBERS + DensePointKernels.NUMBERS) * ENDINGS * VECTORS * ROWS,
          ColdTile::isReady);

  private DenseTapWarmUp() {}

  /** The number of a call's shapes, to which the rows of a tile are added. */
  static int shape(DenseTapCall p) {
    int ending = (p.onto ? 4 : 0) + (p.lowClamped ? 2 : 0) + (p.highClamped ? 1 : 0);
    int distance = p.isListed ? p.constant() : DenseTapKernels.NUMBERS + p.constant();
    return ((distance * ENDINGS + ending) * VECTORS + p.vectors) * ROWS;
  }

  static boolean isCold(int shape) {
    return SHAPES.isCold(shape);
  }

  /** Counts tiles of a cold shape; returns whether they are {@link ColdTile}'s. */
  static boolean count(DenseTapCall p, int shape, int rows, int tiles) {
    int work = TILES * rows * p.vectors * DEPTH;
    return SHAPES.count(shape + rows, (long) tiles * p.depth, () -> call(p, rows), work);
  }

  static Runnable call(DenseTapCall like, int rows) {
    DenseTapCall p = new DenseTapCall();
    int columns = like.vectors * Simd.LANES;
    p.vectors = like.vectors;
    p.depth = DEPTH;
    p.onto = like.onto;
    p.lowClamped = like.lowClamped;
    p.highClamped = like.highClamped;
    p.isListed = like.isListed;
    p.distance = like.constant() > 0 ? like.distance : ANY_DISTANCE;
    p.a = new float[TILES * rows * p.distance + DEPTH];
    p.taps = new int[DEPTH];
    p.b = new float[DEPTH * columns];
    p.start = new float[columns];
    p.c = new float[TILES * rows * columns];
    p.cStep = columns;
    return () -> p.tiles(rows, TILES);
  }
}

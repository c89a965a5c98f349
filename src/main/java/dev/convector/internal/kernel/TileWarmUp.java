package dev.convector.internal.kernel;

import dev.convector.internal.simd.KernelWarmUp;
import dev.convector.internal.simd.Simd;

/** The shapes of the register tiles, and a small call of each for {@link KernelWarmUp}. */
final class TileWarmUp {
  /**
   * What a small call's loop runs, of one step or of two. Twice as often, and HotSpot counts 40,000
   * runs in the interpreter while the client compiler is busy with the method, and first asks for a
   * version for the middle of the loop.
   */
  private static final int DEPTH = 24;

  /**
   * Of even depth, odd, deep and both; by {@link TileCall#ending} and vectors; 0 to as many rows.
   */
  private static final int ROWS = 2 * RegisterTile.MR + 1;

  private static final int DEPTHS = 4;
  private static final int ENDINGS = 6;
  private static final int VECTORS = 5;

  private static final KernelWarmUp TILES =
      new KernelWarmUp(2 * ENDINGS * VECTORS * DEPTHS * ROWS, ColdTile::isReady);

  private TileWarmUp() {}

  /** The number of a call's shapes, to which the rows of a tile are added. */
  static int shape(TileCall p, boolean arePixels) {
    int depth = p.depth % 2 + (p.depth >= p.deep ? 2 : 0);
    int ending = arePixels ? ENDINGS + p.ending : p.ending;
    return ((ending * VECTORS + p.vectors) * DEPTHS + depth) * ROWS;
  }

  static boolean isCold(int shape) {
    return TILES.isCold(shape);
  }

  /** Counts a tile of a cold shape; returns whether it is {@link ColdTile}'s. */
  static boolean count(TileCall p, int shape, int rows, boolean arePixels) {
    int work = rows * p.vectors * smallDepth(p, rows);
    return TILES.count(shape + rows, p.depth, () -> call(p, rows, arePixels), work);
  }

  private static int smallDepth(TileCall p, int rows) {
    return (RegisterTile.isPaired(rows, p.vectors) ? 2 : 1) * DEPTH + p.depth % 2;
  }

  static Runnable call(TileCall like, int rows, boolean arePixels) {
    TileCall p = new TileCall();
    int columns = like.vectors * Simd.LANES;
    p.vectors = like.vectors;
    p.depth = smallDepth(like, rows);
    p.deep = like.depth >= like.deep ? p.depth : p.depth + 1;
    p.ending = like.ending;
    p.a = new float[p.depth];
    p.b = new float[p.depth * columns];
    p.c = new float[rows * columns];
    p.start = new float[Math.max(rows, columns)];
    p.table = new int[2 * rows];
    p.cRows = rows;
    for (int i = 0; i < rows; i++) {
      p.table[rows + i] = i * columns;
    }
    if (arePixels) {
      return () -> DenseKernels.pixel(p, rows, 0);
    }
    return () -> DenseKernels.tile(p, rows, 0);
  }
}

package dev.convector.internal.transposed;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that add a few taps' products with filters in the lanes, and of those
 * that compute tiles of all phases; the codegen folder's TransposedKernels and
 * TransposedTileKernels have the formulas. A worker has one.
 */
final class TransposedTaps implements Scratch.Kept {
  private static final Scratch.Slot<TransposedTaps> SLOT = new Scratch.Slot<>(TransposedTaps::new);

  /** Most taps at a time. */
  static final int MOST = 4;

  /** First filter, of the bias and of weights that lie in the order of filters. */
  int filter;

  /** The same counted in vectors as they are packed, of which the last may repeat filters. */
  int packed;

  int filters;
  int pixels;
  int tiles;
  float[] x;

  /** Where the input's first pixel lies or would lie, for the first filter. */
  int xOrigin;

  /** Where the block's first output lies, for the first filter. */
  int yOrigin;

  int xRow;
  int xPixel;
  int xStep;
  int xTile;
  final int[] xAt = new int[MOST];
  float[] w;
  final int[] wAt = new int[MOST];
  int wTile;

  /** Null for what the result holds. */
  float[] start;

  int startAt;
  float[] y;
  int yStep;
  int yRow;
  int yAt;
  boolean clamped;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;

  private TransposedTaps() {}

  /** The worker's. */
  static TransposedTaps of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  void w(float[] weights) {
    if (w != weights) {
      w = weights;
    }
  }

  /** What is read and what is written. */
  void images(float[] x, float[] y) {
    if (this.x != x) {
      this.x = x;
    }
    if (this.y != y) {
      this.y = y;
    }
  }

  void start(float[] from) {
    if (start != from) {
      start = from;
    }
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    w = null;
    start = null;
    y = null;
  }
}

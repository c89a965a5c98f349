package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that take a vector of neighbouring outputs from the top of a plane to
 * its bottom, which the codegen folder's PoolStripKernels describes. A worker has one.
 */
final class StripCall implements Scratch.Kept {
  private static final Scratch.Slot<StripCall> SLOT = new Scratch.Slot<>(StripCall::new);

  float[] x;

  /** The plane's first element. */
  int at;

  /** Where the rows of the windows begin in the plane, those of all windows one after another. */
  int[] rows;

  /** The first window's first of them. */
  int row;

  /** Windows below one another. */
  int count;

  /** Columns at which vectors begin. */
  int first;

  int second;
  int third;

  /** Which lanes of the vectors are the windows' columns. */
  int[] places;

  int placesAt;
  float[] y;
  int yAt;

  /** From an output row to the next. */
  int yStep;

  /** Of averages. */
  float weight;

  /** The worker's. */
  static StripCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    y = null;
  }
}

package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that fold neighbouring windows with channels in the lanes, which the
 * codegen folder's PoolKernels describes. A worker has one.
 */
final class PoolCall implements Scratch.Kept {
  private static final Scratch.Slot<PoolCall> SLOT = new Scratch.Slot<>(PoolCall::new);

  /** The folded row in scratch, or the input. */
  float[] x;

  /** The first window's first tap's first channel. */
  int at;

  /** From a window's tap to the next. */
  int step;

  /** From a window's row to the next, of windows that are not folded before. */
  int rowStep;

  /** Of rolling windows, the first one's first column; {@code at} is its second. */
  int previous;

  /** Of rolling windows, scratch with the maxima of the row above. */
  float[] kept;

  int keptAt;

  int taps;
  int windows;

  /** From a window to the next. */
  int windowStep;

  float[] y;
  int yAt;

  /** From an output to the next; floats of a pixel. */
  int pixel;

  /** Channels, which may be a part of a pixel's. */
  int count;

  /** Of averages. */
  float divisor;

  /** The worker's. */
  static PoolCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    y = null;
  }
}

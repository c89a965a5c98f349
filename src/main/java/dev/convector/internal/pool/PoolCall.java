package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that fold the columns of neighbouring windows with channels in the
 * lanes, which the codegen folder's PoolKernels describes. A worker has one.
 */
final class PoolCall implements Scratch.Kept {
  private static final Scratch.Slot<PoolCall> SLOT = new Scratch.Slot<>(PoolCall::new);

  /** The row in scratch. */
  float[] folded;

  /** The first window's first tap's first channel. */
  int at;

  /** From a window's tap to the next. */
  int step;

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

  /** Lets go of the caller's array. */
  @Override
  public void clear() {
    y = null;
  }
}

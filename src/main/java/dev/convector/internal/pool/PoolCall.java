package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that pool with channels in the lanes, which the codegen folder's
 * PoolKernels describes: neighbouring windows of one size in a row. A worker has one.
 */
final class PoolCall {
  private static final Scratch.Slot<PoolCall> SLOT = new Scratch.Slot<>(PoolCall::new);

  float[] x;

  /** The first window's first tap's first channel. */
  int at;

  /** From a window's tap to the one below. */
  int rowStep;

  int rows;

  /** From a window's tap to the one at its right. */
  int columnStep;

  int columns;

  int windows;

  /** From a window to the next. */
  int windowStep;

  float[] y;
  int yAt;

  /** From an output to the next; floats of a pixel. */
  int pixel;

  /** Channels to pool, which may be a part of a pixel. */
  int count;

  /** Of averages. */
  float divisor;

  /** The worker's. */
  static PoolCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the caller's arrays. */
  void clear() {
    x = null;
    y = null;
  }
}

package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the kernels that multiply over the pixels of a row with channels in the lanes;
 * the codegen folder's DepthwiseGradientKernels has the formula. A worker has one.
 */
final class DepthwiseGradientCall {
  private static final Scratch.Slot<DepthwiseGradientCall> SLOT =
      new Scratch.Slot<>(DepthwiseGradientCall::new);

  /** Most taps at a time. */
  private static final int MOST = 9;

  float[] x;
  final int[] xAt = new int[MOST];
  int xStep;
  float[] y;
  int yAt;
  int yStep;
  int pixels;
  float[] sums;
  final int[] sumsAt = new int[MOST];
  private int taps;

  /** The worker's. */
  static DepthwiseGradientCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Adds a tap to those of the next run, which is made at once if they are as many as can be. */
  void tap(int x, int sums) {
    xAt[taps] = x;
    sumsAt[taps] = sums;
    taps++;
    if (taps == MOST) {
      run();
    }
  }

  /** Multiplies the taps that haven't been, over the same pixels. */
  void run() {
    if (taps > 0) {
      DepthwiseGradientKernels.taps(this, taps);
      taps = 0;
    }
  }

  /** Lets go of the caller's arrays. */
  void clear() {
    x = null;
    y = null;
    sums = null;
  }
}

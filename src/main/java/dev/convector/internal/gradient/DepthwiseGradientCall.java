package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the kernels that multiply over the pixels of a row with channels in the lanes;
 * the codegen folder's DepthwiseGradientKernels has the formula. A worker has one.
 */
final class DepthwiseGradientCall {
  private static final Scratch.Slot<DepthwiseGradientCall> SLOT =
      new Scratch.Slot<>(DepthwiseGradientCall::new);

  /** Most taps at a time. */
  private static final int MOST = 9;

  private static final int MOST_OF_LINES = 10;

  /** The first of the vector's channels, whose taps and pixels lie so far behind channel 0. */
  int channel;

  float[] x;
  final int[] xAt = new int[MOST_OF_LINES];
  int xStep;
  float[] y;
  int yAt;
  int yStep;
  int pixels;
  float[] sums;
  int sumsOffset;
  final int[] sumsAt = new int[MOST_OF_LINES];
  private int taps;
  private int most = MOST;

  /** Taps of a kernel row where whole ones are multiplied, else 0. */
  private int columns;

  private int stride;

  /** The vectors of channels, {@code [first, end)}, and how far apart their sums are. */
  private int first;

  private int end;
  private int lastChannel;
  private int sumsStep;

  /** The worker's. */
  static DepthwiseGradientCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /**
   * Which vectors of channels to multiply.
   *
   * @param lastChannel the first channel of the last vector there can be
   */
  void vectors(int first, int end, int lastChannel, int sumsStep) {
    this.first = first;
    this.end = end;
    this.lastChannel = lastChannel;
    this.sumsStep = sumsStep;
  }

  /**
   * Adds a tap to those of the next run, which is made at once if they are as many as can be.
   *
   * @param x index of channel 0 of the first pixel
   * @param sums index of the first vector's sums
   */
  void tap(int x, int sums) {
    xAt[taps] = x;
    sumsAt[taps] = sums;
    taps++;
    if (taps == most) {
      run();
    }
  }

  /**
   * Whether kernel rows of so many neighbouring taps are read from registers; {@link #lines} says
   * that the taps of the next runs are such rows.
   */
  static boolean hasLines(int columns, int stride, int dilation) {
    boolean written = (columns == 3 || columns == 5) && stride <= 2 && dilation == 1;
    return written && Simd.REGISTERS >= 32;
  }

  /** Lets the taps of the next runs be whole kernel rows; 0 if they are not. */
  void lines(int columns, int stride) {
    this.columns = columns;
    this.stride = stride;
    this.most = columns == 5 ? MOST_OF_LINES : MOST;
  }

  /** Multiplies the taps that haven't been, over the same pixels. */
  void run() {
    if (taps == 0) {
      return;
    }
    for (int v = first; v < end; v++) {
      channel = Math.min(v * LANES, lastChannel);
      sumsOffset = (v - first) * sumsStep;
      if (columns > 0) {
        DepthwiseGradientKernels.lines(this, taps / columns, columns, stride);
      } else {
        DepthwiseGradientKernels.taps(this, taps);
      }
    }
    taps = 0;
  }

  /** Lets go of the caller's arrays. */
  void clear() {
    x = null;
    y = null;
    sums = null;
  }
}

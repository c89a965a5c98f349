package dev.convector.internal.depthwise;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the depthwise kernels that have pixels in the lanes and take tap by tap. Output
 * and limits are the user's to set; {@link DepthwisePixelTaps} sets the others. The codegen
 * folder's DepthwisePixelTapKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class DepthwisePixelTapCall implements Scratch.Kept {
  private static final Scratch.Slot<DepthwisePixelTapCall> SLOT =
      new Scratch.Slot<>(DepthwisePixelTapCall::new);

  int planes;
  int strips;
  int kernelWidth;
  int firstRow;
  int endRow;
  float[] x;
  int xAt;
  int xPlane;
  int xDown;
  int xRow;
  int xTap;
  int[] xColumns;
  int[] lanes;
  int[] masks;
  int[] maskAt;
  float[] w;
  int wAt;
  int wPlane;
  int wBias;
  float[] y;
  int yAt;
  int yPlane;
  int yRow;
  int[] yColumns;
  boolean clamped;
  float low;
  float high;

  /** Where the output's first row begins. */
  int firstY;

  private DepthwisePixelTapCall() {}

  /** The worker's. */
  static DepthwisePixelTapCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    x = null;
    xColumns = null;
    lanes = null;
    masks = null;
    maskAt = null;
    w = null;
    y = null;
    yColumns = null;
  }

  /**
   * Where results go: the first plane's first row to {@code first}.
   *
   * @param rowStep floats between rows
   * @param planeStep floats between planes
   */
  void output(float[] y, int first, int rowStep, int planeStep) {
    if (this.y != y) {
      this.y = y;
    }
    this.firstY = first;
    this.yRow = rowStep;
    this.yPlane = planeStep;
  }

  /** The limits of the results; infinite ones for none. */
  void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.clamped = low != Float.NEGATIVE_INFINITY || high != Float.POSITIVE_INFINITY;
  }

  void input(float[] x) {
    if (this.x != x) {
      this.x = x;
    }
  }
}

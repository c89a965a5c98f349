package dev.convector.internal.depthwise;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the depthwise kernels with pixels in the lanes. Output, limits and scratch are
 * the user's to set; {@link DepthwisePixelRows} and {@link DepthwisePixelPairs} set the others. The
 * codegen folder's DepthwisePixelKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
public final class DepthwisePixelCall implements Scratch.Kept {
  private static final Scratch.Slot<DepthwisePixelCall> SLOT =
      new Scratch.Slot<>(DepthwisePixelCall::new);

  int planes;
  int rows;
  int outputRows;
  int lead;
  float[] x;
  int xAt;
  int xPlane;
  int xRow;
  int xTap;
  int xPair;
  int[] columns;
  int[] indices;
  int[] phases;
  int[] masks;
  float[] w;
  int wAt;
  int wPair;
  float[] y;
  int yAt;
  int yPlane;
  int yRow;
  int yPair;
  boolean clamped;
  float low;
  float high;

  /** Where the output's first plane begins. */
  int firstY;

  /** For input whose vectors would leave its array. */
  float[] scratch;

  int scratchAt;

  /** Depends on what was read ahead. */
  int read;

  DepthwisePixelCall() {}

  /** The worker's. */
  public static DepthwisePixelCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    x = null;
    columns = null;
    indices = null;
    phases = null;
    masks = null;
    w = null;
    y = null;
    scratch = null;
  }

  /**
   * Where results go: the first plane's first row to {@code first}.
   *
   * @param planeStep floats between planes
   */
  public void output(float[] y, int first, int planeStep) {
    if (this.y != y) {
      this.y = y;
    }
    this.firstY = first;
    this.yPlane = planeStep;
  }

  /** The limits of the results; infinite ones for none. */
  public void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.clamped = low != Float.NEGATIVE_INFINITY || high != Float.POSITIVE_INFINITY;
  }

  /** Scratch of {@link DepthwisePixelRows#scratchFloats}. */
  public void scratch(float[] scratch, int at) {
    if (this.scratch != scratch) {
      this.scratch = scratch;
    }
    this.scratchAt = at;
  }
}

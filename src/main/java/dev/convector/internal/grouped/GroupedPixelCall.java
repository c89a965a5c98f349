package dev.convector.internal.grouped;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the grouped kernels with pixels in the lanes. The codegen folder's
 * GroupedPixelKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class GroupedPixelCall implements Scratch.Kept {
  private static final Scratch.Slot<GroupedPixelCall> SLOT =
      new Scratch.Slot<>(GroupedPixelCall::new);

  int filters;
  int vectors;
  int[] steps;
  int depth;
  float[] a;
  int aOffset;
  float[] b;
  int bOffset;
  float[] bias;
  int biasOffset;
  int[] lanes;
  int[] places;
  float[] sums;
  int sumsOffset;
  float[] c;
  int cOffset;
  int cPlane;
  int last;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;

  private GroupedPixelCall() {}

  /** The worker's. */
  static GroupedPixelCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    steps = null;
    a = null;
    b = null;
    bias = null;
    lanes = null;
    places = null;
    sums = null;
    c = null;
  }

  /** The tile: so many filters times so many vectors, at these places. */
  void tile(int filters, int vectors, GroupedPixelPlaces places) {
    this.filters = filters;
    this.vectors = vectors;
    if (this.lanes != places.lanes) {
      this.lanes = places.lanes;
    }
    if (this.places != places.places) {
      this.places = places.places;
    }
  }

  /** The input: a strip, and where in it each step of the depth lies. */
  void input(float[] a, int[] steps) {
    if (this.a != a) {
      this.a = a;
    }
    if (this.steps != steps) {
      this.steps = steps;
    }
    this.depth = steps.length;
  }

  /** The limits of the results; infinite ones for none. */
  void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.lowClamped = low != Float.NEGATIVE_INFINITY;
    this.highClamped = high != Float.POSITIVE_INFINITY;
  }

  /**
   * The weights of a tile and what its sums start from.
   *
   * @param last the last filter; those after it are its copies
   */
  void weights(float[] b, int bOffset, float[] bias, int biasOffset, int last) {
    if (this.b != b) {
      this.b = b;
    }
    this.bOffset = bOffset;
    if (this.bias != bias) {
      this.bias = bias;
    }
    this.biasOffset = biasOffset;
    this.last = last;
  }

  /** The result: where the first filter's plane starts, and floats from one plane to the next. */
  void result(float[] c, int offset, int plane) {
    if (this.c != c) {
      this.c = c;
    }
    this.cOffset = offset;
    this.cPlane = plane;
  }

  /** Computes the vectors from the {@code t}-th on, whose input is at {@code aOffset}. */
  void run(int t, int aOffset) {
    this.aOffset = aOffset;
    GroupedPixelKernels.tile(this, t);
  }

  /** The same of sums that others have begun: a tile's, filter after filter. */
  void resume(int t, int aOffset, float[] sums, int sumsOffset) {
    this.aOffset = aOffset;
    if (this.sums != sums) {
      this.sums = sums;
    }
    this.sumsOffset = sumsOffset;
    GroupedPixelKernels.resumed(this, t);
  }

  /** The same for pixels of all filters, channels-last, the first of which is the result's. */
  void runTurned(int t, int aOffset) {
    this.aOffset = aOffset;
    GroupedPixelKernels.turned(this, t);
  }
}

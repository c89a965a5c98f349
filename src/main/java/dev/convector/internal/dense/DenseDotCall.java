package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the kernels with the depth in the lanes, and the loop around them. The codegen
 * folder's DenseDotKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class DenseDotCall implements Scratch.Kept {
  private static final Scratch.Slot<DenseDotCall> SLOT = new Scratch.Slot<>(DenseDotCall::new);

  /**
   * Pixels of the tallest tile, by its filters: with 16 registers accumulators, the filters'
   * vectors and one of a pixel must fit them.
   */
  private static final int[] MOST_ROWS =
      Simd.MANY_REGISTERS
          ? new int[] {0, 8, 4, 4, 2, 2, 2, 2, 2}
          : new int[] {0, 8, 4, 4, 2, 2, 1, 1, 1};

  /** Groups of the tallest tile: no vector is shared, so that one of each kind is enough. */
  private static final int[] MOST_GROUPS = {0, 8, 4, 2, 2, 1, 1, 1, 1};

  float[] a;
  int aStep;
  int group;
  int depth;
  boolean ragged;
  int last;
  int[] mask;
  float[] b;
  int bOffset;
  int bStep;
  float[] bias;
  int biasOffset;
  float[] c;

  /** What was read ahead. */
  int read;

  private DenseDotCall() {}

  /** The worker's. */
  static DenseDotCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    a = null;
    mask = null;
    b = null;
    bias = null;
    c = null;
  }

  /**
   * The pixels.
   *
   * @param step floats from one to the next
   * @param channels of a group
   * @param mask of the lanes of a last vector that ends with a group, or of fewer channels than
   *     lanes begins with it
   */
  void left(float[] a, int step, int channels, int[] mask) {
    if (this.a != a) {
      this.a = a;
    }
    this.aStep = step;
    this.group = channels;
    this.depth = channels / LANES * LANES;
    this.ragged = depth < channels;
    this.last = Math.max(0, channels - LANES);
    if (this.mask != mask) {
      this.mask = mask;
    }
  }

  /**
   * The weights of filters, so many floats apart, and what sums start from: the filters' bias from
   * an offset on, repeated for as many pixels as a tile has.
   */
  void right(float[] b, int offset, int step, float[] bias, int biasOffset) {
    if (this.b != b) {
      this.b = b;
    }
    this.bOffset = offset;
    this.bStep = step;
    this.biasOffset = biasOffset;
    if (this.bias != bias) {
      this.bias = bias;
    }
  }

  /** Computes neighbouring pixels, whose results follow one another. */
  void run(int filters, int pixels, int from, int to) {
    int done = 0;
    for (int rows = MOST_ROWS[filters]; done < pixels; rows /= 2) {
      for (; done + rows <= pixels; done += rows) {
        DenseDotKernels.tile(this, rows, filters, from + done * aStep, to + done * filters);
      }
    }
  }

  /** The same of one pixel of so many groups. */
  void runGroups(int groups, int filters, int from, int to) {
    int done = 0;
    for (int rows = MOST_GROUPS[filters]; done < groups; rows /= 2) {
      int tiles = (groups - done) / rows;
      if (tiles > 0) {
        int first = done * filters;
        DenseDotKernels.groups(this, rows, filters, tiles, from + done * group, to + first, first);
        done += tiles * rows;
      }
    }
  }
}

package dev.convector.internal.kernel;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the register tiles whose rows lie a constant distance apart and whose depth is
 * listed, and the loop around them: a row of neighbouring pixels times a stretch of one packed
 * panel. The codegen folder's DenseTapKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
public final class DenseTapCall implements Scratch.Kept {
  private static final Scratch.Slot<DenseTapCall> SLOT = new Scratch.Slot<>(DenseTapCall::new);

  private static final Scratch.Slot<DenseTapCall> SECOND = new Scratch.Slot<>(DenseTapCall::new);

  private static final float[] ZEROS = new float[RegisterTile.NR];

  // What the kernels read.
  float[] a;
  int aOffset;
  int distance;
  int[] taps;
  int tap;
  int depth;
  float[] b;
  int bOffset;
  int vectors;
  float[] start;
  int startOffset;
  boolean onto;
  float[] c;
  int cOffset;
  int cStep;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;

  private int panel;
  private float[] bias;
  private int biasOffset;
  private boolean started;

  DenseTapCall() {}

  /** Whether rows so far apart have faster tiles than rows any distance apart. */
  public static boolean isFast(int distance) {
    return DenseTapKernels.number(distance) > 0;
  }

  /** The worker's. */
  public static DenseTapCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Another one of the worker's. */
  public static DenseTapCall second(Scratch scratch) {
    return scratch.get(SECOND);
  }

  /** Lets go of arrays that aren't the worker's. */
  @Override
  public void clear() {
    a = null;
    taps = null;
    b = null;
    start = null;
    bias = null;
    c = null;
  }

  /**
   * The left operand.
   *
   * @param distance from row to row
   * @param taps where each step of the depth lies, from a row's beginning on
   */
  public void left(float[] a, int distance, int[] taps) {
    this.a = a;
    this.distance = distance;
    this.taps = taps;
  }

  /** The right operand: a packed panel so many vectors wide. */
  public void right(float[] b, int offset, int vectors) {
    this.b = b;
    this.panel = offset;
    this.vectors = vectors;
  }

  /**
   * What sums start from, and whether they are added to what the result holds.
   *
   * @param bias null for zeros
   */
  public void start(float[] bias, int offset, boolean onto) {
    this.bias = bias == null ? ZEROS : bias;
    this.biasOffset = bias == null ? 0 : offset;
    this.started = onto;
  }

  /**
   * The result.
   *
   * @param step from row to row
   */
  public void result(float[] c, int step) {
    this.c = c;
    this.cStep = step;
  }

  /**
   * Chooses a stretch of the depth; the first starts from the bias, others are added.
   *
   * @param last whether to clamp
   */
  public void stretch(int from, int to, boolean last, float low, float high) {
    tap = from;
    depth = to - from;
    bOffset = panel + from * vectors * Simd.LANES;
    start = from == 0 ? bias : ZEROS;
    startOffset = from == 0 ? biasOffset : 0;
    onto = started || from > 0;
    this.low = low;
    this.high = high;
    lowClamped = last && low != Float.NEGATIVE_INFINITY;
    highClamped = last && high != Float.POSITIVE_INFINITY;
  }

  /** Computes so many rows, the first of which begins and ends at these indexes. */
  public void run(int from, int to, int rows) {
    int shape = DenseTapWarmUp.shape(this);
    int tiles;
    for (int done = 0, height; done < rows; done += tiles * height) {
      height = RegisterTile.nextTapRows(rows - done, vectors);
      tiles = 1;
      while (done + tiles * height < rows
          && RegisterTile.nextTapRows(rows - done - tiles * height, vectors) == height) {
        tiles++;
      }
      if (DenseTapWarmUp.isCold(shape + height)) {
        DenseTapWarmUp.count(this, shape, height, tiles);
      }
      aOffset = from + done * distance;
      cOffset = to + done * cStep;
      DenseTapKernels.tiles(this, height, tiles);
    }
  }
}

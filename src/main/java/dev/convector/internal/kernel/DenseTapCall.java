package dev.convector.internal.kernel;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the register tiles whose rows lie a constant distance apart and whose depth is
 * listed, and the loop around them: a row of neighbouring pixels times a stretch of one packed
 * panel. The codegen folder's DenseTapKernels has the formula, and its DensePointKernels that of
 * rows whose elements follow one another.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
public final class DenseTapCall implements Scratch.Kept {
  private static final Scratch.Slot<DenseTapCall> SLOT = new Scratch.Slot<>(DenseTapCall::new);

  private static final Scratch.Slot<DenseTapCall> SECOND = new Scratch.Slot<>(DenseTapCall::new);

  /** Most vectors of tiles of which rows may be computed again, and of contiguous depth. */
  private static final int CONSTANT_VECTORS = 2;

  /**
   * Depth from which tiles of more vectors whose rows are any distance apart pay for what they
   * check before their loop: 3 channels to 48 filters at 17x17 takes 1.16 of the time, 5 to 59 at
   * 56x56 1.01, 16 to 64 at 50x50 0.97 (AMD EPYC, family 26).
   */
  private static final int LEAST_POINT_DEPTH = 12;

  private static final float[] ZEROS = new float[RegisterTile.NR];

  // What the kernels read.
  float[] a;
  int aOffset;
  int distance;
  int[] taps;
  boolean isListed;
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

  private boolean areContiguous;
  private int panel;
  private float[] bias;
  private int biasOffset;
  private boolean started;
  private final ColdTile cold = new ColdTile();

  DenseTapCall() {}

  /** Whether rows so far apart have faster tiles of all widths than rows any distance apart. */
  public static boolean isFast(int distance) {
    return DenseTapKernels.hasAllVectors(distance);
  }

  /** Whether the tallest tiles of one and of two vectors have a constant for a distance. */
  public static boolean hasConstant(int distance) {
    return DenseTapKernels.number(distance) > 0;
  }

  /** A number from 1 on for each distance at hand that has tiles of its own, else 0. */
  int constant() {
    if (vectors > CONSTANT_VECTORS) {
      return isListed && isFast(distance) ? DenseTapKernels.number(distance) : 0;
    }
    return isListed ? DenseTapKernels.number(distance) : DensePointKernels.number(distance);
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
    cold.clear();
  }

  /**
   * The left operand.
   *
   * @param distance from row to row
   * @param taps where each step of the depth lies, from a row's beginning on
   * @param areContiguous whether they follow one another
   */
  public void left(float[] a, int distance, int[] taps, boolean areContiguous) {
    if (this.a != a) {
      this.a = a;
    }
    this.distance = distance;
    if (this.taps != taps) {
      this.taps = taps;
    }
    this.areContiguous = areContiguous;
  }

  /** The right operand: a packed panel so many vectors wide. */
  public void right(float[] b, int offset, int vectors) {
    if (this.b != b) {
      this.b = b;
    }
    this.panel = offset;
    this.vectors = vectors;
  }

  /**
   * What sums start from, and whether they are added to what the result holds.
   *
   * @param bias null for zeros
   */
  public void start(float[] bias, int offset, boolean onto) {
    float[] from = bias == null ? ZEROS : bias;
    if (this.bias != from) {
      this.bias = from;
    }
    this.biasOffset = bias == null ? 0 : offset;
    this.started = onto;
  }

  /**
   * The result.
   *
   * @param step from row to row
   */
  public void result(float[] c, int step) {
    if (this.c != c) {
      this.c = c;
    }
    this.cStep = step;
  }

  /** The limits of the results; infinite ones for none. */
  public void clamp(float low, float high) {
    this.low = low;
    this.high = high;
  }

  /**
   * Chooses a stretch of the steps that sums have; the first starts from the bias, others are
   * added, and the last clamps.
   *
   * @param first of all steps that are packed, the first of the sums', whose place is listed first
   * @param end one past the last of these
   * @param from the first of the stretch
   * @param to one past its last
   */
  public void stretch(int first, int end, int from, int to) {
    tap = from - first;
    depth = to - from;
    bOffset = panel + from * vectors * Simd.LANES;
    float[] begin = from == first ? bias : ZEROS;
    if (start != begin) {
      start = begin;
    }
    startOffset = from == first ? biasOffset : 0;
    onto = started || from > first;
    lowClamped = to == end && low != Float.NEGATIVE_INFINITY;
    highClamped = to == end && high != Float.POSITIVE_INFINITY;
  }

  /** Computes so many rows, the first of which begins and ends at these indexes. */
  public void run(int from, int to, int rows) {
    boolean isShallow = vectors > CONSTANT_VECTORS && depth < LEAST_POINT_DEPTH;
    isListed = !areContiguous || (isShallow && isFast(distance));
    int shape = DenseTapWarmUp.shape(this);
    boolean mayRepeat = vectors <= CONSTANT_VECTORS && !onto && constant() > 0;
    int done = 0;
    while (done < rows) {
      int left = rows - done;
      int height = height(left, rows, mayRepeat);
      int tiles = 1;
      while ((tiles + 1) * height <= left
          && height(left - tiles * height, rows, mayRepeat) == height) {
        tiles++;
      }
      int first = Math.min(done, rows - height);
      aOffset = from + first * distance + (isListed ? 0 : tap);
      cOffset = to + first * cStep;
      if (DenseTapWarmUp.isCold(shape + height)
          && ColdTile.covers(depth)
          && DenseTapWarmUp.count(this, shape, height, tiles)) {
        cold.run(this, height * tiles);
      } else {
        tiles(height, tiles);
      }
      done = first + tiles * height;
    }
  }

  private int height(int left, int all, boolean mayRepeat) {
    if (mayRepeat) {
      return RegisterTile.nextFastRows(left, all, vectors);
    }
    return isListed
        ? RegisterTile.nextTapRows(left, vectors)
        : RegisterTile.nextPointRows(left, vectors);
  }

  /** Tiles of so many rows, one behind the other. */
  void tiles(int rows, int tiles) {
    if (isListed) {
      DenseTapKernels.tiles(this, rows, tiles);
    } else if (RegisterTile.isFast(rows) && constant() > 0) {
      DensePointKernels.constant(this, rows, tiles);
    } else {
      DensePointKernels.tiles(this, rows, tiles);
    }
  }
}

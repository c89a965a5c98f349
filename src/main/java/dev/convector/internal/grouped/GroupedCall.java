package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;

/**
 * The operands of the grouped kernels. The codegen folder's GroupedKernels has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class GroupedCall implements Scratch.Kept {
  private static final Scratch.Slot<GroupedCall> SLOT = new Scratch.Slot<>(GroupedCall::new);

  int kernel;
  int[] steps;
  int channels;
  int fromStep;
  int toStep;
  int pixels;
  int tiles;
  float[] a;
  long[] pairs;
  int aOffset;
  int aRow;
  int aStep;
  int[] indexes;
  int indexOffset;
  float[] b;
  int bOffset;
  int bVector;
  float[] start;
  int startOffset;
  int startRow;
  int startStep;
  int startVector;
  float[] c;
  int cOffset;
  int cRow;
  int cStep;
  int cVector;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;
  private boolean onto;

  GroupedCall() {}

  /** The worker's. */
  static GroupedCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    steps = null;
    a = null;
    pairs = null;
    indexes = null;
    b = null;
    start = null;
    c = null;
  }

  /**
   * Which kernel.
   *
   * @param kernel of GroupedKernels: a family and a kind
   * @param steps where the input of each step, a kernel row or a tap, lies from the first one's on
   * @param channels of a group
   */
  void kernel(int kernel, int[] steps, int channels) {
    this.kernel = kernel;
    if (this.steps != steps) {
      this.steps = steps;
    }
    this.channels = channels;
  }

  /**
   * The input.
   *
   * @param row floats from the input of a tile to that of the tile below
   * @param step floats from the input of a pixel to that of the next, for kernels of one tap
   */
  void input(float[] a, int row, int step) {
    if (this.a != a) {
      this.a = a;
    }
    this.aRow = row;
    this.aStep = step;
  }

  /**
   * The input of kernels of pairs.
   *
   * @param row pairs from the input of a tile to that of the tile below
   * @param step pairs from the input of a pixel to that of the next, for kernels of one tap
   */
  void input(long[] pairs, int row, int step) {
    if (this.pairs != pairs) {
      this.pairs = pairs;
    }
    this.aRow = row;
    this.aStep = step;
  }

  /** The limits of the results; infinite ones for none. */
  void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.lowClamped = low != Float.NEGATIVE_INFINITY;
    this.highClamped = high != Float.POSITIVE_INFINITY;
  }

  /** The weights of a panel, and of the next one for a wide kernel. */
  void weights(GroupedWeights weights, int panel) {
    if (this.b != weights.floats()) {
      this.b = weights.floats();
    }
    this.bOffset = weights.offset(panel);
    this.bVector = weights.vectorFloats();
    if (this.indexes != weights.indexes()) {
      this.indexes = weights.indexes();
    }
    this.indexOffset = weights.indexOffset(panel);
  }

  /** The weights of a vector of joined pixels. */
  void weights(GroupedJoinedWeights weights, int vector) {
    if (this.b != weights.floats()) {
      this.b = weights.floats();
    }
    this.bOffset = weights.offset(vector);
    if (this.indexes != weights.indexes()) {
      this.indexes = weights.indexes();
    }
    this.indexOffset = 0;
  }

  /**
   * The result.
   *
   * @param row floats from the results of a tile to those of the tile below
   * @param step floats from one pixel to the next
   */
  void result(float[] c, int row, int step) {
    if (this.c != c) {
      this.c = c;
    }
    this.cRow = row;
    this.cStep = step;
    this.cVector = LANES;
  }

  /** Sums start from a bias: LANES floats a panel. */
  void startFrom(float[] bias, int offset) {
    this.onto = false;
    if (this.start != bias) {
      this.start = bias;
    }
    this.startOffset = offset;
    this.startRow = 0;
    this.startStep = 0;
    this.startVector = LANES;
  }

  /** Sums start from what the result holds; to be called after {@link #result}. */
  void startFromResult() {
    this.onto = true;
    if (this.start != c) {
      this.start = c;
    }
    this.startRow = cRow;
    this.startStep = cStep;
    this.startVector = cVector;
  }

  /** The steps of which no row lies outside the image. */
  void steps(int from, int to) {
    this.fromStep = from;
    this.toStep = to;
  }

  /** Computes a 1x1 kernel for so many pixels of a row. */
  void runPoints(boolean select, int vectors, int pixels, int aOffset, int cOffset) {
    this.pixels = pixels;
    this.aOffset = aOffset;
    this.cOffset = cOffset;
    if (onto) {
      startOffset = cOffset;
    }
    if (select) {
      GroupedPointKernels.select(this);
    } else if (vectors == 2) {
      GroupedPointKernels.wide(this);
    } else {
      GroupedPointKernels.broadcast(this);
    }
  }

  /** Computes so many joined pixels of a row; the last tile may compute some again. */
  void runJoined(int pixels, int aOffset, int cOffset) {
    int most = GroupedJoinedKernels.mostPixels(channels);
    for (int done = 0; done < pixels; ) {
      int left = pixels - done;
      int height = left > 4 && pixels >= most ? most : pixels >= 4 ? 4 : 1;
      int first = Math.min(done, pixels - height);
      this.pixels = height;
      this.aOffset = aOffset + first * aStep;
      this.cOffset = cOffset + first * cStep;
      GroupedJoinedKernels.run(this);
      done = first + height;
    }
  }

  /** Computes {@code tiles} tiles of so many pixels below each other. */
  void run(int pixels, int tiles, int aOffset, int cOffset) {
    this.pixels = pixels;
    this.tiles = tiles;
    this.aOffset = aOffset;
    this.cOffset = cOffset;
    if (onto) {
      startOffset = cOffset;
    }
    if (GroupedWarmUp.isCold(kernel, pixels)) {
      GroupedWarmUp.count(this);
    }
    GroupedKernels.run(this);
  }
}

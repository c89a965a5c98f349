package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the kernels with the depth in the lanes, and the loop around them. The codegen
 * folder's DenseDotWindowKernels has the formulas.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class DenseDotWindowCall implements Scratch.Kept {
  /** Filters of the widest tile. */
  static final int MOST_FILTERS = 8;

  private static final Scratch.Slot<DenseDotWindowCall> SLOT =
      new Scratch.Slot<>(DenseDotWindowCall::new);

  /**
   * Pixels of the tallest tile, by its filters: with 16 registers accumulators, the filters'
   * vectors and one of a pixel must fit them.
   */
  private static final int[] MOST_ROWS =
      Simd.MANY_REGISTERS
          ? new int[] {0, 8, 4, 4, 4, 2, 2, 2, 2}
          : new int[] {0, 8, 4, 2, 2, 2, 1, 1, 1};

  private static final float[] ZEROS = new float[DenseDotWindowCall.MOST_FILTERS * LANES];

  // What the tiles read.
  float[] a;
  int aStep;
  int[] taps;
  int steps;
  int[] ends;
  int endSteps;
  int[] mask;
  float[] b;
  int bOffset;
  int bEnds;
  float[] start = ZEROS;
  int onto;
  float[] sums;
  int cStep;
  int aTile;
  int cTile;

  /** Whether indexes into the input may be too large for the masks of the tiles. */
  private boolean isFar;

  private final ColdDot cold = new ColdDot();

  // What adding their lanes reads.
  float[] first;
  int firstOffset;
  float[] c;

  /** Output rows and columns whose windows see the same taps. */
  int firstRow;

  int endRow;
  int column;
  int endColumn;

  DenseDotWindowCall() {}

  /** The worker's. */
  static DenseDotWindowCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    a = null;
    taps = null;
    ends = null;
    mask = null;
    b = null;
    start = ZEROS;
    sums = null;
    first = null;
    c = null;
    cold.clear();
  }

  void sums(float[] sums) {
    if (this.sums != sums) {
      this.sums = sums;
    }
  }

  /** Neighbouring pixels of a tile so far apart, in the input and in the sums. */
  void pixels(int aStep, int cStep) {
    this.aStep = aStep;
    this.cStep = cStep;
  }

  /** What the lanes of sums are added to, and where the results go. */
  void results(float[] first, int firstOffset, float[] c) {
    if (this.first != first) {
      this.first = first;
    }
    this.firstOffset = firstOffset;
    if (this.c != c) {
      this.c = c;
    }
  }

  void rows(int first, int end) {
    firstRow = first;
    endRow = end;
  }

  void columns(int first, int end) {
    column = first;
    endColumn = end;
  }

  /** The vectors of so many kernel rows. */
  void vectors(float[] input, DenseDotWindowColumns columns, int kernelRows) {
    if (a != input) {
      a = input;
    }
    isFar = input.length > DenseDotWindowKernels.MOST_FLOATS;
    float[] weights = columns.weights().floats();
    if (b != weights) {
      b = weights;
    }
    if (mask != columns.mask()) {
      mask = columns.mask();
    }
    if (taps != columns.whole()) {
      taps = columns.whole();
    }
    if (ends != columns.ends()) {
      ends = columns.ends();
    }
    steps = kernelRows * columns.rowSteps();
    endSteps = kernelRows * columns.rowEnds();
  }

  /** Whether sums are added to those there are, or to zeros. */
  void start(boolean onto) {
    float[] from = onto ? sums : ZEROS;
    if (start != from) {
      start = from;
    }
    this.onto = onto ? 1 : 0;
  }

  /**
   * Computes pixels in lines, of which each tile has some neighbours: strips of lines, so that what
   * several lines see stays in the first-level cache.
   *
   * @param lines how many
   * @param aLine floats from one line to the next in the input
   * @param cLine the same in the sums
   */
  void run(int filters, int from, int to, int pixels, int lines, int aLine, int cLine) {
    int done = 0;
    for (int rows = isFar ? 1 : MOST_ROWS[filters]; done < pixels; rows /= 2) {
      int strips = (pixels - done) / rows;
      if (lines == 1) {
        tiles(
            rows,
            filters,
            from + done * aStep,
            to + done * cStep,
            strips,
            rows * aStep,
            rows * cStep);
      }
      for (int i = 0; i < strips && lines > 1; i++) {
        int pixel = done + i * rows;
        tiles(rows, filters, from + pixel * aStep, to + pixel * cStep, lines, aLine, cLine);
      }
      done += strips * rows;
    }
  }

  private void tiles(int rows, int filters, int from, int to, int tiles, int aTile, int cTile) {
    this.aTile = aTile;
    this.cTile = cTile;
    if (isFar) {
      DenseDotWindowKernels.far(this, filters, from, to, tiles);
      return;
    }
    if (DenseDotWindowWarmUp.isCold(rows, filters)
        && DenseDotWindowWarmUp.count(this, rows, filters, tiles)) {
      cold.run(this, rows, filters, from, to, tiles);
      return;
    }
    DenseDotWindowKernels.tiles(this, rows, filters, from, to, tiles);
  }

  /** Adds the lanes of so many results' sums, to what they start from. */
  void add(int from, int to, int results) {
    if (DenseDotWindowWarmUp.isAddCold() && DenseDotWindowWarmUp.countAdd(results)) {
      cold.add(this, from, to, results);
      return;
    }
    DenseDotWindowKernels.add(this, from, to, results);
  }
}

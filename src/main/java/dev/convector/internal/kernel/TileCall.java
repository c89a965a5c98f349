package dev.convector.internal.kernel;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the register tiles, and the loops around them: many rows times one packed panel,
 * cut into passes of at most KC along the depth and into tiles. The codegen folder's DenseKernels
 * has the formula.
 *
 * <p>A worker has one; what is set stays until it is set anew. An array is stored only where it is
 * another one: under G1 storing a reference costs a barrier (docs/decisions.md). The order in which
 * an element's products are added depends on its depth and its stretches alone.
 */
public final class TileCall implements Scratch.Kept {
  private static final Scratch.Slot<TileCall> SLOT = new Scratch.Slot<>(TileCall::new);

  /** The longest left operand whose indexes the masks of the tiles leave as they are. */
  private static final int MASKED_FLOATS = 1 << 30;

  /** Steps from which on masks and fences pay; see the codegen folder's DenseKernels. */
  private static final int DEEP = 96;

  private static final float[] ZEROS = new float[RegisterTile.NR];

  /** Of all weights in memory, and all workers. */
  private static final ReadAheadBalance WEIGHTS_AHEAD = new ReadAheadBalance(32);

  private final int maskedFloats;

  // What the kernels read.
  int[] table;
  int aRows;
  int cRows;
  float[] a;
  int aOffset;
  float[] b;
  int bOffset;
  int vectors;
  int depth;
  float[] start;
  int startOffset;
  boolean onto;
  float[] c;
  int cOffset;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;

  /** How the tile ends: 0 to 2 for no, one and both limits, and 3 more where it adds. */
  int ending;

  /** From which depth on tiles are masked and fenced. */
  int deep = DEEP;

  /** Where the whole left operand and the whole panel begin, and how deep they are. */
  private int wholeA;

  private int wholeB;
  private int wholeDepth;

  private float[] bias;
  private int biasOffset;
  private boolean started;
  private boolean isFar;
  private int read;

  private final ColdTile cold = new ColdTile();
  private final ReadAheadTrial trial = new ReadAheadTrial(WEIGHTS_AHEAD);

  TileCall() {
    this(MASKED_FLOATS);
  }

  /** For tests: of another limit, from which on tiles have no masks. */
  TileCall(int maskedFloats) {
    this.maskedFloats = maskedFloats;
  }

  /** The worker's. */
  public static TileCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Lets go of arrays that aren't the worker's. */
  @Override
  public void clear() {
    a = null;
    b = null;
    start = null;
    bias = null;
    c = null;
    cold.clear();
  }

  /** Where in a table the rows of the left operand, and those of the result, are listed. */
  public void rows(int[] table, int aRows, int cRows) {
    if (this.table != table) {
      this.table = table;
    }
    this.aRows = aRows;
    this.cRows = cRows;
  }

  /** The left operand, whose rows are {@code depth} long. */
  public void left(float[] a, int offset, int depth) {
    if (this.a != a) {
      this.a = a;
    }
    this.wholeA = offset;
    this.wholeDepth = depth;
  }

  /** The right operand: a packed panel so many vectors wide, in a cache. */
  public void right(float[] b, int offset, int vectors) {
    right(b, offset, vectors, false);
  }

  /**
   * The right operand: a packed panel so many vectors wide.
   *
   * @param isFar whether it comes from memory: then it may be read ahead; of no use to products of
   *     pixels, whose panels are scratch
   */
  public void right(float[] b, int offset, int vectors, boolean isFar) {
    if (this.b != b) {
      this.b = b;
    }
    this.wholeB = offset;
    this.vectors = vectors;
    this.isFar = isFar;
  }

  /**
   * What sums start from.
   *
   * @param bias null for zeros
   * @param onto whether they are added to what the result holds
   */
  public void start(float[] bias, int offset, boolean onto) {
    float[] from = bias == null ? ZEROS : bias;
    if (this.bias != from) {
      this.bias = from;
    }
    this.biasOffset = bias == null ? 0 : offset;
    this.started = onto;
  }

  public void result(float[] c, int offset) {
    if (this.c != c) {
      this.c = c;
    }
    this.cOffset = offset;
  }

  /** The limits of the results; infinite ones for none. */
  public void clamp(float low, float high) {
    this.low = low;
    this.high = high;
  }

  /** Computes the rows {@code from} to {@code to} of the tables. */
  public void run(int from, int to) {
    stretch(0, true, true, from, to);
  }

  /**
   * Computes a stretch of the depth, as long as the left operand, for the rows {@code from} to
   * {@code to} of the tables.
   *
   * @param step depth step of the panel with which it begins
   * @param first whether it is the first of its sums; others are added to what the result holds
   * @param last whether to clamp
   */
  public void stretch(int step, boolean first, boolean last, int from, int to) {
    for (int done = 0; done < wholeDepth; done += depth) {
      depth = Math.min(Blocking.KC, wholeDepth - done);
      aOffset = wholeA + done;
      bOffset = wholeB + (step + done) * vectors * Simd.LANES;
      boolean fresh = first && done == 0;
      begin(fresh, last && done + depth == wholeDepth);
      if (isFar) {
        tilesFromMemory(from, to);
      } else {
        tiles(from, to);
      }
    }
  }

  private void begin(boolean first, boolean last) {
    float[] from = first ? bias : ZEROS;
    if (start != from) {
      start = from;
    }
    startOffset = first ? biasOffset : 0;
    onto = started || !first;
    lowClamped = last && low != Float.NEGATIVE_INFINITY;
    highClamped = last && high != Float.POSITIVE_INFINITY;
    ending = (onto ? 3 : 0) + (highClamped ? 2 : lowClamped ? 1 : 0);
  }

  private void tilesFromMemory(int from, int to) {
    int floats = depth * vectors * Simd.LANES;
    if (trial.begin((long) floats * (to - from), System.nanoTime())) {
      read = ReadAhead.read(b, bOffset, floats);
    }
    tiles(from, to);
    trial.end(System.nanoTime());
  }

  private void tiles(int from, int to) {
    if (a.length > maskedFloats) {
      farTiles(from, to);
      return;
    }
    int shape = TileWarmUp.shape(this, false);
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = RegisterTile.nextRows(to - t, vectors);
      if (TileWarmUp.isCold(shape + rows)
          && ColdTile.covers(depth)
          && TileWarmUp.count(this, shape, rows, false)) {
        cold.run(this, rows, t, false);
      } else {
        DenseKernels.tile(this, rows, t);
      }
    }
  }

  private void farTiles(int from, int to) {
    ending = 0;
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = RegisterTile.nextPixelRows(to - t, vectors);
      DenseKernels.far(this, rows, t);
    }
  }

  /**
   * Computes rows that are filters, {@code from} to {@code to} of the tables, where the columns are
   * pixels; each starts from a bias of its own. All of the depth is one pass.
   */
  public void runPixels(int from, int to) {
    depth = wholeDepth;
    aOffset = wholeA;
    bOffset = wholeB;
    begin(true, true);
    if (a.length > maskedFloats) {
      ending = 0;
      for (int t = from, rows; t < to; t += rows) {
        rows = RegisterTile.nextPixelRows(to - t, vectors);
        DenseKernels.farPixel(this, rows, t);
      }
      return;
    }
    int shape = TileWarmUp.shape(this, true);
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = RegisterTile.nextPixelRows(to - t, vectors);
      if (TileWarmUp.isCold(shape + rows)
          && ColdTile.covers(depth)
          && TileWarmUp.count(this, shape, rows, true)) {
        cold.run(this, rows, t, true);
      } else {
        DenseKernels.pixel(this, rows, t);
      }
    }
  }
}

package dev.convector.internal.kernel;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.simd.Simd;

/**
 * The operands of the register tiles, and the loops around them: many rows times one packed panel,
 * cut into passes of at most KC along the depth and into tiles. The codegen folder's DenseKernels
 * has the formula.
 *
 * <p>Taken from a pool and given back when closed; what is set stays until it is set anew. The
 * order in which an element's products are added depends on its depth alone.
 */
public final class TileCall implements AutoCloseable {
  private static final ObjectPool<TileCall> POOL = new ObjectPool<>(TileCall::new);

  private static final float[] ZEROS = new float[RegisterTile.NR];

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
  private boolean isFar;
  private int read;

  private TileCall() {}

  /** To be closed by the same thread. */
  public static TileCall take() {
    return POOL.take();
  }

  @Override
  public void close() {
    table = null;
    a = null;
    b = null;
    start = null;
    c = null;
    POOL.give(this);
  }

  /** Where in a table the rows of the left operand, and those of the result, are listed. */
  public void rows(int[] table, int aRows, int cRows) {
    this.table = table;
    this.aRows = aRows;
    this.cRows = cRows;
  }

  /** The left operand, whose rows are {@code depth} long. */
  public void left(float[] a, int offset, int depth) {
    this.a = a;
    this.aOffset = offset;
    this.depth = depth;
  }

  /** The right operand: a packed panel so many vectors wide, in a cache. */
  public void right(float[] b, int offset, int vectors) {
    right(b, offset, vectors, false);
  }

  /**
   * The right operand: a packed panel so many vectors wide.
   *
   * @param isFar whether it comes from memory: then {@link #run} reads it ahead; of no use to
   *     planar products, whose panels are scratch
   */
  public void right(float[] b, int offset, int vectors, boolean isFar) {
    this.b = b;
    this.bOffset = offset;
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
    this.start = bias == null ? ZEROS : bias;
    this.startOffset = bias == null ? 0 : offset;
    this.onto = onto;
  }

  public void result(float[] c, int offset) {
    this.c = c;
    this.cOffset = offset;
  }

  /** The limits of the results; infinite ones for none. */
  public void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.lowClamped = low != Float.NEGATIVE_INFINITY;
    this.highClamped = high != Float.POSITIVE_INFINITY;
  }

  /** Computes the rows {@code from} to {@code to} of the tables. */
  public void run(int from, int to) {
    if (depth <= Blocking.KC) {
      tiles(from, to);
    } else {
      passes(from, to);
    }
  }

  /** A pass for each block of the depth; the clamp comes with the last one. */
  private void passes(int from, int to) {
    int wholeDepth = depth;
    int firstA = aOffset;
    int firstB = bOffset;
    float[] firstStart = start;
    int firstStartOffset = startOffset;
    boolean firstOnto = onto;
    boolean lastLowClamped = lowClamped;
    boolean lastHighClamped = highClamped;
    for (int done = 0; done < wholeDepth; done += depth) {
      depth = Math.min(Blocking.KC, wholeDepth - done);
      aOffset = firstA + done;
      bOffset = firstB + done * vectors * Simd.LANES;
      boolean last = done + depth == wholeDepth;
      lowClamped = lastLowClamped && last;
      highClamped = lastHighClamped && last;
      tiles(from, to);
      start(null, 0, true);
    }
    left(a, firstA, wholeDepth);
    bOffset = firstB;
    start(firstStart, firstStartOffset, firstOnto);
    lowClamped = lastLowClamped;
    highClamped = lastHighClamped;
  }

  private void tiles(int from, int to) {
    if (isFar) {
      read = ReadAhead.read(b, bOffset, depth * vectors * Simd.LANES);
    }
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = RegisterTile.nextRows(to - t, vectors);
      DenseKernels.tile(this, rows, t);
    }
  }

  /**
   * Computes rows that are filters, {@code from} to {@code to} of the tables, where the columns are
   * pixels; each starts from a bias of its own. All of the depth is one pass.
   */
  public void runPixels(int from, int to) {
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = RegisterTile.nextPixelRows(to - t, vectors);
      DenseKernels.pixel(this, rows, t);
    }
  }
}

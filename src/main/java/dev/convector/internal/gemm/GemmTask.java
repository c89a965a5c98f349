package dev.convector.internal.gemm;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.concurrent.ForkJoinPool;

/**
 * A matrix product in progress: the five loops of Goto and van de Geijn around the register tile. A
 * unit is a rectangle of the result; inside it the depth goes by KC, for each the unit's part of
 * the right operand is packed (unless it was before), then the rows go by blocks that stay in
 * cache.
 *
 * <p>The left operand is read in place, or transposed a block at a time.
 */
public final class GemmTask implements UnitTask {
  private static final int NR = DenseWeights.NR;

  /** Panels of a unit: NC columns. */
  private static final int PANELS = Math.max(1, Blocking.NC / NR);

  /** Rows of a unit, over which packing its part of the right operand is spread. */
  private static final int UNIT_ROWS = 8 * Blocking.MAX_BLOCK_ROWS;

  /** Rows of a unit of many threads. */
  private static final int LEAST_ROWS = 12;

  private final GemmShape shape;
  private final PackedMatrix packed;
  private final ParallelRun parallel = new ParallelRun();
  private final int kc;
  private final int blockRows;
  private final UnitGrid grid;
  private float[] a;
  private int aOffset;
  private float[] b;
  private int bOffset;
  private float[] c;
  private int cOffset;
  private int down;
  private int across;

  /** A null matrix means that each run brings its own. */
  public GemmTask(GemmShape shape, PackedMatrix packed) {
    this.shape = shape;
    this.packed = packed;
    this.kc = Math.min(shape.k(), Blocking.KC);
    this.blockRows = Math.min(shape.m(), Blocking.blockRows(kc));
    int panels = Math.ceilDiv(shape.n(), NR);
    int leastDown = Math.ceilDiv(shape.m(), UNIT_ROWS);
    this.grid =
        new UnitGrid(
            1,
            panels,
            panels,
            Math.ceilDiv(panels, PANELS),
            leastDown,
            Math.max(leastDown, shape.m() / LEAST_ROWS),
            cost());
  }

  /** Every range of rows packs its part of the right operand, every panel meets all rows. */
  private UnitCost cost() {
    long left = (long) shape.m() * shape.k();
    long right = (long) shape.k() * shape.n();
    UnitCost cost = UnitCost.of(shape.multiplyAdds(), left + right).weighing(left);
    return packed == null ? cost.loading(right, true, 0) : cost;
  }

  /** Multiplies; arguments have been checked. */
  public void run(
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      ForkJoinPool pool,
      int available) {
    this.a = a;
    this.aOffset = aOffset;
    this.b = b;
    this.bOffset = bOffset;
    this.c = c;
    this.cOffset = cOffset;
    long moved = (long) shape.m() * shape.k() + (long) shape.k() * shape.n();
    int threads = Split.threads(shape.multiplyAdds(), moved, available);
    int units = grid.units(threads);
    down = grid.parts(units);
    across = units / down;
    try {
      parallel.run(this, units, pool, threads, scratchFloats(), 2 * blockRows);
    } finally {
      this.a = null;
      this.b = null;
      this.c = null;
    }
  }

  private int scratchFloats() {
    return aScratch() + blockRows * kc;
  }

  private int staging() {
    return AlignedFloats.FIRST + kc * PANELS * NR;
  }

  /** Scratch: the packed part of b, then staged results, then the transposed part of a. */
  private int aScratch() {
    return staging() + blockRows * NR;
  }

  @Override
  public void run(int unit, Scratch scratch) {
    int panels = Math.ceilDiv(shape.n(), NR);
    int firstPanel = Split.start(panels, unit / down, across);
    int endPanel = Split.start(panels, unit / down + 1, across);
    int row = Split.start(shape.m(), unit % down, down);
    int endRow = Split.start(shape.m(), unit % down + 1, down);
    for (int k = 0; k < shape.k(); k += kc) {
      int depth = Math.min(kc, shape.k() - k);
      if (packed == null) {
        for (int panel = firstPanel; panel < endPanel; panel++) {
          int at = AlignedFloats.FIRST + (panel - firstPanel) * depth * NR;
          PackedMatrix.pack(shape, b, bOffset, k, depth, panel, scratch.floats, at);
        }
      }
      for (int i = row; i < endRow; i += blockRows) {
        int rows = Math.min(blockRows, endRow - i);
        block(i, rows, k, depth, firstPanel, endPanel, scratch);
      }
    }
  }

  private void block(
      int row, int rows, int k, int depth, int firstPanel, int endPanel, Scratch scratch) {
    float[] left = a;
    if (shape.transposeA()) {
      int from = aOffset + k * shape.lda() + row;
      Transpose.run(a, from, shape.lda(), depth, rows, scratch.floats, aScratch(), depth);
      left = scratch.floats;
    }
    for (int i = 0; i < rows; i++) {
      scratch.ints[i] =
          shape.transposeA() ? aScratch() + i * depth : aOffset + (row + i) * shape.lda() + k;
      scratch.ints[blockRows + i] = cOffset + (row + i) * shape.ldc();
    }
    TileCall product = TileCall.of(scratch);
    product.rows(scratch.ints, 0, blockRows);
    product.left(left, 0, depth);
    product.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    product.start(null, 0, k > 0 || shape.beta() != 0);
    for (int panel = firstPanel; panel < endPanel; panel++) {
      float[] right = packed == null ? scratch.floats : packed.floats();
      int at =
          packed == null
              ? AlignedFloats.FIRST + (panel - firstPanel) * depth * NR
              : packed.offset(k, panel);
      int vectors = PackedMatrix.width(shape, panel) / Simd.LANES;
      product.right(right, at, vectors, packed != null && packed.isFar());
      if (shape.n() - panel * NR >= PackedMatrix.width(shape, panel)) {
        if (k == 0) {
          scaleResult(scratch.ints, rows, panel);
        }
        product.result(c, panel * NR);
        product.run(0, rows);
      } else {
        stagedPanel(product, row, rows, panel, k == 0, scratch);
      }
    }
  }

  /** Applies beta to a panel of c before its first products. */
  private void scaleResult(int[] table, int rows, int panel) {
    if (shape.beta() != 0 && shape.beta() != 1) {
      int width = PackedMatrix.width(shape, panel);
      for (int i = 0; i < rows; i++) {
        PackedMatrix.scale(c, table[blockRows + i] + panel * NR, width, shape.beta());
      }
    }
  }

  /** The last panel, where its last vector is not full: computed in scratch and copied. */
  private void stagedPanel(
      TileCall product, int row, int rows, int panel, boolean first, Scratch scratch) {
    int staging = staging();
    int column = panel * NR;
    int columns = shape.n() - column;
    int[] table = scratch.ints;
    for (int i = 0; i < rows; i++) {
      int from = cOffset + (row + i) * shape.ldc() + column;
      if (!first || shape.beta() != 0) {
        System.arraycopy(c, from, scratch.floats, staging + i * NR, columns);
      }
      table[blockRows + i] = staging + i * NR;
    }
    if (first && shape.beta() != 0 && shape.beta() != 1) {
      PackedMatrix.scale(scratch.floats, staging, rows * NR, shape.beta());
    }
    product.result(scratch.floats, 0);
    product.run(0, rows);
    for (int i = 0; i < rows; i++) {
      int to = cOffset + (row + i) * shape.ldc() + column;
      System.arraycopy(scratch.floats, staging + i * NR, c, to, columns);
    }
  }
}

package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The size of the micro-kernel's tile: MR rows by NR columns.
 *
 * <p>6 rows, for which C2's general registers just do (see the codegen folder's TileKernels). With
 * 32 vector registers 4 vectors of columns: 24 accumulators, 4 vectors and the broadcasts, which
 * JDK 25's C2 puts next to their multiply-adds, spill nothing. With 16 registers 2 vectors: 12
 * accumulators, 2 vectors and a broadcast are 15.
 *
 * <p>A panel of one or two vectors, the last of a matrix or its only one, has 12 rows where there
 * are registers: although C2 then spills addresses, six rows by two vectors have too few
 * multiply-adds for their loads (128 to 32 channels 3x3 on Granite Rapids, 0.80 against 0.84 of
 * oneDNN).
 */
public final class RegisterTile {
  /** Rows. */
  public static final int MR = 6;

  /** Vectors of columns. */
  static final int VECTORS = Simd.REGISTERS >= 32 ? 4 : 2;

  /** Columns. */
  static final int NR = VECTORS * Simd.LANES;

  private RegisterTile() {}

  /** Most rows of a tile with so many vectors of columns. */
  static int mostRows(int vectors) {
    return vectors <= 2 && Simd.REGISTERS >= 32 ? 2 * MR : MR;
  }

  /**
   * Rows of the next tile where so many are left: the most, but for the end, where two tiles of
   * almost as many are preferred to one and one of a third or fewer, which waits for the panel's
   * loads and the latency of multiply-adds.
   */
  static int nextRows(int left, int most) {
    return left <= most ? left : left >= most + most / 2 ? most : most - 2;
  }

  /** Rows of the tile that computes so many: one row, or an even number. */
  static int even(int rows) {
    return rows == 1 ? 1 : rows + rows % 2;
  }
}

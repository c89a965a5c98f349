package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The size of the micro-kernel's tile: MR rows by NR columns.
 *
 * <p>6 rows, for which C2's general registers just do (see the codegen folder's TileKernels). With
 * 32 vector registers 4 vectors of columns: 24 accumulators, 4 vectors and the broadcasts, which
 * JDK 25's C2 puts next to their multiply-adds, spill nothing. With 16 registers 2 vectors: 12
 * accumulators, 2 vectors and a broadcast are 15.
 */
public final class RegisterTile {
  /** Rows. */
  public static final int MR = 6;

  /** Vectors of columns. */
  static final int VECTORS = Simd.REGISTERS >= 32 ? 4 : 2;

  /** Columns. */
  static final int NR = VECTORS * Simd.LANES;

  private RegisterTile() {}

  /**
   * Rows of the next tile where so many are left: MR, but for the end, where two tiles of 4 rows
   * are preferred to one of 6 and one of 2 or fewer, which wait for the panel's loads and the
   * latency of multiply-adds.
   */
  static int nextRows(int left) {
    return left <= MR ? left : left >= MR + MR / 2 ? MR : MR - 2;
  }

  /** Rows of the tile that computes so many: one row, or an even number. */
  static int even(int rows) {
    return rows == 1 ? 1 : rows + rows % 2;
  }
}

package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The size of the micro-kernel's tile: MR rows by NR columns.
 *
 * <p>Two vectors of columns, so that one broadcast serves two multiply-adds. With 32 registers 8
 * rows: 16 accumulators hide the latency of two multiply-add units (4 cycles x 2), 16 + 8 + 2
 * registers never spill, and eight rows a multiple of 4 KiB apart still fit the one set of an 8-way
 * first-level cache that they fall into. Measured on Zen 4 with AVX-512, 192 rows: at a depth of 64
 * all of 6, 8 and 12 rows reach 87 % of the multiply-add peak, at 512 97 %, but at 1024 and 2048 12
 * rows only 85 %; over the 1x1 layers of ResNet-50 and MobileNet 8 rows are 1.5 % ahead of 6. With
 * 16 registers 6 rows: 12 accumulators, 2 vectors of columns and a broadcast are 15, and JDK 25's
 * C2 puts each broadcast next to its multiply-adds; with AVX2 on the same machine 81 % of the peak
 * over ResNet-50's 1x1 layers (session avx2 in RESULTS.md). 4 rows have 8 accumulators, exactly the
 * latency of two units, and reached less on most layers.
 */
public final class RegisterTile {
  /** Rows. */
  public static final int MR = Simd.REGISTERS >= 32 ? 8 : 6;

  /** Vectors of columns. */
  static final int VECTORS = 2;

  /** Columns. */
  static final int NR = VECTORS * Simd.LANES;

  private RegisterTile() {}

  /**
   * Rows of the next tile where so many are left: MR, but for the end, where tiles of 4 rows and
   * more are preferred, since fewer are bound by the latency of multiply-adds (8 accumulators are 4
   * cycles x 2 units). So 9 to 11 rows are cut as 6 + 3, 6 + 4 and 6 + 5 where MR is 8.
   */
  static int nextRows(int left) {
    return left <= MR || left >= MR + MR / 2 ? MR : MR - 2;
  }
}

package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The size of the micro-kernel's tile: MR rows by NR columns.
 *
 * <p>Two vectors of columns, so that one broadcast serves two multiply-adds. With 32 registers 6
 * rows: 12 accumulators hide the latency of two multiply-add units (4 cycles x 2), 12 + 6 + 2
 * registers never spill, and six rows never fall into one set of an 8-way first-level cache, as
 * twelve do when a row is a multiple of 4 KiB. Measured on Zen 4 with AVX-512, depth 576 to 4608:
 * 6x2 96 to 99 % of the multiply-add peak, 8x2 92 to 94 %, 12x2 82 to 99 %. With 16 registers 4
 * rows: 8 accumulators.
 */
final class RegisterTile {
  /** Rows. */
  static final int MR = Simd.REGISTERS >= 32 ? 6 : 4;

  /** Vectors of columns. */
  static final int VECTORS = 2;

  /** Columns. */
  static final int NR = VECTORS * Simd.LANES;

  private RegisterTile() {}
}

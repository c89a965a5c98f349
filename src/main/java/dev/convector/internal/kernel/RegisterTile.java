package dev.convector.internal.kernel;

import dev.convector.internal.simd.Simd;

/**
 * The size of the micro-kernel's tile: MR rows by NR columns.
 *
 * <p>With 32 vector registers 4 vectors of columns: 6 rows have 24 accumulators, 4 vectors and the
 * broadcasts, which JDK 25's C2 puts next to their multiply-adds, and spill nothing; 5 rows take
 * two steps of the depth at a time and are faster (see the codegen folder's DenseKernels). More
 * rows than 6 need more general registers than C2 has. With 16 registers 2 vectors by 6 rows: 12
 * accumulators, 2 vectors and a broadcast are 15; two steps spill. A step is 32 instructions then,
 * 12 of them multiply-adds that need 6 cycles, and a core starts at most 6 a cycle: not much is
 * left.
 *
 * <p>A panel of one or two vectors, the last of a matrix or its only one, has 12 rows where there
 * are registers: although C2 then spills addresses, six rows by two vectors have too few
 * multiply-adds for their loads (128 to 32 channels 3x3 on Granite Rapids, 0.80 against 0.84 of
 * oneDNN). With 16 registers one of one vector has 8 rows, since six sums don't hide a
 * multiply-add's latency: 1x1 from 512 channels to 8 filters at 28x28 takes 0.81 to 0.88 of the
 * time, from 144 to 24 at 56x56 0.96, 3x3 from 64 to 24 with stride 2 0.94, with 12 rows 0.90, 0.95
 * and 0.95 (Zen 4 without AVX-512).
 */
public final class RegisterTile {
  /** Most rows of a tile that isn't narrow. */
  public static final int MR = 6;

  /** Vectors of columns. */
  static final int VECTORS = Simd.MANY_REGISTERS ? 4 : 2;

  /** Columns. */
  static final int NR = VECTORS * Simd.LANES;

  /** Most rows of a tile of two vectors. */
  private static final int TALL = Simd.MANY_REGISTERS ? 2 * MR : MR;

  /** Rows of a tile of one vector with 16 registers; two such are those of many small images. */
  private static final int EIGHT = 8;

  /** Most rows of which 15 and 16 that are left become two tiles of eight. */
  private static final int SHORT = 3 * 2 * MR;

  private RegisterTile() {}

  /** Whether a dense tile takes two steps of the depth at a time. */
  static boolean isPaired(int rows, int vectors) {
    return vectors == 4 && rows == MR - 1 || vectors == 3 && rows == MR;
  }

  /**
   * Rows of the next tile where so many are left, for a panel of so many vectors.
   *
   * <p>The last rows are cut into two tiles of almost as many where else one of a third or fewer
   * would be left, which waits for the panel's loads and the latency of multiply-adds.
   */
  static int nextRows(int left, int vectors) {
    return vectors == 4 ? nextOfFive(left) : cut(left, mostRows(vectors));
  }

  private static int mostRows(int vectors) {
    if (vectors > 2) {
      return MR;
    }
    return vectors == 1 ? Math.max(TALL, EIGHT) : TALL;
  }

  /**
   * Rows of the next tile of listed depth: with four vectors 6, which a {@link #nextRows} isn't.
   */
  static int nextTapRows(int left, int vectors) {
    return cut(left, vectors <= 2 ? tallApart(vectors) : MR);
  }

  /**
   * Most rows of a tile of one or two vectors whose rows lie a distance apart. Of one vector with
   * 16 registers, too, 12: six sums don't hide a multiply-add's latency. 1x1 from 24 channels to 8
   * filters at 28x28 takes 0.78 of the time, 3x3 from 3 0.86, with stride 3 from 8 0.96; where rows
   * lie anywhere their addresses would be spilled, 1.03 (UseAVX=2, Zen 4).
   */
  private static int tallApart(int vectors) {
    return vectors == 1 ? 2 * MR : TALL;
  }

  /**
   * Rows of the next tile of one or two vectors whose rows lie a distance apart that has tiles of
   * 6, 8 and 12 rows of its own. These are so much faster than others that rows before are computed
   * again where there are enough. Of 13 to 16 rows two tiles repeat at most one; but at the end of
   * long rows 15 and 16 are 12 and a tile of 6, in 0.97 of the time (112 pixels, 27 steps of two
   * vectors, Zen 5).
   *
   * @param all rows of which so many are left
   */
  static int nextFastRows(int left, int all, int vectors) {
    int tall = tallApart(vectors);
    if (tall > EIGHT) {
      boolean asTwo = left > tall && left <= (all <= SHORT ? 2 * EIGHT : EIGHT + MR);
      if (left >= tall && !asTwo || left >= tall - MR / 2 && left < tall && all >= tall) {
        return tall;
      }
      if (asTwo || left <= EIGHT && left > MR && all >= EIGHT) {
        return EIGHT;
      }
    }
    return left >= MR || left >= MR / 2 && all >= MR ? MR : left;
  }

  /** Whether tiles of one and two vectors exist of so many rows a constant distance apart. */
  static boolean isFast(int rows) {
    return rows == MR || rows == EIGHT || rows == 2 * MR;
  }

  /** Rows of the next tile whose rows lie a distance apart and whose depth is contiguous. */
  static int nextPointRows(int left, int vectors) {
    return cut(left, vectors <= 2 && tallApart(vectors) > EIGHT ? EIGHT : MR);
  }

  /** Tiles that so many rows are cut into, for a panel of so many vectors. */
  public static int tiles(int rows, int vectors) {
    int tiles = 0;
    for (int left = rows; left > 0; left -= nextRows(left, vectors)) {
      tiles++;
    }
    return tiles;
  }

  /** Rows of the next tile of pixels, which are at most {@link #MR}. */
  static int nextPixelRows(int left, int vectors) {
    return vectors <= 2 ? cut(left, MR) : nextRows(left, vectors);
  }

  private static int cut(int left, int most) {
    return left <= most || left >= most + most / 2 ? Math.min(left, most) : Math.ceilDiv(left, 2);
  }

  /** 5 rows; 6 where the rows beyond a multiple of 5 can be spread so, else two tiles of 4 or 3. */
  private static int nextOfFive(int left) {
    int over = left % 5;
    if (left <= MR || over > 0 && over < 4 && left >= MR * over) {
      return Math.min(left, MR);
    }
    return left <= 8 ? 4 : 5;
  }
}

package dev.convector.internal.kernel;

import dev.convector.internal.simd.Setting;

/**
 * The sizes of blocks in cache, in BLIS's words (Van Zee and van de Geijn, "BLIS: A Framework for
 * Rapidly Instantiating BLAS Functionality", 2015): the one place that chooses them.
 *
 * <p>Sized for a second-level cache of 1 MiB; with a smaller one panels are fetched again from the
 * third. Java can't ask.
 *
 * <p>The system property {@code convector.blockingShrink} divides them all, so that tests meet
 * every remainder of every block with small problems; results are the same but for the order of
 * sums.
 */
public final class Blocking {
  private static final int SHRINK = Setting.of("convector.blockingShrink", 1, 1);

  /**
   * Depth of one pass over a panel. A panel of this depth is 256 KiB with 512-bit vectors and stays
   * in the second-level cache while all rows of a block pass over it; it is long enough that
   * loading and storing the accumulators costs 1 to 2 %.
   */
  public static final int KC = budget(1024, 5);

  /** Floats of the left operand that a block of rows should span: 256 KiB. */
  public static final int BLOCK_FLOATS = budget(64 * 1024, 64);

  /**
   * Most rows of a block: enough that fetching a panel from the third-level cache (256 bytes a
   * depth step) hides behind their arithmetic.
   */
  public static final int MAX_BLOCK_ROWS = budget(192, 7);

  /**
   * Fewest rows of a block, even where they span more: at a depth of 1024 each panel is fetched
   * again for every block, and 96 rows instead of 48 took 1x1 layers from 90 to 95 % of the peak.
   */
  public static final int MIN_BLOCK_ROWS = budget(96, 5);

  /**
   * Rows of a block of pixels that are read where they lie, or in a strip if that fits: a 14x14
   * image at once. Each block fetches the weights again, and its first tile waits for those that
   * come from the third level; with 200 rows instead of 96 layers of 2 MB of weights and more take
   * 0.93 to 0.96 of the time on Granite Rapids (29 GB/s from there), others the same. 400 rows gain
   * nothing more.
   */
  public static final int DIRECT_ROWS = budget(200, 7);

  /**
   * Floats of the left operand that a block of pixels of little depth spans: 200 KiB. From panel to
   * panel and from block to block go 0.1 us each, in which a tile's products would be a thirtieth
   * of a panel's of 200 pixels and 64 channels.
   */
  private static final int DIRECT_FLOATS = budget(50 * 1024, 64);

  /** Floats of the results of such a block of few channels a group, a vector after the other. */
  private static final int POINT_FLOATS = budget(128 * 1024, 64);

  private static final int LEAST_POINT_ROWS = budget(120, 7);

  /** Most pixels of such a block. */
  private static final int MOST_DIRECT_ROWS = budget(800, 7);

  /** Columns of a packed right operand of a matrix product. */
  public static final int NC = budget(256, 1);

  /**
   * Floats of the strip of a channels-first input that a block of pixels is read from: 1 MiB, half
   * of a second-level cache of 2 MiB.
   */
  public static final int STRIP_FLOATS = 256 * 1024;

  /**
   * Floats of unfolded input at a time: with the staging just under 2 MiB, and all of it for any
   * depth up to 5,290.
   */
  public static final int MAX_UNFOLDED_FLOATS = budget(496 * 1024, 4096);

  /** Floats of the padded input to aim at from which listed taps are read: 128 KiB. */
  public static final int TAP_STRIP_FLOATS = budget(32 * 1024, 256);

  /**
   * Floats of the sums that a block of pixels has where the depth is in the lanes, a vector each:
   * 16 KiB of a first-level cache.
   */
  public static final int DOT_SUMS_FLOATS = budget(4 * 1024, 64);

  /** The same where most pixels are computed by columns, which want height: 256 KiB. */
  public static final int DOT_COLUMN_SUMS_FLOATS = budget(64 * 1024, 256);

  /** Floats of the weights that all sums of such a block go through at a time: 24 KiB. */
  public static final int DOT_WEIGHTS_FLOATS = budget(6 * 1024, 64);

  /** Floats of depthwise strips and staging to aim at: 512 KiB, half of a second-level cache. */
  public static final int DEPTHWISE_STRIP_FLOATS = budget(128 * 1024, 256);

  /** The most floats of depthwise strip and staging: 2 MiB. */
  public static final int MAX_DEPTHWISE_FLOATS = 512 * 1024;

  /**
   * Floats of a strip to aim at where the reach of dilated and very large kernels is so wide that
   * each of several smaller blocks would copy most of it: 2 MiB.
   */
  public static final int WIDE_STRIP_FLOATS = budget(512 * 1024, 512);

  /** Floats of output that a depthwise block read in place aims at: 128 KiB. */
  public static final int DEPTHWISE_BLOCK_FLOATS = budget(32 * 1024, 64);

  /**
   * Floats of a strip that grouped convolution aims at: 512 KiB, a quarter of the second-level
   * cache. Twice and half as much cost 5 to 10 % on Granite Rapids, since rows that leave the cache
   * or that two blocks share are loaded again.
   */
  public static final int GROUPED_STRIP_FLOATS = budget(128 * 1024, 256);

  /**
   * Floats of a strip that grouped convolution with pixels in the lanes is read from: 124 KiB, so
   * that with the staging it keeps within 128.
   */
  public static final int GROUPED_PIXEL_STRIP_FLOATS = 31 * 1024;

  /** The same of one group, whose channels may be many: 256 KiB. */
  public static final int DENSE_PIXEL_STRIP_FLOATS = budget(64 * 1024, 1024);

  /**
   * Planes that 1x1 kernels to few filters read together with pixels in the lanes: each is a page
   * and a stream of its own, of which the processor follows only some. All at once 1664 channels at
   * 47x47 take 1.6 to 1.7 of the time, 2048 at 30x30 1.3, 832 at 47x47 1.1, 512 at 14x14 1.05 to
   * 1.07 (to 8 filters, Zen 4 without AVX-512).
   */
  public static final int POINT_CHANNELS = budget(128, 3);

  /** Floats that depthwise kernels copy of an image at a time: 128 KiB. */
  public static final int DEPTHWISE_COPY_FLOATS = budget(32 * 1024, 8 * 1024);

  /**
   * Floats of input and output that a depthwise block with pixels in the lanes aims at: 24 KiB of a
   * first-level cache.
   */
  public static final int DEPTHWISE_PIXEL_BLOCK_FLOATS = budget(6 * 1024, 64);

  /**
   * Bytes of input and output from which on they may be far (a trial finds out) for who doesn't
   * read them in their order but a vector of columns, or a panel's channels of all pixels, after
   * the other: of 128 channels at 112x112, 12 MB, 3x3, 5x5 and 7x7 take 0.8, 0.57 and 0.55 of the
   * time where they are read ahead (Regression, Zen 4 without AVX-512, 32 MB of third-level cache).
   */
  static final int FAR_BYTES_BY_PARTS = budget(10 * 1024 * 1024, 1024);

  /** Bytes from which on weights or images are taken to be in memory. */
  static final int FAR_BYTES = budget(32 * 1024 * 1024, 64 * 1024);

  /**
   * Floats that Winograd's transformed tiles and their products may take together: 1.7 MiB of a
   * second-level cache of 2 MiB. With 1 MiB they pass through the third, which WinogradCost counts;
   * fetching the weights less often pays for it where there are few tiles: 256 channels at 14x14
   * went from two blocks of 8 tiles to one of 16, in 0.78 of the time (Granite Rapids).
   */
  public static final int WINOGRAD_FLOATS = 440 * 1024;

  /** Floats of planes that are turned to be pooled, and of the results: 256 KiB. */
  public static final int POOLED_PLANES_FLOATS = budget(64 * 1024, 64);

  /** The most of them, of planes that are very wide: 2 MiB. */
  public static final int MAX_POOLED_PLANES_FLOATS = 512 * 1024;

  /** Floats of output that a block of a depthwise transposed convolution aims at: 256 KiB. */
  public static final int TRANSPOSED_BLOCK_FLOATS = budget(64 * 1024, 64);

  /**
   * Most floats of a transposed convolution's block where it is staged: half a second-level cache
   * of 1 MiB.
   */
  public static final int TRANSPOSED_STAGED_FLOATS = budget(128 * 1024, 1024);

  /**
   * Floats of the planes of a block of a transposed convolution with pixels in the lanes: 512 KiB,
   * half of a second-level cache of 1 MiB.
   */
  public static final int TRANSPOSED_PLANES_FLOATS = budget(128 * 1024, 1024);

  /** Most floats of such a block where it is staged: 384 KiB. */
  public static final int TRANSPOSED_PIXEL_STAGED_FLOATS = budget(96 * 1024, 1024);

  /**
   * Rows of a unit of a weights' gradient, channels at taps: enough that packing the output's
   * gradient for them is little, few enough that their planes hold some hundred pixels.
   */
  public static final int GRADIENT_ROWS = budget(512, 5);

  /** Floats of a unit's sums of a weights' gradient: 512 KiB. */
  public static final int GRADIENT_SUMS_FLOATS = budget(128 * 1024, 64);

  /** Floats of a row that pooling has folded: most of a first-level cache of 48 KB. */
  public static final int FOLDED_FLOATS = budget(8 * 1024, 512);

  /** Floats of the planes that a weights' gradient reads its rows from: 512 KiB. */
  public static final int GRADIENT_PLANES_FLOATS = budget(128 * 1024, 1024);

  /**
   * Floats of a vector of channels of input and output's gradient that a grouped weights' gradient
   * aims at: 128 KiB, of which four are brought together. With 32 blocks have so few rows that
   * those which two of them read count: depthwise layers 1.1 to 1.5 times the time, grouped ones
   * 1.05 to 1.5 (Zen 5).
   */
  public static final int GRADIENT_VECTOR_FLOATS = budget(32 * 1024, 512);

  /** Floats of a band of input and output's gradient that are read in place: 256 KiB. */
  public static final int GRADIENT_BAND_FLOATS = budget(64 * 1024, 512);

  /** The most floats of those planes, for kernels of many taps: 2 MiB. */
  public static final int MAX_GRADIENT_FLOATS = 512 * 1024;

  /** Sets of a first-level cache, and how many lines each holds: of Zen 5 and of Granite Rapids. */
  private static final int NEAR_SETS = 64;

  private static final int NEAR_WAYS = 12;

  /** Floats of a cache line. */
  private static final int LINE_FLOATS = 16;

  /** Floats of which lines a multiple apart meet in one set of a first-level cache. */
  public static final int ONE_SET_FLOATS = NEAR_SETS * LINE_FLOATS;

  /** The same for two sets: what a kernel reads together doesn't stay there. */
  public static final int TWO_SETS_FLOATS = ONE_SET_FLOATS / 2;

  private Blocking() {}

  /**
   * Rows of a block of pixels of few channels a group, to so many filters in panels of one or two
   * vectors. Of few filters more than DIRECT_ROWS, since what is around a panel's pixels costs as
   * much as 30 of them: 24 to 24 in three groups at 112x112 takes 0.85 to 1.0 of the time, 64 to 64
   * in 16 at 28x28 0.9 (Regression, Zen 4 without AVX-512). Of many filters fewer, whose results
   * stay in the second-level cache.
   */
  public static int pointRows(int filters, int vectors) {
    return Math.clamp(POINT_FLOATS / vectors / filters, LEAST_POINT_ROWS, MOST_DIRECT_ROWS);
  }

  /**
   * Rows of a block of pixels that are read where they lie, of a depth, and whose results are
   * stored where they belong: 64 channels at 56x56 to 64 and 256 filters take 0.97 and 0.98 of the
   * time of blocks of DIRECT_ROWS, at 112x112 to 128 0.99, 96 to 64 0.98 (Zen 5).
   */
  public static int directRows(int depth) {
    return Math.clamp(DIRECT_FLOATS / depth, DIRECT_ROWS, MOST_DIRECT_ROWS);
  }

  /** Of lines that lie so many floats apart how many a first-level cache holds together. */
  public static int nearLines(int apart) {
    int step = Math.clamp(Integer.lowestOneBit(apart / LINE_FLOATS), 1, NEAR_SETS);
    return NEAR_SETS / step * NEAR_WAYS;
  }

  /**
   * A budget, divided but not below the least that those who keep to it can work with. Not for
   * limits that a refusal names: what can be computed at all must not shrink with them.
   */
  private static int budget(int normal, int least) {
    return Math.max(least, normal / SHRINK);
  }

  /** Rows of a block whose rows are {@code rowFloats} long: whole tiles, if two fit. */
  public static int blockRows(int rowFloats) {
    int fitting = BLOCK_FLOATS / Math.max(1, rowFloats);
    int rows = Math.clamp(fitting, MIN_BLOCK_ROWS, MAX_BLOCK_ROWS);
    return rows < 2 * RegisterTile.MR ? rows : rows / RegisterTile.MR * RegisterTile.MR;
  }
}

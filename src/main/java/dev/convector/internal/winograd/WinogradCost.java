package dev.convector.internal.winograd;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.RegisterTile;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.simd.Simd;

/**
 * Estimated time, in cycles of one core that does one multiply-add of a vector a cycle. Its numbers
 * were fitted to per-phase timings on Zen 4 (512-bit, 1 MiB second-level cache, 3x3 layers of 64 to
 * 512 channels and 7 to 224 pixels).
 */
final class WinogradCost {
  /** Cycles around the depth loop of one register tile. */
  private static final double TILE_OVERHEAD = 60;

  /** Cycles to transform one vector of one tile's channels, for each frequency: 12 to 24. */
  private static final double INPUT = 15;

  /** Likewise for the filters: 8 to 20. */
  private static final double OUTPUT = 11;

  /**
   * Cycles to fetch a vector from the third-level cache: 1.5 on Zen 4, 16 (8 of a core that does
   * two multiply-adds a cycle) on Granite Rapids. Three was raced there only: 16 would choose
   * F(2x2) for images of 14x14, as fast as F(4x4) there and estimated to be 1.3 times slower on Zen
   * 4.
   */
  private static final double FETCH_NEAR = 3;

  /** And where there are more weights than such a cache usually has for one core: 4 on Zen 4. */
  private static final double FETCH_FAR = 6;

  /** V and M of more than 704 KiB pass through it on a core with 1 MiB of second-level cache. */
  private static final int NEAR_FLOATS = 176 * 1024;

  /** 20 MB, in floats. */
  private static final double FAR = 5e6;

  /**
   * Products on blocks of channels, whose V is made again for every slice and passes through the
   * cache each time: 1.44 to 1.5 cycles a multiply-add where all channels at once take 1.2 to 1.37.
   */
  private static final double CHANNEL_BLOCKS = 1.25;

  /** The direct method reaches 95 to 100 % of the multiply-add peak. */
  private static final double DIRECT = 1.03;

  /**
   * With fewer channels the transforms and the products' overhead eat the gain. With 8 to 64
   * filters at 56x56 it has 300 GFLOP/s channels-last where direct has 237, with 10 340, with 7 to
   * 32 198 where direct has 206 (AMD EPYC, family 26).
   */
  private static final int LEAST_CHANNELS = 8;

  /** Channels-first up to 8 have pixels in the lanes: 225 GFLOP/s where this has 201. */
  private static final int LEAST_PLANES = 9;

  /** Images that share a block of the direct method. */
  private static final int LEAST_IMAGES = 4;

  /**
   * What bringing a part of a row of tiles takes beyond its share where whole rows are turned as
   * one, of bringing the row: 64 channels at 56x56 in 56 units took 1.45 times as long in all (Zen
   * 5).
   */
  private static final double CUT_ROW = 0.4;

  private WinogradCost() {}

  /** Whether tiles of m x m are the fastest of those that are allowed, and faster than direct. */
  static boolean pays(int m, ConvShape shape, boolean channelsLast, int largestAllowed) {
    int least = channelsLast ? LEAST_CHANNELS : LEAST_PLANES;
    if (shape.groups() > 1 || shape.channels() < least) {
      return false;
    }
    double own = TileBlocking.choose(m, shape, channelsLast).estimatedCycles();
    for (int other = 2; other <= largestAllowed; other += 2) {
      if (other != m && TileBlocking.choose(other, shape, channelsLast).estimatedCycles() < own) {
        return false;
      }
    }
    return own < direct(shape);
  }

  /**
   * The direct method skips kernel rows outside the image. Kernel columns too, but about as much is
   * lost where it has few pixels at a time: within 7 % of the time of 5x5 layers of 7x7 pixels, 10
   * to 17 % below that of 4x4; not where several images share a block.
   */
  private static double direct(ConvShape shape) {
    double vectors = Math.ceilDiv(shape.filters(), Simd.LANES);
    long together = Blocking.DIRECT_ROWS / ((long) shape.outputHeight() * shape.outputWidth());
    boolean isBatch = Math.min(together, shape.batch()) >= LEAST_IMAGES;
    return DIRECT
        * shape.multiplyAdds()
        / shape.filters()
        * vectors
        * inside(shape.rows())
        * (isBatch ? inside(shape.columns()) : 1);
  }

  /** The part of an axis's taps, of all outputs with stride 1, that lies inside the image. */
  private static double inside(Axis axis) {
    long inside = 0;
    for (int at = -axis.padBefore(); at < axis.output() - axis.padBefore(); at++) {
      int end = Math.min(at + axis.kernel(), axis.size());
      inside += Math.max(0, end - Math.max(at, 0));
    }
    return inside / ((double) axis.output() * axis.kernel());
  }

  /** What units of all tiles take. */
  static UnitCost units(int n, ConvShape shape, boolean channelsLast, int tiles, int quantum) {
    long all = (long) n * n * tiles;
    long products = all * shape.groupChannels() * shape.filters();
    return UnitCost.of(products + (long) OUTPUT * all * shape.filters(), 0)
        .transforming(
            (long) INPUT * all * shape.channels(),
            channelsLast ? 0 : shape.inputSize(),
            shape.groups() == 1,
            quantum * CUT_ROW)
        .weighing((long) n * n * shape.groupChannels() * shape.filters());
  }

  static double cycles(
      int n, ConvShape shape, int tiles, int blocks, int channels, int slicePanels, int cached) {
    int frequencies = n * n;
    int panels = Math.ceilDiv(shape.groupFilters(), DenseWeights.NR);
    int filterVectors = Math.ceilDiv(shape.groupFilters(), Simd.LANES);
    int channelVectors = Math.ceilDiv(shape.groupChannels(), Simd.LANES);
    int channelBlocks = Math.ceilDiv(shape.groupChannels(), channels);
    int slices = Math.ceilDiv(panels, slicePanels);
    double allTiles = (double) tiles * blocks;
    double weightVectors = (double) frequencies * shape.groupChannels() * filterVectors;
    double products = weightVectors * allTiles * (channelBlocks == 1 ? 1 : CHANNEL_BLOCKS);
    int panelVectors = DenseWeights.NR / Simd.LANES;
    int lastVectors = filterVectors - (panels - 1) * panelVectors;
    int panelTiles =
        (panels - 1) * RegisterTile.tiles(tiles, panelVectors)
            + RegisterTile.tiles(tiles, lastVectors);
    double tileCalls = (double) frequencies * blocks * channelBlocks * panelTiles;
    boolean far = shape.groups() * weightVectors * Simd.LANES > FAR;
    double fetch = weightVectors * blocks * (far ? FETCH_FAR : FETCH_NEAR);
    double input =
        INPUT * frequencies * allTiles * channelVectors * (channelBlocks == 1 ? 1 : slices);
    double output = OUTPUT * frequencies * allTiles * filterVectors;
    double passed =
        cached <= NEAR_FLOATS
            ? 0
            : FETCH_NEAR
                * frequencies
                * allTiles
                * (channelVectors * (1 + slices) + 2 * filterVectors * channelBlocks);
    return shape.groups()
        * (products + tileCalls * TILE_OVERHEAD + fetch + passed + input + output);
  }
}

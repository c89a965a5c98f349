package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;
import dev.convector.internal.simd.Simd;

/**
 * How the work is blocked: so many tiles at a time, so many channels and so many filters, such that
 * transformed input and products of a block stay in the second-level cache.
 *
 * <pre>
 *   V [frequency][tile][channels of a block]     then M [frequency][tile][filters of a slice]
 * </pre>
 *
 * <p>Among all blockings that fit, the one with the least estimated time. Many tiles: the
 * transformed weights are read once for each block of tiles, and from the third-level cache or
 * memory at that. Many filters a slice: the input is transformed again for each slice if its
 * channels don't fit at once. Many channels: the products are loaded and stored for each block of
 * them.
 */
record TileBlocking(
    int m, int tiles, int blocks, int channels, int slicePanels, double estimatedCycles) {

  /** Floats that V and M may take together: 704 KiB of a second-level cache of 1 MiB. */
  private static final int CACHE_FLOATS = 176 * 1024;

  /** Most tiles of a block; more save no time on weights. */
  private static final int MOST_TILES = 64;

  /** Floats of a cache line: planes start at odd multiples, so never 4 KiB apart. */
  private static final int LINE = 16;

  static TileBlocking choose(int m, ConvShape shape) {
    long allTiles =
        (long) shape.batch()
            * Math.ceilDiv(shape.outputHeight(), m)
            * Math.ceilDiv(shape.outputWidth(), m);
    int total = (int) Math.min(Integer.MAX_VALUE, allTiles);
    int panels = Math.ceilDiv(shape.groupFilters(), PackedWeights.NR);
    TileBlocking best = null;
    for (int tiles = Math.min(MOST_TILES, total); tiles >= Math.min(total, 4); tiles--) {
      int blocks = Math.ceilDiv(total, tiles);
      if (blocks > 1 && Math.ceilDiv(total, blocks) != tiles) {
        continue;
      }
      for (int parts = 1; parts <= Math.ceilDiv(shape.groupChannels(), Simd.LANES); parts++) {
        int channels = Simd.roundUp(Math.ceilDiv(shape.groupChannels(), parts));
        for (int slices = 1; slices <= panels; slices++) {
          int slicePanels = Math.ceilDiv(panels, slices);
          int filters =
              Math.min(slicePanels * PackedWeights.NR, Simd.roundUp(shape.groupFilters()));
          if (plane(tiles, channels) + plane(tiles, filters) > CACHE_FLOATS / frequencies(m)) {
            continue;
          }
          double cycles = WinogradCost.cycles(m, shape, tiles, blocks, channels, slicePanels);
          if (best == null || cycles < best.estimatedCycles) {
            best = new TileBlocking(m, tiles, blocks, channels, slicePanels, cycles);
          }
        }
      }
    }
    return best;
  }

  private static int frequencies(int m) {
    return (m + 2) * (m + 2);
  }

  int frequencies() {
    return frequencies(m);
  }

  /** Floats between the planes of two frequencies, for rows of so many floats. */
  static int plane(int tiles, int row) {
    int lines = Math.ceilDiv(tiles * row, LINE);
    return (lines | 1) * LINE;
  }
}

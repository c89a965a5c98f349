package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.AlignedFloats;
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
 *
 * @param n inputs along one axis of a tile
 * @param quantum tiles that are never separated: a row of them where a channels-first image is
 *     narrow, so that whole rows are transposed as one long one; else 1
 */
record TileBlocking(
    int n,
    int quantum,
    int tiles,
    int blocks,
    int channels,
    int slicePanels,
    double estimatedCycles) {

  /** Most tiles of a block; more save no time on weights. */
  private static final int MOST_TILES = 64;

  /** Floats of a cache line: planes start at odd multiples, so never 4 KiB apart. */
  private static final int LINE = 16;

  /** Floats of all scratch of a worker: 2 MiB. */
  private static final int SCRATCH_FLOATS = 512 * 1024;

  /** Up to so many columns a channels-first image is worked on by whole rows. */
  private static final int NARROW = 64;

  /** Where V starts in scratch: 0.94 of the time where all starts at 0 (256 channels at 56x56). */
  static final int V_OFFSET = AlignedFloats.FIRST;

  /** The one by which a problem is computed; the order of its sums follows the channels alone. */
  static TileBlocking choose(int m, ConvProblem problem) {
    boolean channelsLast = problem.channelsLast();
    return problem.batchInvariant()
        ? choose(
            m,
            problem.shape(),
            channelsLast,
            choose(m, problem.chosenBy(), channelsLast).channels())
        : choose(m, problem.shape(), channelsLast);
  }

  static TileBlocking choose(int m, ConvShape shape, boolean channelsLast) {
    return choose(m, shape, channelsLast, 0);
  }

  /**
   * @param fixed channels of a block; 0 for any
   */
  private static TileBlocking choose(int m, ConvShape shape, boolean channelsLast, int fixed) {
    TileGrid grid = new TileGrid(m, shape);
    boolean byRows = !channelsLast && grid.columns() * m <= NARROW;
    int quantum = byRows ? grid.columns() : 1;
    int quanta = grid.total() / quantum;
    TileBlocking best = null;
    for (int each = Math.clamp(quanta, 1, MOST_TILES / quantum); each > 0; each--) {
      int blocks = Math.ceilDiv(quanta, each);
      if (Math.ceilDiv(quanta, blocks) == each && (each == 1 || dividesWell(blocks))) {
        best = better(best, shape, channelsLast, grid, quantum, each * quantum, fixed);
      }
    }
    return best;
  }

  /** Whether two threads, or four, have as much to do each: few blocks should be an even number. */
  private static boolean dividesWell(int blocks) {
    return blocks == 1 || blocks % 2 == 0 || blocks >= 16;
  }

  private static TileBlocking better(
      TileBlocking best,
      ConvShape shape,
      boolean channelsLast,
      TileGrid grid,
      int quantum,
      int tiles,
      int fixed) {
    int blocks = Math.ceilDiv(grid.total(), tiles);
    int frequencies = grid.n() * grid.n();
    int panels = Math.ceilDiv(shape.groupFilters(), DenseWeights.NR);
    int mostRow = Blocking.WINOGRAD_FLOATS / frequencies;
    for (int parts = 1; parts <= Math.ceilDiv(shape.groupChannels(), Simd.LANES); parts++) {
      int channels = Simd.roundUp(Math.ceilDiv(shape.groupChannels(), parts));
      if (channels > mostRow || fixed > 0 && channels != fixed) {
        continue;
      }
      int input = InputTransform.workFloats(channelsLast, grid, tiles, channels);
      // One block is shared by threads through its slices.
      for (int slices = blocks == 1 ? Math.min(2, panels) : 1; slices <= panels; slices++) {
        int slicePanels = Math.ceilDiv(panels, slices);
        int filters = Math.min(slicePanels * DenseWeights.NR, Simd.roundUp(shape.groupFilters()));
        if (filters > mostRow) {
          continue;
        }
        int output = OutputTransform.workFloats(shape, channelsLast, grid, tiles, filters);
        int cached = frequencies * (plane(tiles, channels) + plane(tiles, filters));
        if (cached > Blocking.WINOGRAD_FLOATS
            || cached + Math.max(input, output) > SCRATCH_FLOATS) {
          continue;
        }
        double cycles =
            WinogradCost.cycles(grid.n(), shape, tiles, blocks, channels, slicePanels, cached);
        if (best == null || cycles < best.estimatedCycles) {
          best = new TileBlocking(grid.n(), quantum, tiles, blocks, channels, slicePanels, cycles);
        }
      }
    }
    return best;
  }

  /** Rows of tiles, or tiles, that blocks are made of. */
  int quanta(TileGrid grid) {
    return grid.total() / quantum;
  }

  /**
   * First tile of one of so many blocks, no fewer than one thread's; the next one's is its end.
   * More than there are rows of tiles cut each into as many.
   */
  int start(TileGrid grid, int block, int count) {
    int quanta = quanta(grid);
    if (count <= quanta) {
      return Split.start(quanta, block, count) * quantum;
    }
    int each = count / quanta;
    return block / each * quantum + Split.start(quantum, block % each, each);
  }

  int frequencies() {
    return n * n;
  }

  /**
   * One past the last panel of a group that is in the same slice as one, but for the group's end.
   */
  int endOfSlice(int panel) {
    return (panel / slicePanels + 1) * slicePanels;
  }

  /** Filters of a slice, but for the last. */
  int sliceFilters() {
    return slicePanels * DenseWeights.NR;
  }

  /** Panels of filters of a group. */
  int panels(ConvShape shape) {
    return Math.ceilDiv(shape.groupFilters(), DenseWeights.NR);
  }

  /** Filters of one slice of a group. */
  int filtersOf(ConvShape shape, int slice) {
    return Math.min(sliceFilters(), shape.groupFilters() - slice * sliceFilters());
  }

  /** Channels of the block that starts at one. */
  int channelsFrom(ConvShape shape, int channel) {
    return Math.min(channels, shape.groupChannels() - channel);
  }

  /** Floats of one tile's filters of a slice: its row in M, and a step of the packed weights. */
  int row(ConvShape shape, int slice) {
    return Simd.roundUp(filtersOf(shape, slice));
  }

  /** Floats between the planes of two frequencies in V. */
  int vPlane() {
    return plane(tiles, channels);
  }

  /** And in M. */
  int mPlane(ConvShape shape) {
    return plane(tiles, row(shape, 0));
  }

  /** Where M starts in scratch. */
  int mOffset() {
    return V_OFFSET + frequencies() * vPlane();
  }

  /** Where the rest of it starts, which the transforms use in turn. */
  int workOffset(ConvShape shape) {
    return mOffset() + frequencies() * mPlane(shape);
  }

  /** Floats between the planes of two frequencies, for rows of so many floats. */
  private static int plane(int tiles, int row) {
    int lines = Math.ceilDiv(tiles * row, LINE);
    return (lines | 1) * LINE;
  }
}

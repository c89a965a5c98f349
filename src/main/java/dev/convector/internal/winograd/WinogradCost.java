package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;
import dev.convector.internal.simd.Simd;

/** Estimated time, in cycles of one core with one multiply-add of a vector a cycle. */
final class WinogradCost {
  /** Rows of the register tile. */
  private static final int ROWS = 6;

  /** Cycles around the depth loop of one register tile. */
  private static final double TILE_OVERHEAD = 60;

  /** Cycles to transform one vector of one tile's channels, for each frequency. */
  private static final double INPUT = 5;

  private static final double OUTPUT = 4;

  private WinogradCost() {}

  static double cycles(
      int m, ConvShape shape, int tiles, int blocks, int channels, int slicePanels) {
    int frequencies = (m + 2) * (m + 2);
    int panels = Math.ceilDiv(shape.groupFilters(), PackedWeights.NR);
    int filterVectors = Math.ceilDiv(shape.groupFilters(), Simd.LANES);
    int channelVectors = Math.ceilDiv(shape.groupChannels(), Simd.LANES);
    int channelBlocks = Math.ceilDiv(shape.groupChannels(), channels);
    int slices = Math.ceilDiv(panels, slicePanels);
    double allTiles = (double) tiles * blocks;
    double products = frequencies * allTiles * shape.groupChannels() * filterVectors;
    double tileCalls =
        (double) frequencies * blocks * Math.ceilDiv(tiles, ROWS) * panels * channelBlocks;
    double weightLines = (double) frequencies * shape.groupChannels() * filterVectors;
    double fetch = weightLines * blocks * (weightLines * Simd.LANES > 4e6 ? 6 : 2);
    double input =
        INPUT * frequencies * allTiles * channelVectors * (channelBlocks == 1 ? 1 : slices);
    double output = OUTPUT * frequencies * allTiles * filterVectors;
    return shape.groups() * (products + tileCalls * TILE_OVERHEAD + fetch + input + output);
  }
}

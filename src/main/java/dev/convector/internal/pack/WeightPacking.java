package dev.convector.internal.pack;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;

/** From {@code [filters][group channels][kernel height][kernel width]} into panels. */
public final class WeightPacking {
  private WeightPacking() {}

  /** Depth in the order of the weights: channel, kernel row, kernel column. */
  public static PackedWeights channelsFirst(ConvShape shape, float[] weights) {
    return pack(shape, weights, false);
  }

  /** Depth in the order of a channels-last input: kernel row, kernel column, channel. */
  public static PackedWeights channelsLast(ConvShape shape, float[] weights) {
    return pack(shape, weights, true);
  }

  private static PackedWeights pack(ConvShape shape, float[] weights, boolean channelsLast) {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int channels = shape.groupChannels();
    int depth = taps * channels;
    int filters = shape.groupFilters();
    PackedWeights packed = new PackedWeights(shape.groups(), depth, filters);
    for (int group = 0; group < shape.groups(); group++) {
      for (int panel = 0; panel < packed.panels(); panel++) {
        int from = (group * filters + panel * PackedWeights.NR) * depth;
        int to = packed.offset(group, panel);
        int columns = packed.columns(panel);
        int step = packed.step(panel);
        for (int d = 0; d < depth; d++) {
          int row = channelsLast ? d % channels * taps + d / channels : d;
          for (int column = 0; column < columns; column++) {
            packed.floats()[to + d * step + column] = weights[from + column * depth + row];
          }
        }
      }
    }
    return packed;
  }
}

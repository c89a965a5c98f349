package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;
import dev.convector.internal.simd.Simd;

/**
 * {@code G g G^T} of every 3x3 kernel, in double and rounded once, packed for the products in the
 * order in which they read it:
 *
 * <pre>
 *   [group][slice of filters][block of channels][frequency][panel][channel][NR, or LANES at the end]
 * </pre>
 *
 * <p>With the frequencies outermost a block of the work read stretches of 8 to 16 KiB, too short
 * for the hardware's prefetching: the products took 1.4 to 2 times as long where the weights don't
 * fit the second-level cache.
 */
final class TransformedWeights {
  private static final int TAPS = 9;

  private final ConvShape shape;
  private final TileBlocking blocking;
  private final float[] floats;

  TransformedWeights(CookToom numbers, ConvShape shape, TileBlocking blocking, float[] weights) {
    this.shape = shape;
    this.blocking = blocking;
    int channels = shape.groupChannels();
    int filters = shape.groupFilters();
    this.floats =
        new float[shape.groups() * blocking.frequencies() * channels * Simd.roundUp(filters)];
    double[][] g = doubles(numbers.g());
    double[] rows = new double[numbers.n() * 3];
    double[] transformed = new double[blocking.frequencies()];
    for (int filter = 0; filter < shape.filters(); filter++) {
      for (int channel = 0; channel < channels; channel++) {
        transform(g, weights, (filter * channels + channel) * TAPS, rows, transformed);
        put(filter / filters, filter % filters, channel, transformed);
      }
    }
  }

  private void put(int group, int filter, int channel, double[] transformed) {
    int slice = filter / blocking.sliceFilters();
    int inSlice = filter % blocking.sliceFilters();
    int panel = inSlice / PackedWeights.NR;
    int block = channel / blocking.channels() * blocking.channels();
    int at =
        offset(group, slice, block, panel)
            + (channel - block) * vectors(slice, panel) * Simd.LANES
            + inSlice % PackedWeights.NR;
    int step = frequencyStep(slice, block);
    for (double value : transformed) {
      floats[at] = (float) value;
      at += step;
    }
  }

  float[] floats() {
    return floats;
  }

  /** Index of frequency 0 of a slice's panel and the block of channels that starts here. */
  int offset(int group, int slice, int channel, int panel) {
    int channels = shape.groupChannels();
    int before =
        group * channels * Simd.roundUp(shape.groupFilters())
            + slice * blocking.sliceFilters() * channels
            + row(slice) * channel;
    return blocking.frequencies() * before
        + panel * PackedWeights.NR * blocking.channelsFrom(shape, channel);
  }

  /** Floats from one frequency to the next. */
  int frequencyStep(int slice, int channel) {
    return row(slice) * blocking.channelsFrom(shape, channel);
  }

  /** Width of a panel in vectors: 1 or 2. */
  int vectors(int slice, int panel) {
    int left = blocking.filtersOf(shape, slice) - panel * PackedWeights.NR;
    return Math.min(PackedWeights.NR, Simd.roundUp(left)) / Simd.LANES;
  }

  long bytes() {
    return (long) floats.length * Float.BYTES;
  }

  private int row(int slice) {
    return Simd.roundUp(blocking.filtersOf(shape, slice));
  }

  private static void transform(
      double[][] g, float[] weights, int offset, double[] rows, double[] transformed) {
    int n = g.length;
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < 3; s++) {
        rows[i * 3 + s] =
            g[i][0] * weights[offset + s]
                + g[i][1] * weights[offset + 3 + s]
                + g[i][2] * weights[offset + 6 + s];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        transformed[i * n + j] =
            g[j][0] * rows[i * 3] + g[j][1] * rows[i * 3 + 1] + g[j][2] * rows[i * 3 + 2];
      }
    }
  }

  private static double[][] doubles(Rational[][] matrix) {
    double[][] doubles = new double[matrix.length][matrix[0].length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        doubles[i][j] = matrix[i][j].toDouble();
      }
    }
    return doubles;
  }
}

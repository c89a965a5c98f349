package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * {@code G g G^T} of every kernel, in double and rounded once, packed for the products in the order
 * in which they read it:
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
  /**
   * Kernels transformed at a time, in loops that C2 vectorises: one kernel at a time into its lane
   * took 45 to 76 times as long as copying the weights.
   */
  private static final int CHUNK = 512;

  private final ConvShape shape;

  /** The kernel is r x r. */
  private final int r;

  private final TileBlocking blocking;
  private final float[] floats;
  private final double[] sum = new double[CHUNK];

  TransformedWeights(CookToom numbers, ConvShape shape, TileBlocking blocking, float[] weights) {
    this.shape = shape;
    this.r = shape.kernelHeight();
    this.blocking = blocking;
    int channels = shape.groupChannels();
    int filters = shape.groupFilters();
    this.floats =
        new float[shape.groups() * blocking.frequencies() * channels * Simd.roundUp(filters)];
    double[][] g = doubles(numbers.g());
    double[][] kernels = new double[r * r][CHUNK];
    double[][] rows = new double[numbers.n() * r][CHUNK];
    for (int group = 0; group < shape.groups(); group++) {
      for (int first = 0; first < filters; first += PackedWeights.NR) {
        int slice = first / blocking.sliceFilters();
        int panel = first % blocking.sliceFilters() / PackedWeights.NR;
        int width = vectors(slice, panel) * Simd.LANES;
        int count = Math.min(width, filters - first);
        for (int block = 0; block < channels; block += blocking.channels()) {
          int at = offset(group, slice, block, panel);
          int step = frequencyStep(slice, block);
          int end = block + blocking.channelsFrom(shape, block);
          for (int c = block; c < end; c += CHUNK / width) {
            int chunk = Math.min(CHUNK / width, end - c);
            gather(weights, group * filters + first, count, c, chunk, width, kernels);
            transform(g, kernels, chunk * width, rows, at + (c - block) * width, step);
          }
        }
      }
    }
  }

  /** The kernels of some channels and a panel's filters, tap by tap; lanes left over are zero. */
  private void gather(
      float[] weights,
      int filter,
      int filters,
      int channel,
      int channels,
      int width,
      double[][] kernels) {
    int taps = r * r;
    for (int tap = 0; tap < taps; tap++) {
      double[] to = kernels[tap];
      for (int c = 0; c < channels; c++) {
        int from = (filter * shape.groupChannels() + channel + c) * taps + tap;
        for (int k = 0; k < filters; k++) {
          to[c * width + k] = weights[from + k * shape.groupChannels() * taps];
        }
        Arrays.fill(to, c * width + filters, c * width + width, 0);
      }
    }
  }

  /** {@code G g G^T} of {@code count} kernels, frequency after frequency into the packed form. */
  private void transform(
      double[][] g, double[][] kernels, int count, double[][] rows, int at, int step) {
    int n = g.length;
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < r; s++) {
        combine(g[i], kernels, s, r, count, rows[i * r + s]);
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        combine(g[j], rows, i * r, 1, count, sum);
        round(sum, count, floats, at + (i * n + j) * step);
      }
    }
  }

  /** The sum of 3 or 5 rows, {@code step} apart, each times its factor. */
  private static void combine(
      double[] g, double[][] rows, int first, int step, int count, double[] sum) {
    combine(g[0], rows[first], g[1], rows[first + step], g[2], rows[first + 2 * step], count, sum);
    if (g.length == 5) {
      double[] fourth = rows[first + 3 * step];
      combine(1, sum, g[3], fourth, g[4], rows[first + 4 * step], count, sum);
    }
  }

  private static void combine(
      double ga,
      double[] a,
      double gb,
      double[] b,
      double gc,
      double[] c,
      int count,
      double[] sum) {
    for (int i = 0; i < count; i++) {
      sum[i] = ga * a[i] + gb * b[i] + gc * c[i];
    }
  }

  private static void round(double[] sum, int count, float[] rounded, int at) {
    for (int i = 0; i < count; i++) {
      rounded[at + i] = (float) sum[i];
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

package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * {@code G g G^T} of every kernel, in double and rounded once, packed for the products in the order
 * in which they read it:
 *
 * <pre>
 *   [group][slice of filters][block of channels][frequency][panel][channel][NR, or fewer LANES at the end]
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
  private final AlignedFloats floats;

  TransformedWeights(CookToom numbers, ConvShape shape, TileBlocking blocking, float[] weights) {
    this.shape = shape;
    this.r = shape.kernelHeight();
    this.blocking = blocking;
    int channels = shape.groupChannels();
    int filters = shape.groupFilters();
    this.floats =
        AlignedFloats.allocate(
            shape.groups() * blocking.frequencies() * channels * Simd.roundUp(filters));
    double[][] g = doubles(numbers.g());
    double[][] kernels = new double[r * r][CHUNK];
    double[][] rows = new double[numbers.n() * r][CHUNK];
    double[] head = new double[CHUNK];
    for (int group = 0; group < shape.groups(); group++) {
      for (int first = 0; first < filters; first += DenseWeights.NR) {
        int slice = first / blocking.sliceFilters();
        int panel = first % blocking.sliceFilters() / DenseWeights.NR;
        int width = vectors(slice, panel) * Simd.LANES;
        int count = Math.min(width, filters - first);
        for (int block = 0; block < channels; block += blocking.channels()) {
          int at = offset(group, slice, block, panel);
          int step = frequencyStep(slice, block);
          int end = block + blocking.channelsFrom(shape, block);
          for (int c = block; c < end; c += CHUNK / width) {
            int chunk = Math.min(CHUNK / width, end - c);
            gather(weights, group * filters + first, count, c, chunk, width, kernels);
            transform(g, kernels, chunk * width, rows, head, at + (c - block) * width, step);
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

  /**
   * {@code G g G^T} of {@code count} kernels, frequency after frequency into the packed form; of 5
   * terms the first three are summed before.
   */
  private void transform(
      double[][] g,
      double[][] kernels,
      int count,
      double[][] rows,
      double[] head,
      int at,
      int step) {
    int n = g.length;
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < r; s++) {
        double[] row = rows[i * r + s];
        double first = g[i][0];
        double[] start = kernels[s];
        if (r == 5) {
          combine(first, start, g[i][1], kernels[s + r], g[i][2], kernels[s + 2 * r], count, head);
          first = 1;
          start = head;
        }
        double[] fore = kernels[s + (r - 2) * r];
        double[] last = kernels[s + (r - 1) * r];
        combine(first, start, g[i][r - 2], fore, g[i][r - 1], last, count, row);
      }
    }
    for (int i = 0; i < n * r; i += r) {
      for (int j = 0; j < n; j++) {
        double first = g[j][0];
        double[] start = rows[i];
        if (r == 5) {
          combine(first, start, g[j][1], rows[i + 1], g[j][2], rows[i + 2], count, head);
          first = 1;
          start = head;
        }
        double[] fore = rows[i + r - 2];
        double[] last = rows[i + r - 1];
        int to = at + (i / r * n + j) * step;
        combine(first, start, g[j][r - 2], fore, g[j][r - 1], last, count, floats.array(), to);
      }
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

  private static void combine(
      double ga,
      double[] a,
      double gb,
      double[] b,
      double gc,
      double[] c,
      int count,
      float[] sum,
      int at) {
    for (int i = 0; i < count; i++) {
      sum[at + i] = (float) (ga * a[i] + gb * b[i] + gc * c[i]);
    }
  }

  float[] floats() {
    return floats.array();
  }

  /** Index of frequency 0 of a slice's panel and the block of channels that starts here. */
  int offset(int group, int slice, int channel, int panel) {
    int channels = shape.groupChannels();
    int before =
        group * channels * Simd.roundUp(shape.groupFilters())
            + slice * blocking.sliceFilters() * channels
            + row(slice) * channel;
    return floats.offset()
        + blocking.frequencies() * before
        + panel * DenseWeights.NR * blocking.channelsFrom(shape, channel);
  }

  /** Floats from one frequency to the next. */
  int frequencyStep(int slice, int channel) {
    return row(slice) * blocking.channelsFrom(shape, channel);
  }

  /** Width of a panel in vectors. */
  int vectors(int slice, int panel) {
    int left = blocking.filtersOf(shape, slice) - panel * DenseWeights.NR;
    return Math.min(DenseWeights.NR, Simd.roundUp(left)) / Simd.LANES;
  }

  /** Whether they are taken to come from memory. */
  boolean isFar() {
    return ReadAhead.pays(bytes());
  }

  long bytes() {
    return floats.bytes();
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

package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.problem.Subnormals;
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
  /** Kernels transformed at a time. */
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
    KernelTransform transform = new KernelTransform(numbers.g(), CHUNK);
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
            gather(weights, group * filters + first, count, c, chunk, width, transform.kernels);
            transform.run(chunk * width, floats.array(), at + (c - block) * width, step);
          }
        }
      }
    }
    // Sums of weights that nearly cancel may be subnormal though none of them is.
    Subnormals.flush(floats.array());
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

  float[] floats() {
    return floats.array();
  }

  /** Index of frequency 0 of a slice's panel and the block of channels that starts here. */
  int offset(int group, int slice, int channel, int panel) {
    int channels = shape.groupChannels();
    int before =
        group * channels * Simd.roundUp(shape.groupFilters())
            + slice * blocking.sliceFilters() * channels
            + blocking.row(shape, slice) * channel;
    return floats.offset()
        + blocking.frequencies() * before
        + panel * DenseWeights.NR * blocking.channelsFrom(shape, channel);
  }

  /** Floats from one frequency to the next. */
  int frequencyStep(int slice, int channel) {
    return blocking.row(shape, slice) * blocking.channelsFrom(shape, channel);
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
}

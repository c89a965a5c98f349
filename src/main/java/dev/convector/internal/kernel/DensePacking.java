package dev.convector.internal.kernel;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** From {@code [filters][group channels][kernel height][kernel width]} into panels. */
public final class DensePacking {
  /** Depth steps transposed at a time: with 512-bit vectors 16 KiB, half of a first-level cache. */
  private static final int CHUNK = 128;

  private DensePacking() {}

  /**
   * Packs with the depth in the order of a channels-last input: kernel row, kernel column, channel.
   */
  public static DenseWeights pack(ConvShape shape, float[] weights) {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int depth = taps * shape.groupChannels();
    int filters = shape.groupFilters();
    DenseWeights packed = new DenseWeights(shape.groups(), depth, filters);
    boolean reorder = taps > 1 && shape.groupChannels() > 1;
    int chunk = reorder ? Math.ceilDiv(CHUNK, taps) * taps : CHUNK;
    float[] scratch = reorder ? new float[Math.min(chunk, depth) * DenseWeights.NR] : null;
    for (int group = 0; group < shape.groups(); group++) {
      for (int panel = 0; panel < packed.panels(); panel++) {
        int from = (group * filters + panel * DenseWeights.NR) * depth;
        int to = packed.offset(group, panel);
        int columns = packed.columns(panel);
        int step = packed.step(panel);
        if (reorder && columns < step) {
          Arrays.fill(scratch, 0);
        }
        for (int d = 0; d < depth; d += chunk) {
          int length = Math.min(chunk, depth - d);
          if (reorder) {
            Transpose.run(weights, from + d, depth, columns, length, scratch, 0, step);
            tapsApart(scratch, length / taps, taps, step, packed.floats(), to, d / taps, depth);
          } else {
            Transpose.run(
                weights, from + d, depth, columns, length, packed.floats(), to + d * step, step);
          }
        }
      }
    }
    return packed;
  }

  /** Moves depth steps {@code [channels][taps]} to {@code [taps][all channels]}. */
  private static void tapsApart(
      float[] steps,
      int channels,
      int taps,
      int step,
      float[] panel,
      int panelOffset,
      int firstChannel,
      int depth) {
    int allChannels = depth / taps;
    for (int tap = 0; tap < taps; tap++) {
      int to = panelOffset + (tap * allChannels + firstChannel) * step;
      for (int c = 0; c < channels; c++) {
        int from = (c * taps + tap) * step;
        for (int j = 0; j < step; j += LANES) {
          FloatVector.fromArray(SPECIES, steps, from + j).intoArray(panel, to + c * step + j);
        }
      }
    }
  }
}

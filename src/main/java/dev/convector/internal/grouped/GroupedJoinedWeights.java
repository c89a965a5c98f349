package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.simd.AlignedFloats;

/**
 * Weights of a channels-last convolution of few groups, of which some neighbouring pixels are
 * computed as one of so many times the groups. A vector of filters is those of some whole groups,
 * whose channels are a vector of the input too; the vectors of the joined pixels are one panel.
 *
 * <pre>
 *   vector 0 [taps][group channels][LANES]  vector 1 ...
 * </pre>
 *
 * <p>Either the groups fill their vectors, as four of 4 channels do: three vectors are four pixels
 * of three groups. Or one vector is as many pixels as it holds, and its last lanes are left over.
 */
final class GroupedJoinedWeights implements Panels {
  private final ConvShape shape;
  private final int pixels;
  private final int vectors;

  /** Of a vector. */
  private final int groups;

  private final int vectorFloats;
  private final AlignedFloats floats;

  /** Of each channel of a group, which of the loaded channels each lane takes: the same for all. */
  private final int[] indexes;

  /** A vector of each. */
  private final float[] bias;

  /**
   * @param bias of all filters
   */
  GroupedJoinedWeights(ConvShape shape, float[] weights, float[] bias) {
    this.shape = shape;
    this.vectors = vectors(shape);
    this.pixels = pixels(shape);
    this.groups = shape.groups() * pixels / vectors;
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int channels = shape.groupChannels();
    this.vectorFloats = taps * channels * LANES;
    this.floats = AlignedFloats.allocate(vectors * vectorFloats);
    this.indexes = new int[channels * LANES];
    this.bias = new float[vectors * LANES];
    int lanes = groups * shape.groupFilters();
    for (int lane = 0; lane < lanes; lane++) {
      for (int j = 0; j < channels; j++) {
        indexes[j * LANES + lane] = lane / shape.groupFilters() * channels + j;
      }
      for (int vector = 0; vector < vectors; vector++) {
        int filter = (vector * lanes + lane) % shape.filters();
        this.bias[vector * LANES + lane] = bias[filter];
        int at = offset(vector) + lane;
        for (int j = 0; j < channels; j++) {
          for (int tap = 0; tap < taps; tap++) {
            floats.array()[at + (tap * channels + j) * LANES] =
                weights[(filter * channels + j) * taps + tap];
          }
        }
      }
    }
  }

  /** Whether groups fit a vector, and so join or share vectors as they lie in memory. */
  static boolean isPossible(ConvShape s) {
    return vectors(s) > 0 && floats(s) <= Integer.MAX_VALUE / 2;
  }

  private static long floats(ConvShape s) {
    return (long) vectors(s) * s.kernelHeight() * s.kernelWidth() * s.groupChannels() * LANES;
  }

  private static int mostGroups(ConvShape s) {
    return LANES / Math.max(s.groupChannels(), s.groupFilters());
  }

  private static boolean fills(ConvShape s) {
    return mostGroups(s) * s.groupFilters() == LANES;
  }

  /** Vectors of the joined pixels; 0 if they can't be joined. */
  static int vectors(ConvShape s) {
    int most = mostGroups(s);
    if (fills(s)) {
      return s.groups() / PhaseAxis.greatestCommonDivisor(s.groups(), most);
    }
    return s.groups() <= most ? 1 : 0;
  }

  /** Pixels that are computed as one. */
  static int pixels(ConvShape s) {
    int most = mostGroups(s);
    return fills(s) ? most / PhaseAxis.greatestCommonDivisor(s.groups(), most) : most / s.groups();
  }

  int pixels() {
    return pixels;
  }

  int vectors() {
    return vectors;
  }

  /** A vector's first channel, counted through the joined pixels. */
  int channel(int vector) {
    return vector * groups * shape.groupChannels();
  }

  /** A vector's first filter, counted through the joined pixels. */
  int firstFilter(int vector) {
    return vector * groups * shape.groupFilters();
  }

  float[] floats() {
    return floats.array();
  }

  /** Where a vector's weights start. */
  int offset(int vector) {
    return floats.offset() + vector * vectorFloats;
  }

  int[] indexes() {
    return indexes;
  }

  /** LANES floats a vector. */
  float[] bias() {
    return bias;
  }

  long bytes() {
    return floats.bytes()
        + (long) indexes.length * Integer.BYTES
        + (long) bias.length * Float.BYTES;
  }

  @Override
  public int panels() {
    return 1;
  }

  @Override
  public int filter(int panel) {
    return 0;
  }

  @Override
  public int columns(int panel) {
    return shape.filters();
  }
}

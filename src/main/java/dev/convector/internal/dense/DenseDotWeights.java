package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Weights of 1x1 kernels with the depth in the lanes, {@code [filters][step]}: whole vectors of a
 * filter's channels, then one that ends with its last channel, or of fewer channels than lanes
 * begins with the first. Its lanes that repeat a channel, or have none, are zero.
 */
final class DenseDotWeights {
  private final AlignedFloats floats;
  private final int filters;
  private final int channels;
  private final int step;

  /** Of the lanes of a filter's last vector. */
  private final int[] mask;

  /**
   * @param weights {@code [filters][channels]}
   * @param channels that a filter sees
   */
  DenseDotWeights(float[] weights, int filters, int channels) {
    this.filters = filters;
    this.channels = channels;
    this.step = Simd.roundUp(channels);
    this.floats = AlignedFloats.allocate(filters * step);
    this.mask = new int[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      boolean isUsed = isShort() ? lane < channels : channels + lane >= step;
      mask[lane] = isUsed ? -1 : 0;
    }
    for (int filter = 0; filter < filters; filter++) {
      System.arraycopy(weights, filter * channels, floats.array(), at(filter), whole());
      System.arraycopy(weights, filter * channels + whole(), floats.array(), endAt(filter), ends());
    }
  }

  /** Whether a filter sees fewer channels than lanes. */
  boolean isShort() {
    return channels < LANES;
  }

  int[] mask() {
    return mask;
  }

  /** Lets a call have the weights from a filter on. */
  void give(DenseDotCall call, int filter, float[] bias) {
    call.right(floats.array(), at(filter), step, bias, filter);
  }

  /** As they were given. */
  float[] original() {
    float[] weights = new float[filters * channels];
    for (int filter = 0; filter < filters; filter++) {
      System.arraycopy(floats.array(), at(filter), weights, filter * channels, whole());
      System.arraycopy(floats.array(), endAt(filter), weights, filter * channels + whole(), ends());
    }
    return weights;
  }

  long bytes() {
    return floats.bytes() + (long) mask.length * Integer.BYTES;
  }

  /** Whether that many fit. */
  static boolean fits(int filters, int channels) {
    return (long) filters * Simd.roundUp(channels) <= Integer.MAX_VALUE / 2;
  }

  private int at(int filter) {
    return floats.offset() + filter * step;
  }

  /** Where a filter's channels behind the whole vectors begin. */
  private int endAt(int filter) {
    return at(filter) + (isShort() ? 0 : step - ends());
  }

  /** Channels in whole vectors. */
  private int whole() {
    return channels / LANES * LANES;
  }

  private int ends() {
    return channels - whole();
  }
}

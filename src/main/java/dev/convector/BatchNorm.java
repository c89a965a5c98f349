package dev.convector;

import java.util.Objects;

/**
 * A batch normalisation with fixed statistics, to be folded into the convolution before it: {@code
 * y = (x - mean) / sqrt(variance + epsilon) * scale + shift}, for each channel.
 *
 * <p>Immutable, thread-safe.
 */
public final class BatchNorm {
  private final double[] factors;
  private final double[] shifts;

  /**
   * Of as many channels as the arrays have elements, which are copied.
   *
   * @param scale gamma
   * @param shift beta
   * @param mean of each channel
   * @param variance of each channel, at least 0
   * @param epsilon added to the variance; together they must be positive
   * @throws IllegalArgumentException that names the array, its value and the rule, if the arrays
   *     differ in length or a variance plus epsilon is not positive
   */
  public BatchNorm(float[] scale, float[] shift, float[] mean, float[] variance, float epsilon) {
    int channels = Objects.requireNonNull(scale, "scale").length;
    Arguments.length("shift", shift, channels);
    Arguments.length("mean", mean, channels);
    Arguments.length("variance", variance, channels);
    this.factors = new double[channels];
    this.shifts = new double[channels];
    for (int k = 0; k < channels; k++) {
      double spread = (double) variance[k] + epsilon;
      if (!(variance[k] >= 0 && spread > 0)) {
        throw new IllegalArgumentException(
            "variance: "
                + variance[k]
                + " of channel "
                + k
                + "; must be at least 0, and positive with epsilon ("
                + epsilon
                + ") added");
      }
      factors[k] = scale[k] / Math.sqrt(spread);
      shifts[k] = shift[k] - mean[k] * factors[k];
    }
  }

  /**
   * Channels that are normalised.
   *
   * @return how many
   */
  public int channels() {
    return factors.length;
  }

  /**
   * The weights of a convolution that computes itself and the normalisation.
   *
   * @param weights {@code [filters][...]}, with as many filters as channels
   * @return a new array, each filter's weights times its channel's factor
   * @throws IllegalArgumentException if the length is no multiple of the channels
   */
  public float[] foldWeights(float[] weights) {
    Objects.requireNonNull(weights, "weights");
    if (factors.length == 0 || weights.length % factors.length != 0) {
      throw new IllegalArgumentException(
          "weights: length "
              + weights.length
              + "; must be a multiple of the channels, "
              + factors.length);
    }
    int each = weights.length / factors.length;
    float[] folded = new float[weights.length];
    for (int i = 0; i < folded.length; i++) {
      folded[i] = (float) (weights[i] * factors[i / each]);
    }
    return folded;
  }

  /**
   * The bias that belongs to {@link #foldWeights}.
   *
   * @param bias of the convolution, or null for none
   * @return a new array
   * @throws IllegalArgumentException if the length is not that of the channels
   */
  public float[] foldBias(float[] bias) {
    if (bias != null) {
      Arguments.length("bias", bias, factors.length);
    }
    float[] folded = new float[factors.length];
    for (int k = 0; k < folded.length; k++) {
      folded[k] = (float) ((bias == null ? 0 : bias[k]) * factors[k] + shifts[k]);
    }
    return folded;
  }
}

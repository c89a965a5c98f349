package dev.convector.internal.separable;

/**
 * The weights and biases of both convolutions as they were given, copies that nobody writes. A bias
 * is null for none.
 */
public record SeparableWeights(
    float[] depthwise, float[] depthwiseBias, float[] pointwise, float[] pointwiseBias) {

  public long bytes() {
    return Float.BYTES
        * (depthwise.length + length(depthwiseBias) + pointwise.length + length(pointwiseBias));
  }

  private static long length(float[] bias) {
    return bias == null ? 0 : bias.length;
  }
}

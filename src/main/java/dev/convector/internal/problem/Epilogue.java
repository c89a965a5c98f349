package dev.convector.internal.problem;

import dev.convector.Activation;
import dev.convector.internal.simd.ActivationKernels;
import dev.convector.internal.simd.Simd;

/**
 * What follows the sum of products: the bias it starts from and the activation. A clamp goes into
 * the store of the kernels, the other activations over elements that are still in cache.
 */
public final class Epilogue {
  private final float[] bias;
  private final int groupFloats;
  private final Activation activation;

  /** A null bias is zeros. */
  public Epilogue(Activation activation, float[] bias, int groups, int groupFilters) {
    this.activation = activation;
    this.groupFloats = Simd.roundUp(groupFilters);
    this.bias = new float[groups * groupFloats];
    for (int group = 0; bias != null && group < groups; group++) {
      System.arraycopy(bias, group * groupFilters, this.bias, group * groupFloats, groupFilters);
    }
  }

  /** The bias, each group's filled up to whole vectors with zeros. */
  public float[] bias() {
    return bias;
  }

  /** Index of a filter's bias, counted inside its group. */
  public int biasOffset(int group, int filter) {
    return group * groupFloats + filter;
  }

  /** Lower bound for the kernels' store. */
  public float low() {
    return isClamp() ? activation.low() : Float.NEGATIVE_INFINITY;
  }

  /** Upper bound for the kernels' store. */
  public float high() {
    return isClamp() ? activation.high() : Float.POSITIVE_INFINITY;
  }

  /** Whether {@link #low} or {@link #high} is a limit at all. */
  public boolean isClamped() {
    return low() != Float.NEGATIVE_INFINITY || high() != Float.POSITIVE_INFINITY;
  }

  /** Whether {@link #low} and {@link #high} are the whole activation. */
  public boolean isClamp() {
    return activation.kind() == Activation.Kind.CLAMP;
  }

  /** Applies the activation in place, whatever its kind. */
  public void activate(float[] values, int offset, int count) {
    ActivationKernels.apply(activation, values, offset, count);
  }

  public long bytes() {
    return (long) bias.length * Float.BYTES;
  }
}

package dev.convector.internal.problem;

import dev.convector.Activation;
import dev.convector.internal.simd.ActivationKernels;
import dev.convector.internal.simd.Simd;

/**
 * What follows the sum of products: the bias it starts from and the activation. A clamp goes into
 * the store of the kernels, the other activations over elements that are still in cache.
 */
public final class Epilogue {
  /** Vectors of the widest panel of filters. */
  private static final int MOST_VECTORS = 4;

  private final float[] bias;
  private final Activation activation;

  /** A null bias is zeros. */
  public Epilogue(Activation activation, float[] bias, int filters) {
    this.activation = activation;
    this.bias = new float[filters + MOST_VECTORS * Simd.LANES];
    if (bias != null) {
      System.arraycopy(bias, 0, this.bias, 0, filters);
    }
  }

  /** Of a problem's filters; a null bias is zeros. */
  public static Epilogue of(ConvProblem problem, float[] bias) {
    return new Epilogue(problem.activation(), bias, problem.shape().filters());
  }

  /** The bias of all filters, and room for whole vectors from any of them on. */
  public float[] bias() {
    return bias;
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

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

  /**
   * Adds the residual to staged sums, applies the activation and moves them to the output.
   *
   * @param at where in both, behind their offsets
   * @param staged the sums, from its beginning on
   */
  public void finish(Operands operands, int at, float[] staged, int count) {
    if (operands.residual != null) {
      for (int i = 0; i < count; i++) {
        staged[i] += operands.residual[operands.residualOffset + at + i];
      }
    }
    activate(staged, 0, count);
    System.arraycopy(staged, 0, operands.dst, operands.dstOffset + at, count);
  }

  public long bytes() {
    return (long) bias.length * Float.BYTES;
  }
}

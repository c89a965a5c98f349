package dev.convector.internal.plan;

import dev.convector.Algorithm;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedConv;

/**
 * A packed convolution that can become one of another image size with the same weights: by sharing
 * the packed weights, or by packing again where another algorithm is chosen or the form depends on
 * the size. For that it keeps the weights as they were given, unless the packed form gives them
 * back.
 */
public final class ResizableConv {
  private final Algorithm asked;
  private final PackedConv packed;

  /** Null where the packed form gives them back. */
  private final float[] weights;

  private final float[] bias;

  private ResizableConv(Algorithm asked, PackedConv packed, float[] weights, float[] bias) {
    this.asked = asked;
    this.packed = packed;
    this.weights = packed.original() == null ? weights : null;
    this.bias = bias;
  }

  /**
   * Packs weights of checked length; they and a bias that is not null are copied.
   *
   * @throws IllegalArgumentException if an algorithm that is forced refuses
   */
  public static ResizableConv pack(
      ConvProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    PackedConv packed = AlgorithmList.pack(problem, algorithm, weights, bias);
    return new ResizableConv(
        algorithm,
        packed,
        packed.original() == null ? weights.clone() : null,
        bias == null ? null : bias.clone());
  }

  /**
   * The same weights for a problem that differs in batch, height and width alone.
   *
   * @throws IllegalArgumentException if an algorithm that was forced refuses
   */
  public ResizableConv withProblem(ConvProblem problem) {
    PackedConv shared = AlgorithmList.share(problem, asked, packed);
    if (shared != null) {
      return new ResizableConv(asked, shared, weights, bias);
    }
    float[] original = weights == null ? packed.original().get() : weights;
    return new ResizableConv(
        asked, AlgorithmList.pack(problem, asked, original, bias), original, bias);
  }

  public PackedConv packed() {
    return packed;
  }

  /** Bytes of all weights and biases that are kept. */
  public long bytes() {
    long kept = (weights == null ? 0L : weights.length) + (bias == null ? 0L : bias.length);
    return packed.packedBytes() + Float.BYTES * kept;
  }
}

package dev.convector.internal.plan;

import dev.convector.Algorithm;
import dev.convector.internal.plan.AlgorithmList.Entry;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Subnormals;
import java.util.function.Supplier;

/**
 * A packed convolution that can become one of another image size with the same weights: by sharing
 * the packed weights, or by packing again where another algorithm is chosen or the form depends on
 * the size. For that it keeps the weights as they were given, unless the packed form gives them
 * back or they can be had again.
 */
public final class ResizableConv {
  private final Algorithm asked;
  private final Entry entry;
  private final PackedWork work;

  /** Gives the weights again, or null. */
  private final Supplier<float[]> again;

  /** Null where the packed form or {@code again} gives them back. */
  private final float[] weights;

  private final float[] bias;

  private ResizableConv(
      Algorithm asked,
      Entry entry,
      PackedWork work,
      Supplier<float[]> again,
      float[] weights,
      float[] bias) {
    this.asked = asked;
    this.entry = entry;
    this.work = work;
    this.again = again;
    this.weights = again == null && work.original() == null ? weights : null;
    this.bias = bias;
  }

  /**
   * Packs weights of checked length; they and a bias that is not null are copied.
   *
   * @throws IllegalArgumentException if an algorithm that is forced refuses
   */
  public static ResizableConv pack(
      ConvProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    return pack(problem, algorithm, weights, null, bias);
  }

  /**
   * The same, and keeps no weights.
   *
   * @param again gives the same weights whenever they are packed again; null to keep a copy
   */
  public static ResizableConv pack(
      ConvProblem problem,
      Algorithm algorithm,
      float[] weights,
      Supplier<float[]> again,
      float[] bias) {
    Entry entry = AlgorithmList.choose(problem, algorithm);
    float[] flushed = Subnormals.flushed(problem.accuracy(), weights);
    PackedWork work = entry.packer().pack(problem.canonical(), flushed, bias);
    boolean keeps = again == null && work.original() == null;
    return new ResizableConv(
        algorithm,
        entry,
        work,
        again,
        keeps ? flushed.clone() : null,
        bias == null ? null : bias.clone());
  }

  /**
   * The same weights for a problem that differs in batch, height and width alone.
   *
   * @throws IllegalArgumentException if an algorithm that was forced refuses
   */
  public ResizableConv withProblem(ConvProblem problem) {
    Entry other = AlgorithmList.choose(problem, asked);
    PackedWork shared = other == entry ? work.withProblem(problem.canonical()) : null;
    if (shared != null) {
      return new ResizableConv(asked, entry, shared, again, weights, bias);
    }
    float[] original = Subnormals.flushed(problem.accuracy(), original());
    PackedWork packed = other.packer().pack(problem.canonical(), original, bias);
    return new ResizableConv(asked, other, packed, again, original, bias);
  }

  /** The weights as they were given. */
  float[] original() {
    if (weights != null) {
      return weights;
    }
    return again != null ? again.get() : work.original().get();
  }

  /** Never AUTO. */
  public Algorithm algorithm() {
    return entry.algorithm();
  }

  public PackedWork work() {
    return work;
  }

  /** Bytes of all weights and biases that are kept. */
  public long bytes() {
    long kept = (weights == null ? 0L : weights.length) + (bias == null ? 0L : bias.length);
    return work.packedBytes() + Float.BYTES * kept;
  }
}

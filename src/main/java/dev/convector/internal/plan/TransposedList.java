package dev.convector.internal.plan;

import dev.convector.Algorithm;
import dev.convector.internal.grouped.GroupedTransposedConv;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Subnormals;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.transposed.DensePixelTransposedConv;
import dev.convector.internal.transposed.DenseTransposedConv;
import dev.convector.internal.transposed.DepthwiseTransposedConv;
import dev.convector.internal.transposed.ReferenceTransposedConv;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ordered list for transposed convolutions. With stride 1 they are ordinary ones, for which
 * {@link AlgorithmList} chooses, Winograd's among them, unless there are very few filters; this
 * list is for all others.
 */
public final class TransposedList {
  /**
   * @param refusal the rule that a problem breaks, or null
   * @param pays whether it should be taken where it is possible
   * @param packer makes the packed form
   */
  private record Entry(
      Algorithm algorithm,
      Function<TransposedProblem, String> refusal,
      Predicate<TransposedProblem> pays,
      Packer packer) {

    boolean accepts(TransposedProblem problem) {
      return refusal.apply(problem) == null;
    }
  }

  private interface Packer {
    PackedWork pack(TransposedProblem problem, float[] weights, float[] bias);
  }

  private static final Entry FEW =
      new Entry(
          Algorithm.DIRECT,
          DensePixelTransposedConv::refusal,
          DensePixelTransposedConv::pays,
          DensePixelTransposedConv::new);

  private static final List<Entry> LIST =
      List.of(
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseTransposedConv::refusal,
              DepthwiseTransposedConv::pays,
              DepthwiseTransposedConv::new),
          FEW,
          new Entry(
              Algorithm.DIRECT,
              GroupedTransposedConv::refusal,
              GroupedTransposedConv::pays,
              GroupedTransposedConv::new),
          new Entry(
              Algorithm.DIRECT,
              DenseTransposedConv::refusal,
              problem -> true,
              DenseTransposedConv::new),
          new Entry(
              Algorithm.REFERENCE, problem -> null, problem -> true, ReferenceTransposedConv::new));

  private TransposedList() {}

  /** Why a problem can't be computed in this way; empty if it can. */
  public static Optional<String> refusal(TransposedProblem problem, Algorithm algorithm) {
    ConvProblem convolution = problem.asConvolution();
    if (convolution != null) {
      return AlgorithmList.refusal(convolution, algorithm);
    }
    if (algorithm == Algorithm.AUTO) {
      return Optional.empty();
    }
    String refusal = "needs stride 1 and no more padding than the kernel reaches";
    for (Entry entry : LIST) {
      if (entry.algorithm == algorithm) {
        refusal = entry.refusal.apply(problem);
        if (refusal == null) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(refusal);
  }

  /**
   * Packs weights of checked length, for the first algorithm that accepts and pays, or the one that
   * is forced.
   *
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}
   * @throws IllegalArgumentException if the forced one refuses
   */
  public static Choice pack(
      TransposedProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    Optional<String> refusal = refusal(problem, algorithm);
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          "algorithm: " + algorithm + "; " + refusal.get() + ", for " + problem);
    }
    ConvProblem convolution = problem.asConvolution();
    boolean few = algorithm == Algorithm.AUTO && FEW.accepts(problem) && FEW.pays.test(problem);
    if (convolution != null && !few) {
      return AlgorithmList.pack(convolution, algorithm, problem.turned(weights), bias);
    }
    Entry chosen = null;
    for (Entry entry : LIST) {
      if ((algorithm == Algorithm.AUTO || entry.algorithm == algorithm) && entry.accepts(problem)) {
        chosen = entry;
        if (entry.pays.test(problem)) {
          break;
        }
      }
    }
    float[] flushed = Subnormals.flushed(problem.accuracy(), weights);
    return new Choice(chosen.algorithm, chosen.packer.pack(problem, flushed, bias));
  }
}

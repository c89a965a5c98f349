package dev.convector.internal.plan;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseConv;
import dev.convector.internal.dense.DenseIm2colConv;
import dev.convector.internal.dense.DenseOverlapConv;
import dev.convector.internal.dense.DensePixelConv;
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.depthwise.DepthwisePixelConv;
import dev.convector.internal.grouped.GroupedConv;
import dev.convector.internal.grouped.GroupedPixelConv;
import dev.convector.internal.grouped.GroupedPointConv;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Subnormals;
import dev.convector.internal.simd.Simd;
import dev.convector.internal.winograd.WinogradConv;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ordered list of algorithms, as in oneDNN, class by class: the first that accepts a problem
 * and pays for it is taken; the reference stands last and takes everything.
 */
public final class AlgorithmList {
  /**
   * @param refusal the rule that a problem breaks, or null
   * @param pays whether it should be taken where it is possible
   * @param packer makes the packed form
   */
  record Entry(
      Algorithm algorithm,
      Function<ConvProblem, String> refusal,
      Predicate<ConvProblem> pays,
      Packer packer) {

    boolean isPossible(ConvProblem problem) {
      return refusal.apply(problem) == null;
    }
  }

  interface Packer {
    PackedWork pack(ConvProblem problem, float[] weights, float[] bias);
  }

  /** Shortest stretch of contiguous input, in floats, that is read in place. */
  private static final int LEAST_STRETCH = 64;

  /**
   * Kernel rows that must read an input row for overlapped unfolding: with 7 rows and stride 2 it
   * takes 0.94 of the classic unfolding's time channels-last and 0.78 channels-first, with 3 and
   * stride 2 1.1 and 1.2 of it.
   */
  private static final int LEAST_OVERLAP = 2;

  private static final List<Entry> LIST =
      List.of(
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedPointConv::pays,
              GroupedPointConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              DepthwisePixelConv::pays,
              DepthwisePixelConv::new),
          new Entry(Algorithm.DEPTHWISE, DepthwiseConv::refusal, p -> true, DepthwiseConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DensePixelConv::pays,
              DensePixelConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              AlgorithmList::pointwisePays,
              DenseConv::new),
          winograd(Algorithm.WINOGRAD_F6X6_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_3X3),
          winograd(Algorithm.WINOGRAD_F2X2_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_5X5),
          winograd(Algorithm.WINOGRAD_F2X2_5X5),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, GroupedPixelConv::pays, GroupedPixelConv::new),
          new Entry(Algorithm.DIRECT, DenseConv::refusal, GroupedConv::pays, GroupedConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, AlgorithmList::directPays, DenseConv::new),
          new Entry(
              Algorithm.IM2COL_GEMM,
              AlgorithmList::refuseDense,
              AlgorithmList::overlapPays,
              DenseOverlapConv::new),
          new Entry(
              Algorithm.IM2COL_GEMM,
              AlgorithmList::refuseDense,
              problem -> !problem.channelsLast(),
              DensePixelConv::new),
          new Entry(
              Algorithm.IM2COL_GEMM,
              AlgorithmList::refuseDense,
              problem -> true,
              DenseIm2colConv::new),
          new Entry(Algorithm.REFERENCE, problem -> null, problem -> true, ReferenceConv::new));

  private AlgorithmList() {}

  private static Entry winograd(Algorithm algorithm) {
    return new Entry(
        algorithm,
        problem -> refuseWinograd(algorithm, problem),
        problem -> WinogradConv.pays(algorithm, problem),
        (problem, w, b) -> new WinogradConv(algorithm, problem, w, b));
  }

  /** Why a problem can't be computed in this way; empty if it can. */
  public static Optional<String> refusal(ConvProblem problem, Algorithm algorithm) {
    if (algorithm == Algorithm.AUTO) {
      return Optional.empty();
    }
    Entry forced = LIST.stream().filter(e -> e.algorithm == algorithm).findFirst().orElseThrow();
    return Optional.ofNullable(forced.refusal.apply(problem.canonical()));
  }

  /**
   * Packs weights of checked length, for what {@link #choose} finds.
   *
   * @throws IllegalArgumentException if the forced algorithm refuses
   */
  public static Choice pack(
      ConvProblem problem, Algorithm algorithm, float[] weights, float[] bias) {
    Entry entry = choose(problem, algorithm);
    float[] flushed = Subnormals.flushed(problem.accuracy(), weights);
    return new Choice(entry.algorithm, entry.packer.pack(problem.canonical(), flushed, bias));
  }

  /**
   * The first entry that accepts and pays, or of the algorithm that is forced: its first class that
   * pays, or its last.
   *
   * @throws IllegalArgumentException if the forced one refuses
   */
  static Entry choose(ConvProblem given, Algorithm algorithm) {
    ConvProblem problem = given.canonical();
    Optional<String> refusal = refusal(problem, algorithm);
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          "algorithm: " + algorithm + "; " + refusal.get() + ", for " + given);
    }
    Entry chosen = null;
    for (Entry entry : LIST) {
      boolean candidate =
          (algorithm == Algorithm.AUTO || entry.algorithm == algorithm)
              && entry.isPossible(problem);
      if (candidate) {
        chosen = entry;
        if (entry.pays.test(problem)) {
          break;
        }
      }
    }
    return chosen;
  }

  private static String refusePointwise(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (s.kernelHeight() != 1 || s.kernelWidth() != 1) {
      return "needs a 1x1 kernel, not " + s.kernelHeight() + "x" + s.kernelWidth();
    }
    if (s.isPadded()) {
      return "needs no padding";
    }
    return DenseConv.refusal(problem);
  }

  /**
   * Not for groups that the direct algorithm has better kernels for: of 8 channels at 28x28 they
   * take 0.7 of the time channels-last and 0.25 channels-first, of 16 1.6 and 0.45 of it.
   */
  private static boolean pointwisePays(ConvProblem problem) {
    boolean narrow = problem.shape().groupFilters() <= Simd.LANES / 2;
    return !GroupedPixelConv.pays(problem) && !(narrow && GroupedConv.pays(problem));
  }

  private static String refuseWinograd(Algorithm algorithm, ConvProblem problem) {
    Accuracy least = WinogradConv.leastAccuracy(algorithm);
    return problem.accuracy().compareTo(least) < 0
        ? "needs accuracy " + least + ", not " + problem.accuracy()
        : WinogradConv.refusal(algorithm, problem);
  }

  private static String refuseDense(ConvProblem problem) {
    return DenseWeights.refusal(problem.shape());
  }

  /**
   * Reading in place pays where the stretches of contiguous channels-last input are long enough
   * that loading and storing the accumulators for each is small beside the products: 5x5 on 16
   * channels (80 floats) has 95 % of the peak against 80 % unfolded, 7x7 on 3 channels (21) 56 %
   * against 79 %. Channels-first it was never slower than the classic unfolding, in any layer of
   * the tables.
   */
  private static boolean directPays(ConvProblem problem) {
    return stretch(problem.shape()) >= LEAST_STRETCH
        || (!problem.channelsLast() && !isStem(problem));
  }

  private static boolean overlapPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return isStem(problem) && s.kernelHeight() >= LEAST_OVERLAP * s.strideHeight();
  }

  /** Windows that overlap, with stretches too short for the direct method: a first layer. */
  private static boolean isStem(ConvProblem problem) {
    return stretch(problem.shape()) < LEAST_STRETCH && DenseOverlapConv.accepts(problem);
  }

  /** Floats that the direct method multiplies at a time. */
  private static int stretch(ConvShape s) {
    boolean joined = s.dilationWidth() == 1 && s.groups() == 1;
    return joined ? s.kernelWidth() * s.channels() : s.groupChannels();
  }
}

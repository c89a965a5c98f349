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
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedConv;
import dev.convector.internal.simd.Simd;
import dev.convector.internal.winograd.WinogradConv;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ordered list of algorithms, as in oneDNN: the first that accepts a problem and pays for it is
 * taken; the reference stands last and takes everything.
 */
public final class AlgorithmList {
  /**
   * @param refusal the rule that a problem breaks, or null
   * @param pays whether AUTO should take it where it is possible
   * @param packer makes the packed form
   */
  private record Entry(
      Algorithm algorithm,
      Function<ConvProblem, String> refusal,
      Predicate<ConvProblem> pays,
      Packer packer) {}

  private interface Packer {
    PackedConv pack(ConvProblem problem, float[] weights, float[] bias);
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
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              problem -> true,
              AlgorithmList::packDepthwise),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              AlgorithmList::pointwisePays,
              AlgorithmList::packPointwise),
          winograd(Algorithm.WINOGRAD_F6X6_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_3X3),
          winograd(Algorithm.WINOGRAD_F2X2_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_5X5),
          winograd(Algorithm.WINOGRAD_F2X2_5X5),
          new Entry(
              Algorithm.DIRECT,
              AlgorithmList::refuseDirect,
              AlgorithmList::directPays,
              AlgorithmList::packDirect),
          new Entry(
              Algorithm.IM2COL_GEMM,
              AlgorithmList::refuseDense,
              problem -> true,
              AlgorithmList::packIm2col),
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
   * Packs weights of checked length, for the first algorithm that accepts or the one that is
   * forced.
   *
   * @throws IllegalArgumentException if the forced one refuses
   */
  public static PackedConv pack(
      ConvProblem given, Algorithm algorithm, float[] weights, float[] bias) {
    return choose(given, algorithm).packer.pack(given.canonical(), weights, bias);
  }

  /**
   * The same choice for weights that are packed already, for a problem that differs in batch,
   * height and width alone; null if another algorithm or another form of them is needed.
   *
   * @throws IllegalArgumentException if the forced one refuses
   */
  static PackedConv share(ConvProblem given, Algorithm algorithm, PackedConv packed) {
    return choose(given, algorithm).algorithm == packed.algorithm()
        ? packed.withProblem(given.canonical())
        : null;
  }

  private static Entry choose(ConvProblem given, Algorithm algorithm) {
    ConvProblem problem = given.canonical();
    Optional<String> refusal = refusal(problem, algorithm);
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          "algorithm: " + algorithm + "; " + refusal.get() + ", for " + given);
    }
    return LIST.stream()
        .filter(
            algorithm == Algorithm.AUTO
                ? entry -> entry.refusal.apply(problem) == null && entry.pays.test(problem)
                : entry -> entry.algorithm == algorithm)
        .findFirst()
        .orElseThrow();
  }

  private static PackedConv packDepthwise(ConvProblem problem, float[] weights, float[] bias) {
    return DepthwisePixelConv.accepts(problem)
        ? new DepthwisePixelConv(problem, weights, bias)
        : new DepthwiseConv(problem, weights, bias);
  }

  private static String refusePointwise(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (s.kernelHeight() != 1 || s.kernelWidth() != 1) {
      return "needs a 1x1 kernel, not " + s.kernelHeight() + "x" + s.kernelWidth();
    }
    if (s.isPadded()) {
      return "needs no padding";
    }
    return refuseDirect(problem);
  }

  /**
   * Not for groups that the direct algorithm has better kernels for: of 8 channels at 28x28 they
   * take 0.7 of the time channels-last and 0.25 channels-first, of 16 1.6 and 0.45 of it.
   */
  private static boolean pointwisePays(ConvProblem problem) {
    boolean narrow = problem.shape().groupFilters() <= Simd.LANES / 2;
    return !GroupedPixelConv.pays(problem) && !(narrow && GroupedConv.accepts(problem));
  }

  /** Lanes along the pixels where planes are large, else along the channels. */
  private static PackedConv packPointwise(ConvProblem problem, float[] weights, float[] bias) {
    return DensePixelConv.pays(problem)
        ? new DensePixelConv(Algorithm.POINTWISE, problem, weights, bias)
        : new DenseConv(Algorithm.POINTWISE, problem, weights, bias);
  }

  private static PackedConv packIm2col(ConvProblem problem, float[] weights, float[] bias) {
    ConvShape s = problem.shape();
    if (isStem(problem) && s.kernelHeight() >= LEAST_OVERLAP * s.strideHeight()) {
      return new DenseOverlapConv(problem, weights, bias);
    }
    return problem.channelsLast()
        ? new DenseIm2colConv(problem, weights, bias)
        : new DensePixelConv(Algorithm.IM2COL_GEMM, problem, weights, bias);
  }

  private static String refuseWinograd(Algorithm algorithm, ConvProblem problem) {
    Accuracy least = WinogradConv.leastAccuracy(algorithm);
    return problem.accuracy().compareTo(least) < 0
        ? "needs accuracy " + least + ", not " + problem.accuracy()
        : WinogradConv.refusal(algorithm, problem);
  }

  private static String refuseDirect(ConvProblem problem) {
    String dense = refuseDense(problem);
    return dense != null ? dense : DenseConv.refusal(problem);
  }

  /**
   * Groups of few channels have kernels of their own, with pixels or filters in the lanes; all else
   * runs on the matrix micro-kernel.
   */
  private static PackedConv packDirect(ConvProblem problem, float[] weights, float[] bias) {
    if (GroupedPixelConv.pays(problem)) {
      return new GroupedPixelConv(problem, weights, bias);
    }
    return GroupedConv.accepts(problem)
        ? new GroupedConv(problem, weights, bias)
        : new DenseConv(Algorithm.DIRECT, problem, weights, bias);
  }

  /** What every algorithm on packed panels needs. */
  private static String refuseDense(ConvProblem problem) {
    ConvShape s = problem.shape();
    long depth = (long) s.groupChannels() * s.kernelHeight() * s.kernelWidth();
    long packed = DenseWeights.size(s.groups(), depth, s.groupFilters());
    return packed > Integer.MAX_VALUE - 8
        ? "needs packed weights of at most " + (Integer.MAX_VALUE - 8) + " elements, not " + packed
        : null;
  }

  /**
   * Reading in place pays where the stretches of contiguous channels-last input are long enough
   * that loading and storing the accumulators for each is small beside the products: 5x5 on 16
   * channels (80 floats) has 95 % of the peak against 80 % unfolded, 7x7 on 3 channels (21) 56 %
   * against 79 %. Channels-first it was never slower than the classic unfolding, in any layer of
   * the tables.
   */
  private static boolean directPays(ConvProblem problem) {
    return GroupedConv.accepts(problem)
        || stretch(problem.shape()) >= LEAST_STRETCH
        || (!problem.channelsLast() && !isStem(problem));
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

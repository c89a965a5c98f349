package dev.convector.internal.plan;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseConv;
import dev.convector.internal.dense.DenseDotConv;
import dev.convector.internal.dense.DenseDotWindowConv;
import dev.convector.internal.dense.DenseIm2colConv;
import dev.convector.internal.dense.DensePixelConv;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.dense.DenseVectorConv;
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.depthwise.DepthwiseNarrowConv;
import dev.convector.internal.depthwise.DepthwisePixelConv;
import dev.convector.internal.depthwise.DepthwisePixelTapConv;
import dev.convector.internal.grouped.GroupedConv;
import dev.convector.internal.grouped.GroupedJoinedConv;
import dev.convector.internal.grouped.GroupedPixelConv;
import dev.convector.internal.grouped.GroupedPixelPointConv;
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
   * @param accepts whether its class can compute what the algorithm does not refuse
   * @param pays whether it should be taken where it is possible
   * @param packer makes the packed form
   */
  record Entry(
      Algorithm algorithm,
      Function<ConvProblem, String> refusal,
      Predicate<ConvProblem> accepts,
      Predicate<ConvProblem> pays,
      Packer packer) {

    /** One whose class can compute whatever the algorithm does not refuse. */
    Entry(
        Algorithm algorithm,
        Function<ConvProblem, String> refusal,
        Predicate<ConvProblem> pays,
        Packer packer) {
      this(algorithm, refusal, problem -> true, pays, packer);
    }

    boolean isPossible(ConvProblem problem) {
      return refusal.apply(problem) == null && accepts.test(problem);
    }
  }

  interface Packer {
    PackedWork pack(ConvProblem problem, float[] weights, float[] bias);
  }

  /** Filters of the smaller tiles of {@link GroupedPixelConv}. */
  private static final int TILE_FILTERS = 4;

  /** The share of taps inside the image from which grouped kernels compute the others too. */
  private static final double LEAST_INSIDE = 0.65;

  /** Channels of a group from which DenseConv's stretches of one tap may be faster before. */
  private static final int LEAST_STRETCH = Simd.LANES * 3 / 2;

  private static final List<Entry> LIST =
      List.of(
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedJoinedConv::accepts,
              GroupedJoinedConv::pays,
              GroupedJoinedConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DenseDotConv::accepts,
              DenseDotConv::groupsPay,
              DenseDotConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedPointConv::pays,
              GroupedPointConv::pays,
              GroupedPointConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              DepthwiseNarrowConv::pays,
              DepthwiseNarrowConv::pays,
              DepthwiseNarrowConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              DepthwisePixelConv::accepts,
              AlgorithmList::depthwisePixelsPay,
              DepthwisePixelConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              GroupedPixelConv::accepts,
              GroupedPixelConv::depthwisePays,
              GroupedPixelConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              DepthwisePixelTapConv::accepts,
              p -> p.shape().channels() > 1 && DepthwisePixelTapConv.pays(p),
              DepthwisePixelTapConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              ListedTaps::multiplierPays,
              DenseTapConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, ListedTaps::multiplierPays, DenseTapConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              p -> p.shape().channels() > 1,
              DepthwiseConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DenseDotConv::accepts,
              DenseDotConv::pays,
              DenseDotConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DenseVectorConv::accepts,
              DenseVectorConv::pays,
              DenseVectorConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              ListedTaps::groupPointPays,
              DenseTapConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DenseDotWindowConv::accepts,
              DenseDotWindowConv::pays,
              DenseDotWindowConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedPixelPointConv::pays,
              GroupedPixelPointConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DensePixelConv::pays,
              DensePixelConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              ListedTaps::pointPays,
              DenseTapConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              AlgorithmList::pointwisePays,
              DenseConv::new),
          new Entry(
              Algorithm.IM2COL_GEMM,
              AlgorithmList::refuseDense,
              FewFilters::pickingPays,
              DensePixelConv::new),
          new Entry(
              Algorithm.DIRECT,
              DenseConv::refusal,
              DenseDotWindowConv::accepts,
              FewFilters::dotsPay,
              DenseDotWindowConv::new),
          new Entry(
              Algorithm.DIRECT,
              DenseConv::refusal,
              GroupedPixelConv::accepts,
              FewFilters::pixelsPay,
              GroupedPixelConv::new),
          winograd(Algorithm.WINOGRAD_F6X6_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_3X3),
          winograd(Algorithm.WINOGRAD_F2X2_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_5X5),
          winograd(Algorithm.WINOGRAD_F2X2_5X5),
          new Entry(
              Algorithm.DIRECT,
              DenseConv::refusal,
              GroupedPixelConv::accepts,
              GroupedPixelConv::pays,
              GroupedPixelConv::new),
          new Entry(
              Algorithm.DIRECT,
              DenseConv::refusal,
              GroupedJoinedConv::accepts,
              p -> GroupedJoinedConv.pays(p) && !Stretches.isMostlyPadding(p.shape()),
              GroupedJoinedConv::new),
          new Entry(Algorithm.DIRECT, DenseConv::refusal, ListedTaps::groupPays, DenseTapConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, AlgorithmList::groupsPay, GroupedConv::new),
          new Entry(Algorithm.DIRECT, DenseConv::refusal, ListedTaps::pays, DenseTapConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, AlgorithmList::directPays, DenseConv::new),
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

  /** All entries but the reference that accept a problem, for weights of checked length. */
  public static List<Candidate> candidates(ConvProblem given, float[] weights, float[] bias) {
    ConvProblem problem = given.canonical();
    Entry chosen = choose(given, Algorithm.AUTO);
    return LIST.stream()
        .filter(entry -> entry.algorithm != Algorithm.REFERENCE && entry.isPossible(problem))
        .map(
            entry ->
                new Candidate(
                    entry.algorithm,
                    entry == chosen,
                    entry.pays.test(problem),
                    () -> entry.packer.pack(problem, weights, bias)))
        .toList();
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

  /**
   * Not of channels whose filters fill tiles of them: to four each 3x3 on 8 at 56x56 takes 1.4 of
   * the time, with stride 2 on 32 1.06; to three on 32 at 40x40 0.74 with AVX2, to two 0.7 to 1.0.
   */
  private static boolean depthwisePixelsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean fillsTiles =
        s.channels() > 1
            && s.groupFilters() % TILE_FILTERS == 0
            && GroupedPixelConv.depthwisePays(problem);
    return (s.channels() > 1 || s.filters() == 1)
        && !fillsTiles
        && DepthwisePixelConv.pays(problem);
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
   * Channels-first not for groups that the direct algorithm has better kernels for: of 8 channels
   * at 28x28 they take 0.7 of the time, of 16 1.6 of it.
   */
  private static boolean pointwisePays(ConvProblem problem) {
    boolean narrow = problem.shape().groupFilters() <= Simd.LANES / 2;
    return problem.channelsLast() || !(narrow && GroupedConv.pays(problem));
  }

  private static String refuseWinograd(Algorithm algorithm, ConvProblem problem) {
    Accuracy least = WinogradConv.leastAccuracy(algorithm);
    return problem.accuracy().compareTo(least) < 0
        ? "needs accuracy " + least + ", not " + problem.accuracy()
        : WinogradConv.refusal(algorithm, problem);
  }

  /**
   * Channels-last not of more than a vector of channels where many taps meet padding: the strip has
   * columns outside, stretches leave them out. From 32 channels to 32 and 64 filters dilated by 8
   * at 24x24 (0.60 of the taps inside) and by 12 at 33x33 (0.57) DenseConv takes 0.85 to 0.88 of
   * the time, from 24 to 24 0.67 and 0.72, from 48 to 96 0.86, to 16 0.83 and 0.88; dilated by 4 at
   * 20x20 (0.75) 0.93 to 1.01. Nor of as many to odd numbers of vectors of filters, of each of
   * which GroupedConv computes each tap for itself: from 48 to 48 dilated by 4 0.73 (Zen 4).
   */
  private static boolean groupsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean stretchesPay =
        (Simd.MANY_REGISTERS || GroupedConv.tapsPay(problem))
            && problem.channelsLast()
            && s.groupChannels() >= LEAST_STRETCH
            && (Stretches.shareInside(s) < LEAST_INSIDE || ListedTaps.isOdd(s));
    return GroupedConv.pays(problem) && !stretchesPay;
  }

  private static String refuseDense(ConvProblem problem) {
    return DenseWeights.refusal(problem.shape());
  }

  /**
   * Whether the slices of a volume's kernel are listed together, of a plane that is direct: a sum
   * of planes loads and stores the results for each. 3x3x3 on 3 channels at 32x32x32 to 32 filters
   * takes 0.75 of the time, on 16 with stride 2 0.76, dilated by 2 0.80, 7x7x3 with stride 2 on 3
   * to 64 0.94; 1 to 8, whose pixels would be in the lanes, 0.31, 8 to 1 0.57, to 8 0.97 (Zen 5).
   * Not where they are mostly padding, since none is left out then.
   */
  static boolean planesPay(ConvProblem plane, Algorithm algorithm) {
    return choose(plane, algorithm).algorithm == Algorithm.DIRECT
        && ListedTaps.pays(plane)
        && !Stretches.isMostlyPadding(plane.shape());
  }

  /**
   * Channels-first the unfolded input was slower in every layer of the tables; channels-last 3x3 on
   * 56 and 60 channels a group to 64 filters takes 0.89 and 0.87 of its time, to 24 0.81, of 40
   * channels dilated by 2 to 128 0.93 (AMD EPYC, family 26). But from 24 a group to 48, dilated by
   * 8 and 12 (0.6 of the taps inside), it takes 1.75 of the time (Zen 4). Rows too narrow for
   * listed taps, whose windows overlap: 3x3 from 3 to 64 at 100x2 1.2 of the time, from 8 to 16 at
   * 60x2 2.0, with stride 2 from 16 to 64 at 60x3 1.4, 7x7 from 8 to 24 at 300x5 1.7 (AVX2, Zen 4).
   */
  private static boolean directPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int least = Stretches.areTapsJoined(s) ? Stretches.LEAST : Stretches.LEAST_PARTED;
    if (s.groupFilters() <= 2 * Simd.LANES) {
      least = Math.min(least, Stretches.LEAST_ANY_DISTANCE);
    }
    boolean isPadded =
        Stretches.isMostlyPadding(s) || s.groups() > 1 && Stretches.shareInside(s) < LEAST_INSIDE;
    boolean isNarrow = !ListedTaps.rowsPay(s) && s.kernelWidth() > s.strideWidth();
    return Stretches.floats(s) >= least || !problem.channelsLast() || isPadded || isNarrow;
  }
}

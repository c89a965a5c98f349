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
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.depthwise.DepthwisePixelConv;
import dev.convector.internal.depthwise.DepthwisePixelTapConv;
import dev.convector.internal.grouped.GroupedConv;
import dev.convector.internal.grouped.GroupedJoinedConv;
import dev.convector.internal.grouped.GroupedPixelConv;
import dev.convector.internal.grouped.GroupedPixelPointConv;
import dev.convector.internal.grouped.GroupedPointConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.Subnormals;
import dev.convector.internal.problem.TapRanges;
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

  /** Shortest stretch of contiguous input, in floats, that is multiplied by itself. */
  private static final int LEAST_STRETCH = 64;

  /**
   * The same of kernels whose taps' channels don't follow one another, which unfolding copies in as
   * short pieces.
   */
  private static final int LEAST_PARTED_STRETCH = 32;

  /** Most filters for which windows any distance apart aren't unfolded. */
  private static final int MOST_ANY_DISTANCE = 96;

  /**
   * Most taps that listed ones compute where most meet padding, for each inside the image: 7x7
   * dilated by 13 from 8 channels to 5 at 60x44 (1.6) takes 0.51 of the time of stretches, 11x11
   * dilated by 3 from 11 to 16 at 10x10 (1.5) 0.83. Of 48 channels to 7 and 20 1.4 to 1.5.
   */
  private static final double MOST_COMPUTED = 1.8;

  /** The same of three vectors of filters: 11x11 from 3 channels to 160 at 7x7 (1.65) 1.05. */
  private static final double MOST_WIDE_COMPUTED = 1.3;

  /** Most channels of kernels as wide as the image. */
  private static final int MOST_WIDE = 8;

  /** Most floats between neighbouring pixels of 1x1 kernels whose rows lie a distance apart. */
  private static final int MOST_POINT_DISTANCE = 32;

  /** The same for filters of one or two vectors; further ones weren't measured. */
  private static final int MOST_NARROW_DISTANCE = 128;

  /** Most channels of a group whose taps are listed. */
  private static final int MOST_LISTED_CHANNELS = 12;

  /** The same to one vector of filters, and with a stride. */
  private static final int MOST_SINGLE_CHANNELS = 3;

  private static final int MOST_SINGLE_STRIDED_CHANNELS = 4;

  private static final List<Entry> LIST =
      List.of(
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedJoinedConv::pays,
              GroupedJoinedConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              GroupedPointConv::pays,
              GroupedPointConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              AlgorithmList::depthwisePixelsPay,
              DepthwisePixelConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              p -> p.shape().channels() > 1 && DepthwisePixelTapConv.pays(p),
              DepthwisePixelTapConv::new),
          new Entry(
              Algorithm.DEPTHWISE,
              DepthwiseConv::refusal,
              p -> p.shape().channels() > 1,
              DepthwiseConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              DenseDotConv::pays,
              DenseDotConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
              AlgorithmList::groupPointTapsPay,
              DenseTapConv::new),
          new Entry(
              Algorithm.POINTWISE,
              AlgorithmList::refusePointwise,
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
              AlgorithmList::pointTapsPay,
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
              Algorithm.DIRECT, DenseConv::refusal, FewFilters::dotsPay, DenseDotWindowConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, FewFilters::pixelsPay, GroupedPixelConv::new),
          winograd(Algorithm.WINOGRAD_F6X6_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_3X3),
          winograd(Algorithm.WINOGRAD_F2X2_3X3),
          winograd(Algorithm.WINOGRAD_F4X4_5X5),
          winograd(Algorithm.WINOGRAD_F2X2_5X5),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, GroupedPixelConv::pays, GroupedPixelConv::new),
          new Entry(
              Algorithm.DIRECT,
              DenseConv::refusal,
              p -> GroupedJoinedConv.pays(p) && !isMostlyPadding(p.shape()),
              GroupedJoinedConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, AlgorithmList::groupTapsPay, DenseTapConv::new),
          new Entry(Algorithm.DIRECT, DenseConv::refusal, GroupedConv::pays, GroupedConv::new),
          new Entry(
              Algorithm.DIRECT, DenseConv::refusal, AlgorithmList::tapsPay, DenseTapConv::new),
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

  private static boolean depthwisePixelsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    return (s.channels() > 1 || s.filters() == 1) && DepthwisePixelConv.pays(problem);
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
   * Not for groups that the direct algorithm has better kernels for: of 8 channels at 28x28,
   * channels-last, they take 0.7 of the time, of 16 1.6 of it.
   */
  private static boolean pointwisePays(ConvProblem problem) {
    boolean narrow = problem.shape().groupFilters() <= Simd.LANES / 2;
    return !(narrow && GroupedConv.pays(problem));
  }

  /**
   * Rows a constant distance apart where tables of them would cost as much as their products: 16
   * channels at 112x112 to 16, 24, 64 and 96 filters take 0.72, 0.70, 0.88 and 0.82 of the time, 24
   * at 56x56 to 72 0.87, 32 to 64 0.9, 8 to 48 0.69, 5 at 44x44 to 17 0.65; 40 at 29x29 to 16 0.76,
   * 64 at 28x28 to 32 0.92, 96 to 16 0.94, 128 to 32 0.96; of more filters 33 and 40 0.98, 64 1.01,
   * 20 with stride 2 1.05 (AMD EPYC, family 26).
   */
  private static boolean pointTapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int most = s.filters() <= 2 * Simd.LANES ? MOST_NARROW_DISTANCE : MOST_POINT_DISTANCE;
    return problem.channelsLast()
        && s.groups() == 1
        && s.channels() * s.strideWidth() <= most
        && DenseTapConv.accepts(problem);
  }

  /**
   * The same of several groups without stride. From 32 channels a group to 4 filters in two groups
   * it takes 0.81 of the time of the depth in the lanes at 28x28 and 56x56, 0.68 at 200x200, to 8
   * in four 0.7 of GroupedConv's; from 32 to 32 0.95 to 1, from 17 to 17 0.94, from 48 to 12 1.03;
   * with stride 2 from 32 to 32 1.1 (Zen 5).
   */
  private static boolean groupPointTapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast()
        && s.groups() > 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.channels() <= MOST_NARROW_DISTANCE
        && s.groupFilters() > Simd.LANES / 8
        && s.groupFilters() <= 2 * Simd.LANES
        && DenseTapConv.accepts(problem);
  }

  /**
   * A few channels a group to at least a vector of filters, of which a tile shares what it
   * broadcasts and skips the loop over each tap's channels: 3x3 at 40x40 from 2 channels a group to
   * 32 filters takes 0.80 of the time, from 4 to 24 0.75, to 64 0.82, from 8 to 48 0.90, from 12 to
   * 48 0.94; from 4 and 8 to 32, whose two vectors GroupedConv's kernels share too, 1.01 and 1.04,
   * from 19 to 32 channels on 1.03 to 1.4. To 16 filters from 1 0.69, from 2 0.85, from 3 0.96 to
   * 0.98, from 4 1.04, from 8 1.21, and with stride 2 at 56x56 from 2 0.48, from 4 0.56, at 86x86
   * from 3 0.67, at 40x40 from 8 in two groups 0.7, at 56x56 in eight 1.23, from 16 1.59 (Zen 5).
   */
  private static boolean groupTapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean shared = s.groupFilters() == 2 * Simd.LANES && s.groupChannels() > 2;
    boolean single = s.groupFilters() == Simd.LANES;
    int most =
        !single
            ? MOST_LISTED_CHANNELS
            : s.strideWidth() == 1 ? MOST_SINGLE_CHANNELS : MOST_SINGLE_STRIDED_CHANNELS;
    return problem.channelsLast()
        && s.groups() > 1
        && s.groupChannels() <= most
        && s.groupFilters() >= Simd.LANES
        && !shared
        && DenseTapConv.holdsRow(s)
        && !isMostlyPadding(s);
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
   * A stretch loads and stores the accumulators: 5x5 on 16 channels (80 floats) has 95 % of the
   * peak, 7x7 on 3 channels (21) 56 % of it. Shorter ones are listed; but where neighbours' windows
   * lie a distance apart that no kernel is made for, unfolding is faster for many filters: patches
   * of 16x16 on 3 channels, 768 filters, 252 against 226 GFLOP/s. Channels-first nothing is
   * unfolded, and stretches have 202 there against 213, of 6x6 to 192 filters 163 against 205; but
   * deeper windows leave room for so few pixels in scratch that weights would be read again for
   * each of them. Kernels about as wide as the image, of few channels, would be cut into ranges of
   * a column or two: 65x65 from 3 channels to 16 at 96x96 193 against 110 (AMD EPYC, family 26).
   */
  private static boolean tapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int depth = s.channels() * s.kernelHeight() * s.kernelWidth();
    boolean suits =
        s.filters() <= MOST_ANY_DISTANCE
            || DenseTapConv.isFast(s)
            || (!problem.channelsLast() && depth <= Blocking.KC);
    boolean isNarrow = s.filters() <= 2 * Simd.LANES;
    double most = s.channels() > Simd.LANES ? 0 : isNarrow ? MOST_COMPUTED : MOST_WIDE_COMPUTED;
    boolean wide = s.channels() <= MOST_WIDE && s.padLeft() + s.padRight() > s.outputWidth() / 2;
    return s.groups() == 1
        && DenseTapConv.accepts(problem)
        && (wide || (suits && stretch(s) < LEAST_STRETCH))
        && (!isMostlyPadding(s) || DenseTapConv.computedShare(s) < most * shareInside(s));
  }

  /**
   * Whether the slices of a volume's kernel are listed together, of a plane that is direct: a sum
   * of planes loads and stores the results for each. 3x3x3 on 3 channels at 32x32x32 to 32 filters
   * takes 0.75 of the time, on 16 with stride 2 0.76, dilated by 2 0.80, 7x7x3 with stride 2 on 3
   * to 64 0.94; 1 to 8, whose pixels would be in the lanes, 0.31, 8 to 1 0.57, to 8 0.97 (Zen 5).
   */
  static boolean planesPay(ConvProblem plane, Algorithm algorithm) {
    return choose(plane, algorithm).algorithm == Algorithm.DIRECT && tapsPay(plane);
  }

  /**
   * Channels-first the unfolded input was slower in every layer of the tables; channels-last 3x3 on
   * 56 and 60 channels a group to 64 filters takes 0.89 and 0.87 of its time, to 24 0.81, of 40
   * channels dilated by 2 to 128 0.93 (AMD EPYC, family 26).
   */
  private static boolean directPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int least = areTapsJoined(s) ? LEAST_STRETCH : LEAST_PARTED_STRETCH;
    return stretch(s) >= least || !problem.channelsLast() || isMostlyPadding(s);
  }

  /** Whether half of all taps meet padding, which only the direct method on stretches skips. */
  private static boolean isMostlyPadding(ConvShape s) {
    return s.isPadded() && shareInside(s) < 0.5;
  }

  /** Which share of all outputs' taps lies inside the image. */
  private static double shareInside(ConvShape s) {
    double all = (double) s.outputHeight() * s.outputWidth() * s.kernelHeight() * s.kernelWidth();
    return TapRanges.rows(s).taps() * TapRanges.columns(s).taps() / all;
  }

  /** Floats that the direct method multiplies at a time. */
  private static int stretch(ConvShape s) {
    return areTapsJoined(s) ? s.kernelWidth() * s.channels() : s.groupChannels();
  }

  /** Whether a kernel row's taps follow one another in a channels-last image. */
  private static boolean areTapsJoined(ConvShape s) {
    return s.dilationWidth() == 1 && s.groups() == 1;
  }
}

package dev.convector.internal.plan;

import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseConv;
import dev.convector.internal.dense.DenseDotWindowConv;
import dev.convector.internal.grouped.GroupedPixelConv;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;

/**
 * When filters, or channels, are so few that {@link AlgorithmList} takes something else than
 * filters in the lanes: pixels, the depth, or unfolded planes.
 */
final class FewFilters {
  /**
   * Vectors of channels from which very few filters have the depth in the lanes, not the pixels.
   */
  private static final int LEAST_DEEP = 4;

  /** Most channels times filters for which planes are not transformed, where filters are more. */
  private static final int MOST_PAIRS = 384;

  /** So many filters are worth unfolding short rows. */
  private static final int MANY_FILTERS = 512;

  /** Filters that fill half of the widest vectors at most. */
  private static final int FEW_FILTERS = 8;

  /** Most channels of windows on short rows. */
  private static final int MOST_CHANNELS = 8;

  /**
   * Most taps for all of a few filters that dilated windows are unfolded for: of 24 channels at
   * 120x120, dilated by 5, to 8 filters 3x3 takes 0.8 of the time of listed taps, 5x5 1.1, 7x7 1.2,
   * 11x11 1.35, to 4 5x5 0.66, 7x7 0.97, 9x9 1.06 (Choices, Xeon, family 6 model 207).
   */
  private static final int MOST_TAPS_OF_ALL = 200;

  /** Filters that make up for a pixel that is held once more, and the least such for each tap. */
  private static final int FILTERS_PER_COPY = 4;

  private static final double LEAST_COPIES = 0.6;

  private FewFilters() {}

  /**
   * Pixels in the lanes before Winograd, whose products would leave most of them empty: 3x3 from 64
   * channels at 56x56 to 1, 4 and 8 filters 50, 154 and 194 against 20, 79 and 154 GFLOP/s
   * channels-first, 136 against 92 to 4 channels-last; there many channels cost turning them, and
   * from 16 to 8 it is 123 against 106 (AMD EPYC, family 26). Channels-first also to more: at 28x28
   * from 24 to 10 0.65 of the time, from 32 to 12 0.81, from 16 to 16 0.91, but from 32 to 16 1.19,
   * from 64 to 12 1.03; at 56x56 from 16 to 24 0.96 (Zen 5). With AVX2, whose vectors 8 filters
   * fill, 64 to 8 at 56x56 1.2, 32 to 8 1.0 (Zen 4).
   */
  static boolean pixelsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean turned = problem.channelsLast() && s.channels() > Simd.LANES;
    boolean isSmall =
        !problem.channelsLast()
            && (long) s.channels() * s.filters() <= MOST_PAIRS
            && s.filters() <= 2 * Simd.LANES;
    boolean isHalf = turned || !Simd.MANY_REGISTERS;
    return s.groups() == 1
        && (isSmall || s.filters() <= (isHalf ? FEW_FILTERS / 2 : FEW_FILTERS))
        && GroupedPixelConv.pays(problem);
  }

  /**
   * Unfolding of planes where windows see less than four ninths of the input, which other ways
   * bring whole: 7x1 with stride 4, nine images of 62x62 from 7 channels to 2, 0.41 of the time,
   * 2x2 with stride 4 from 24 to 7 at 118x118 0.62, from 32 to 6 at 64x64 0.94, 3x1 with stride 3
   * at 62x62 from 10 to 3 0.47, at 27x27 from 3 to 64 0.84; 2x2 with stride 3 0.88 and 1.16. And
   * for very many filters of rows so short that tiles of pixels cut them: 3x3 with stride 2 at
   * 138x10 from 5 channels to 1970 0.8, at 64x7 from 8 to 512 0.94 (Zen 5). Dilated windows to few
   * filters that pixels in the lanes don't pay for, since their strip is too large: 3x3 dilated by
   * 5 from 160 channels at 56x56 to 1, 3 and 8 0.41, 0.48 and 0.68, to 16 0.99, 5x5 dilated by 4
   * from 96 to 4 0.48 (Zen 4); but not where most taps meet padding, which stretches leave out:
   * 11x11 dilated by 2 from 160 to 1 at 12x12 9.4.
   */
  static boolean pickingPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    long seen = (long) taps * s.outputHeight() * s.outputWidth();
    boolean seesFew = 9 * seen < 4L * s.height() * s.width();
    boolean isNarrow = s.outputWidth() <= Simd.LANES / 2 && s.filters() >= MANY_FILTERS;
    boolean isDilated = s.dilationHeight() > 1 || s.dilationWidth() > 1;
    boolean leavesLanes =
        isDilated
            && s.filters() <= Simd.LANES / 2
            && taps * s.filters() <= MOST_TAPS_OF_ALL
            && !Stretches.isMostlyPadding(s);
    return !problem.channelsLast()
        && s.groups() == 1
        && taps > 1
        && s.outputHeight() * s.outputWidth() >= 2 * Simd.LANES
        && (seesFew
            || isNarrow && s.channels() <= MOST_CHANNELS
            || leavesLanes && !GroupedPixelConv.pays(problem)
            || isDilated && copiesMuch(problem));
  }

  /**
   * Whether dilated windows reach so far that each block of the direct method brings most of the
   * image to a strip of its own: 3x3 dilated by 16 with a padding of 8 at 52x52 to 24 filters takes
   * 0.8 of the time from 56 and 128 channels, 0.5 from 144, 0.08 from 160, whose strip has no room
   * for a row's outputs, 0.04 from 192, to 64 from 160 0.15; 2x2 from 56 to 24 0.64; dilated by 8
   * from 160 to 24 0.9; to 64 by 8 and 12 1.1, which stays (Choices, Xeon, family 6 model 207).
   */
  private static boolean copiesMuch(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (DenseConv.refusal(problem) != null || Stretches.isMostlyPadding(s)) {
      return false;
    }
    double copies = DenseConv.copies(problem);
    return copies * FILTERS_PER_COPY > s.filters()
        && copies > LEAST_COPIES * s.kernelHeight() * s.kernelWidth()
        && !GroupedPixelConv.pays(problem)
        && !ListedTaps.pays(problem);
  }

  /**
   * The depth in the lanes, unless pixels without stride fill them and channels aren't many.
   * Microseconds of pixels and of the depth in the lanes: 3x3 at 56x56 from 16 channels to 1 and 4
   * 17 and 24, 26 and 67, from 32 to 1 37 and 37; at 28x28 from 64 to 1, 2 and 4 19.4, 20.5 and
   * 24.4, 16.0, 18.7 and 28.2; dilated from 64 to 8 40 and 50 (Zen 5).
   */
  static boolean dotsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean isDeep =
        s.groupFilters() <= Simd.LANES / 8 && s.groupChannels() >= LEAST_DEEP * Simd.LANES;
    return DenseDotWindowConv.pays(problem)
        && (isDeep || s.strideWidth() > 1 || !GroupedPixelConv.pays(problem));
  }
}

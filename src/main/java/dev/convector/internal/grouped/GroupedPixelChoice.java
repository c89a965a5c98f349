package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;

/** When {@link GroupedPixelConv} is faster than what else there is. */
final class GroupedPixelChoice {
  /** Filters of a channel; fewer would leave most of a tile of 4 empty, the smallest there. */
  private static final int LEAST_DEPTHWISE_FILTERS = Simd.MANY_REGISTERS ? 1 : 3;

  /** So few of a group would leave most lanes empty elsewhere, or want many permutations. */
  private static final int FEW_GROUP_FILTERS = 2;

  /** Of a group; more weren't measured, to more filters than half a vector. */
  private static final int MOST_CHANNELS = 32;

  /**
   * The same channels-last to 2 and 3: with AVX2 in 12 groups, 3x3 at 13x13 and 28x28, 36 channels
   * to 2 take 0.56 and 0.82 of the time of the depth in the lanes, 40 to 3 0.55 and 0.69, 64 to 2
   * 0.72 and 1.0, to 3 0.73 and 0.96, 128 to 2 1.05 and 1.23, to 3 0.96; 40 to 1 1.0 (Zen 4).
   */
  private static final int MOST_CHANNELS_TURNED = Simd.MANY_REGISTERS ? MOST_CHANNELS : 64;

  /**
   * The same to fewer filters, which leave half of the lanes empty elsewhere. Of the time of what
   * there was, 3x3 at 28x40 in four groups: 60 channels a group to 8 filters 0.42, to 5 0.73, 64 to
   * 8 0.54, 72 to 6 0.56, 96 to 8 0.56, 48 to 8 0.89, 40 to 8 0.85, 60 to 8 with 5x5 0.43; at 14x14
   * 128 to 8 0.78, 40 to 8 1.08; at 20x20 in ten groups 40 to 4 0.3, but in three 40 to 3 1.23,
   * with the depth in the lanes before; channels-first 60 to 8 0.31, 96 to 8 0.46, 40 to 8 0.53
   * (Xeon, family 6 model 207).
   */
  private static final int MOST_CHANNELS_OF_FEW = 128;

  /** Channels of a group whose filters fill vectors, from which the other way is faster. */
  private static final int LEAST_BROADCAST = 8;

  /** Most filters that are worth turning, channels-last, of one group or of large kernels. */
  private static final int MOST_TURNED = LANES / 4 * 3;

  /** Most filters of one group in planes. */
  private static final int MOST_FILTERS = 2 * LANES;

  /** Most filters of a group that are worth turning, and taps from which on all such are. */
  private static final int MOST_TURNED_GROUP = 8;

  private static final int MANY_TAPS = 25;

  /** Most channels and products of a sum where filters are more. */
  private static final int FEW = 8;

  private static final int MOST_DEPTH = 256;

  /** Longer ones weren't measured. */
  private static final int MOST_STRIDE = 4;

  /**
   * Channels and filters from which the order of an output's sum is promised, which is another one
   * here (docs/numbers.md).
   */
  private static final int LEAST_ORDERED = 24;

  /** Cycles of a vector of one channel's outputs, and of each of its taps. */
  private static final double PLANES = 12;

  private static final double PLANES_TAP = 3.3;

  /** The same of a vector of channels, where they are turned. */
  private static final double TURNED = 45;

  private static final double TURNED_TAP = 1.1;

  private static final double TURNED_DILATED_TAP = 2;

  /** Most taps of kernels with stride, where channels fill less than this share of vectors. */
  private static final int MOST_STRIDED_TAPS = 81;

  private static final double MOSTLY_FILLED = 0.8;

  /** Least share of the lanes that pixels fill. */
  private static final double LEAST_FILLED = 0.8;

  /** The same of groups of very few filters or dilated kernels. */
  private static final double LEAST_FILLED_OF_FEW = 0.5;

  /**
   * Most lanes here for each elsewhere, of groups of many channels, and of more channels than
   * {@link GroupedConv} takes: channels-last and not.
   */
  private static final double MOST_LANES = 0.9;

  private static final double MOST_LANES_TURNED = 1.13;

  private static final double MOST_LANES_OF_DEEP = 1.2;

  /** The same with 16 registers. */
  private static final double MOST_LANES_OF_FEW_REGISTERS = 1.5;

  /** Most filters of groups of many channels, whose last vector elsewhere is half empty. */
  private static final int MOST_FILTERS_OF_DEEP = LANES / 2 * 3;

  /**
   * How much longer a lane takes here than where filters fill theirs, of all kernels with stride or
   * many taps; of others where groups share a vector; and of the rest.
   */
  private static final double LARGE_LANE = 0.65;

  private static final double SHARED_LANE = 1.3;

  private static final double SMALL_LANE = 0.85;

  /** What is estimated to take more of the time isn't worth it. */
  private static final double CLEAR = 0.95;

  private GroupedPixelChoice() {}

  /**
   * Whether this way is possible and faster than {@link GroupedConv}, as measured with 4 to 32
   * channels a group, 7x7 to 56x56: where few lanes stay empty (of 14x14 pixels fill 88 %, of 7x7
   * 77 %) while filters would not fill theirs or share them with other groups'. With 8 channels a
   * group at 28x28 that is 215 against 275 us on Granite Rapids, with 16 and stride 2 290 against
   * 255. Groups of 2 channels to 2 filters take 0.12 of the time at 28x28 and 0.52 at 14x14, to 1
   * 0.35; dilated, whose rows lie far apart, 4 to 4 at 17x17 0.81, at 14x14 0.6, 8 to 8 at 21x21
   * 0.86 (Zen 5).
   */
  static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!GroupedPixelTiling.isPossible(problem)) {
      return false;
    }
    return s.groups() == 1 ? densePays(problem) : groupedPays(problem);
  }

  /**
   * Planes of few channels each, where vectors of channels would have to be turned, before and
   * after. Of the time of these 3x1 at 40x40 takes 0.30, with stride 2 0.35, 1x5 to two filters
   * each 0.34, 2x2 with stride 2 at 60x60 from 10 0.19, from 40 0.39, 4x4 from 9 0.35, from 64 at
   * 80x80 1.15, with stride 2 from 40 at 33x33 0.61, 5x5 dilated with stride 2 0.7, 9x9 with stride
   * 2 from 22 at 30x30 0.8, 8x8 from 36 2.0, 9x9 from 64 2.4, dilated 4x4 from 32 1.37. To four
   * filters each, 3x3 from 8 at 56x56, it takes 0.73 of the time of one after the other (Xeon,
   * family 6 model 207).
   */
  static boolean depthwisePays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !problem.channelsLast()
        && s.groups() == s.channels()
        && s.groups() > 1
        && s.groupFilters() >= LEAST_DEPTHWISE_FILTERS
        && (s.kernelHeight() > 1 || s.groupFilters() > 1)
        && Math.max(s.strideHeight(), s.strideWidth()) <= 2
        && GroupedPixelTiling.isPossible(problem)
        && planesAreFaster(problem);
  }

  private static boolean planesAreFaster(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    double channels = (double) s.channels() / Simd.roundUp(s.channels());
    if (s.kernelWidth() == 1) {
      return true;
    }
    if (Math.max(s.strideHeight(), s.strideWidth()) > 1) {
      return taps <= (channels < MOSTLY_FILLED ? MOST_STRIDED_TAPS : MANY_TAPS);
    }
    boolean isDilated = s.dilationHeight() > 1 || s.dilationWidth() > 1;
    double turned = TURNED + (isDilated ? TURNED_DILATED_TAP : TURNED_TAP) * taps;
    double here = PLANES + PLANES_TAP * taps;
    return here / GroupedPixelTiling.filled(problem) < turned / channels;
  }

  private static double leastFilled(ConvShape s) {
    boolean isFew = s.groupFilters() <= FEW_GROUP_FILTERS || s.dilationWidth() > 1;
    return isFew ? LEAST_FILLED_OF_FEW : LEAST_FILLED;
  }

  /** Channels-last, where other ways leave most lanes empty if filters and channels are few. */
  private static double leastTurned(ConvShape s) {
    boolean isFew = s.groupFilters() <= FEW_GROUP_FILTERS + 1;
    return isFew && isLarge(s) ? LEAST_FILLED_OF_FEW : LEAST_FILLED;
  }

  private static boolean isLarge(ConvShape s) {
    return s.kernelHeight() * s.kernelWidth() >= MANY_TAPS;
  }

  private static boolean groupedPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!Simd.MANY_REGISTERS && leavesOut(problem)) {
      return false;
    }
    if (!Simd.MANY_REGISTERS
        && s.groupFilters() >= LANES
        && s.kernelHeight() * s.kernelWidth() > 1) {
      return fewRegistersPay(problem);
    }
    boolean isFew =
        s.groupFilters() <= LANES / 2
            && (!problem.channelsLast() || s.groupFilters() > FEW_GROUP_FILTERS + 1);
    boolean isTurned = problem.channelsLast() && s.groupFilters() > 1;
    if (!isFew && s.groupChannels() > (isTurned ? MOST_CHANNELS_TURNED : MOST_CHANNELS)) {
      return deepPays(problem);
    }
    return s.groupChannels() <= MOST_CHANNELS_OF_FEW
        && (problem.channelsLast()
            ? turningPays(s) && GroupedPixelTiling.filled(problem) >= leastTurned(s)
            : planesPay(problem));
  }

  /**
   * Whether strides leave out most of what is brought to planes, channels-first: of 4, 8, 12 and 16
   * channels a group to as many filters at 35x35 in nine groups other ways take 0.5 to 0.8 of the
   * time with stride 3, 0.44 to 0.56 with stride 4; of 3 to 3 with stride 3 as much (AVX2, Zen 4).
   */
  private static boolean leavesOut(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !problem.channelsLast()
        && s.groupFilters() > FEW_GROUP_FILTERS
        && Math.max(s.strideHeight(), s.strideWidth()) > 2;
  }

  /**
   * A vector of filters and more with 16 registers. Of the time that {@link GroupedConv} took when
   * its tiles were spilled, 3x3 channels-first at 28x28 from 8 channels a group to 8 filters takes
   * 0.64, from 8, 16 and 32 to 16 0.34, from 24 to 24 0.60, to 32 0.33, with stride 2 0.53 to 0.87,
   * at 7x7 0.63 to 0.69, from 48 to 16 0.84; channels-last 5x5 from 4 to 16 0.63 (AVX2, Zen 4).
   * Channels-last not where its kernels share a kernel row's columns: from 8 to 40 channels to 8 to
   * 24 filters 1.02 to 1.65 of its time, with stride 2 too; nor with stride 3, 5x5 from 24 to 24
   * and 32 to 32 1.26 and 1.34 of the best other way's (Choices, Zen 4 without AVX-512).
   *
   * <p>Of more filters than four vectors, channels-first, the other ways are stretches of a few
   * channels: 3x3 at 28x28 in four groups from 2 channels to 46 filters takes 0.26 of their time,
   * from 5 to 37 0.37, with stride 2 0.42, from 8 and 16 to 64 0.53 and 0.74, 5x5 from 8 to 40
   * 0.47; from 16 to 128 0.73, from 32 to 64 0.89, at 14x14 and with stride 2 1.0; at 7x7
   * GroupedConv takes 0.85 to 0.9 of the time of pixels (Choices, the same machine).
   */
  private static boolean fewRegistersPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int filters = s.groupFilters();
    if (s.groupChannels() > MOST_CHANNELS_OF_FEW || GroupedConv.tapsPay(problem)) {
      return false;
    }
    if (filters > GroupedConv.MANY_FILTERS) {
      return !problem.channelsLast()
          && s.groupChannels() <= MOST_CHANNELS
          && (!GroupedTile.wholeRows(s) || GroupedPixelTiling.filled(problem) >= LEAST_FILLED);
    }
    boolean areWhole = filters % (2 * LANES) == 0;
    if (!problem.channelsLast()) {
      return !(areWhole && s.groupChannels() > MOST_CHANNELS)
          && lanes(problem) < MOST_LANES_OF_FEW_REGISTERS;
    }
    if (GroupedTile.wholeRows(s) || s.strideWidth() > 2) {
      return false;
    }
    boolean isRagged = filters > LANES && filters < 2 * LANES;
    boolean suits =
        filters > 2 * LANES
            || s.groupChannels() >= 2 * filters
            || !isStrided(s) && (isRagged || isLarge(s));
    return suits && (isLarge(s) || !areWhole) && GroupedPixelTiling.filled(problem) >= LEAST_FILLED;
  }

  /**
   * Channels-first, where nothing is turned. Rows of padding between those of pixels may leave
   * lanes empty where filters would leave more: 5x5 from 4 to 4 at 17x17, which fills 0.75, takes
   * 0.41 of the time, 3x3 with stride 2 at 15x15 (0.5) 0.54, from 8 to 8 0.77, from 6 to 6 at 9x9
   * 0.86, from 10 to 10 with stride 2 at 18x18 0.63, from 3 to 3 0.2 to 0.36, 5x5 from 20 to 4 at
   * 10x10 0.27, from 24 to 24 0.74; but 3x3 from 12 to 12 at 9x9 1.17 (Zen 4). With AVX2 3x3 at
   * 28x28 from 2 to 2 0.65, from 3 and 8 to 1 0.35, from 4, 8 and 16 to 2 0.35, channels-last 0.4
   * to 0.8, though half and more of a tile of four filters stay empty.
   */
  private static boolean planesPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    double filled = GroupedPixelTiling.filled(problem);
    return GroupedWeights.vectors(s) != 2
        && !fillsVectors(s)
        && (filled >= leastFilled(s)
            || s.groupChannels() <= MOST_CHANNELS && lanes(problem) * lane(s) < CLEAR);
  }

  private static double lane(ConvShape s) {
    if (isLarge(s) || isStrided(s)) {
      return LARGE_LANE;
    }
    return LANES % s.groupFilters() == 0 ? SHARED_LANE : SMALL_LANE;
  }

  /** Lanes that all filters and their pixels have here, full or empty, by those elsewhere. */
  private static double lanes(ConvProblem problem) {
    ConvShape s = problem.shape();
    int tile = GroupedPixelTiling.filters(s);
    double here = Math.ceilDiv(s.groupFilters(), tile) * tile;
    return here / Simd.roundUp(s.groupFilters()) / GroupedPixelTiling.filled(problem);
  }

  /**
   * Groups of many channels to more filters than half a vector. 3x3 at 28x40 from 48 channels a
   * group to 12 filters takes 0.85 of the time, from 64 to 12 0.61, from 64, 96 and 128 to 16 0.73
   * to 0.82, from 128 to 24 0.51, at 14x14 0.72 to 1.0; channels-last from 64 to 12 0.68, to 16
   * 0.85, from 128 to 24 0.81, at 14x14 0.97, 1.04 to 1.11 and 0.99. To 32 filters, and with stride
   * 2 from more than 48 channels, 1.0 to 1.5 (Zen 4).
   */
  private static boolean deepPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean isDeep = s.groupChannels() > GroupedPhaseConv.MOST_GROUP_CHANNELS;
    double most = problem.channelsLast() ? MOST_LANES_TURNED : MOST_LANES_OF_DEEP;
    return s.groupFilters() > LANES / 2
        && s.groupFilters() <= MOST_FILTERS_OF_DEEP
        && s.groupChannels() <= MOST_CHANNELS_OF_FEW
        && s.groupChannels() >= 2 * s.groupFilters()
        && s.kernelHeight() * s.kernelWidth() > 1
        && !isStrided(s)
        && (isDeep || !problem.channelsLast() && !fillsVectors(s))
        && lanes(problem) < (isDeep ? most : MOST_LANES);
  }

  private static boolean isStrided(ConvShape s) {
    return s.strideHeight() > 1 || s.strideWidth() > 1;
  }

  /**
   * Channels-last, where many multiply-adds a pixel pay for turning it, or fewer filters than
   * channels, or rows that lie far apart, leave lanes of the other way empty. 5x5 from 2 channels a
   * group to 6 filters takes 0.35 of the time, from 3 to 3 0.87 and 1.03, from 4 to 4 0.64 to 0.73,
   * to 8 0.61, from 8 to 4 0.35, 7x7 from 3 to 2 0.41, from 8 to 8 0.57, but 5x5 from 16 to 16
   * 1.05; 3x3 from 8 to 2 0.57, to 4 0.82, from 16 to 8 at 145x70 0.8, at 14x14 to 4 0.87; dilated,
   * 4 to 4 0.82 and 0.92, 8 to 8 0.73 and 0.77. Of other 3x3, 4 to 4 1.25 to 1.4, 3 to 3 1.6 to
   * 2.5; strided, 5x5 from 2 to 3 1.17. Of images whose rows fill half of the lanes 5x5 from 10 to
   * 3 at 10x10 0.5, from 6 to 3 at 14x14 0.45, 7x7 from 4 to 2 0.5. Filters that leave part of a
   * second vector empty: 5x5 from 12 to 18 0.7, 3x3 from 12 to 24 0.85, dilated from 24 to 18 0.61,
   * 2x2 from 24 to 20 and 20 to 24 0.68 and 0.79 (Xeon, family 6 model 207).
   */
  private static boolean turningPays(ConvShape s) {
    boolean isDilated = s.dilationHeight() > 1 || s.dilationWidth() > 1;
    int filters = s.groupFilters();
    boolean isRagged = filters > LANES && filters <= LANES / 2 * 3 && s.outputWidth() >= LANES;
    boolean suits =
        isLarge(s)
            || isDilated && s.groupChannels() > FEW_GROUP_FILTERS
            || s.groupChannels() >= 2 * filters;
    int mostOfLarge = s.groupChannels() <= FEW ? LANES : MOST_TURNED;
    int most = isLarge(s) ? mostOfLarge : MOST_TURNED_GROUP;
    return !isStrided(s)
        && s.kernelHeight() * s.kernelWidth() > 1
        && (s.channels() >= LANES || Transpose.isFast(s.channels()))
        && (isRagged || filters <= most && suits);
  }

  /**
   * One group, by cost. Few filters would leave their lanes empty: 7x7 from 32 channels to 3 at
   * 128x128 has 155 GFLOP/s channels-first where filters in the lanes have 30, 31x31 of one channel
   * 98 instead of 12; 11x11, dilated, from 7 channels to 2 at 37x37, channels-last, takes 0.15 of
   * the time, though rows of padding leave a quarter of the lanes empty. Channels-first there is
   * nothing to turn, which counts where windows are small: 3x3 from 3 channels to 64 at 224x224 176
   * instead of 101, 7x7 with stride 2 220 instead of 209, 19x1 from 16 to 16 222 instead of 162
   * (AMD EPYC, family 26).
   */
  private static boolean densePays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    boolean isPoint = problem.channelsLast() && taps == 1;
    boolean isOrdered = s.channels() >= LEAST_ORDERED && s.filters() >= LEAST_ORDERED;
    if (isPoint || isOrdered || s.strideWidth() > MOST_STRIDE) {
      return false;
    }
    if (s.filters() > (problem.channelsLast() ? MOST_TURNED : MOST_FILTERS)) {
      boolean isShallow = s.channels() <= FEW && s.channels() * taps <= MOST_DEPTH;
      return !problem.channelsLast()
          && s.strideWidth() <= 2
          && isShallow
          && GroupedPixelTiling.filled(problem) >= LEAST_FILLED;
    }
    double pixels =
        GroupedPixelCost.ofPixels(
            problem,
            GroupedPixelTiling.filters(s),
            GroupedPixelTiling.vectors(s),
            GroupedPixelTiling.filled(problem));
    return pixels < GroupedPixelCost.ofOthers(problem);
  }

  /** Whether the other way has whole kernel rows and leaves no lane empty. */
  private static boolean fillsVectors(ConvShape s) {
    return GroupedTile.wholeRows(s)
        && s.groupFilters() % LANES == 0
        && s.groupChannels() >= LEAST_BROADCAST;
  }
}

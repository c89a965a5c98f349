package dev.convector.internal.plan;

import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.grouped.GroupedConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.RegisterTile;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;

/**
 * When {@link AlgorithmList} takes {@link DenseTapConv}: channels so few that the direct method's
 * stretches would be short, or 1x1 kernels of few.
 */
final class ListedTaps {
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

  /**
   * Most floats between neighbouring pixels of 1x1 kernels whose rows lie a distance apart: of more
   * steps those of tables have tiles that Intel's server cores need.
   */
  private static final int MOST_POINT_DISTANCE = 95;

  /** The same for filters of one or two vectors; further ones weren't measured. */
  private static final int MOST_NARROW_DISTANCE = 128;

  /** Most channels of a group whose taps are listed. */
  private static final int MOST_LISTED_CHANNELS = Simd.MANY_REGISTERS ? 12 : 16;

  /** The same to odd numbers of vectors of filters: beyond them, grouped kernels do not pay. */
  private static final int MOST_ODD_CHANNELS = 48;

  /** The same to one vector of filters, and with a stride or to a part of one. */
  private static final int MOST_SINGLE_CHANNELS = 3;

  private static final int MOST_SINGLE_STRIDED_CHANNELS = 4;

  /** Most outputs of a row that is better unfolded. */
  private static final int MOST_UNFOLDED_WIDTH = 28;

  private ListedTaps() {}

  /**
   * Rows a constant distance apart where tables of them would cost as much as their products: 16
   * channels at 112x112 to 16, 24, 64 and 96 filters take 0.72, 0.70, 0.88 and 0.82 of the time, 24
   * at 56x56 to 72 0.87, 32 to 64 0.9, 8 to 48 0.69, 5 at 44x44 to 17 0.65; 40 at 29x29 to 16 0.76,
   * 64 at 28x28 to 32 0.92, 96 to 16 0.94, 128 to 32 0.96; of more filters 33 and 40 0.98, 64 1.01
   * (AMD EPYC, family 26); 64 at 56x56 to 256 and 64 0.96, at 7x7 to 256 0.96, 40 at 28x28 to 240
   * 0.94 (Zen 4), with AVX2 0.94, 0.93 and 0.92. With stride each row is a call: from 16 to 32 at
   * 56x56 1.2 of the time, from 12 to 24 1.5, from 8 to 21 with stride 4 1.6 in JVMs that ran many
   * other layers; 0.96 where it was alone (Xeon, family 6 model 207). Channels-first, where with 16
   * registers panels of pixels don't pay: 24 channels to 56 filters at 9x9 1.1 times as fast as
   * turned pixels with a table of rows, 33 to 65, 40 to 128, 64 to 64 and 256 at 14x14 and 20x20
   * 1.02 to 1.08, 80 to 112 at 9x9 1.02 (Regression, Zen 4 without AVX-512). With 32, 32 and 64
   * channels to 64 filters at 7x7 to 14x14 1.08 to 1.2 times as fast, 64 to 128 1.07, to 256 0.95
   * to 1.08 (Choices, Xeon, family 6 model 207).
   */
  static boolean pointPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int most = s.filters() <= 2 * Simd.LANES ? MOST_NARROW_DISTANCE : MOST_POINT_DISTANCE;
    return s.groups() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.channels() <= most
        && DenseTapConv.accepts(problem);
  }

  /**
   * The same of several groups without stride. From 32 channels a group to 4 filters in two groups
   * it takes 0.81 of the time of the depth in the lanes at 28x28 and 56x56, 0.68 at 200x200, to 8
   * in four 0.7 of GroupedConv's; from 32 to 32 0.95 to 1, from 17 to 17 0.94, from 48 to 12 1.03;
   * with stride 2 from 32 to 32 1.1 (Zen 5). Of more channels to at most half a vector of filters
   * 0.67 to 1.0, 40 to 8 in four 0.67 and 0.9, 20 to 5 in 16 0.83, 32 to 8 in six 1.0; to more
   * filters 0.77 to 1.18 (Xeon, family 6 model 207). With 16 registers also to more than two
   * vectors of filters: from 2 and 4 channels to 64, 6 to 24, 8 to 32, 12 to 48 and 16 to 64, at
   * 14x14, 28x28 and 63x63, 0.5 to 0.92 of DenseConv's (Choices, Zen 4 without AVX-512).
   */
  static boolean groupPointPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast()
        && s.groups() > 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && (s.channels() <= MOST_NARROW_DISTANCE || s.groupFilters() <= Simd.LANES / 2)
        && s.groupFilters() > Simd.LANES / 8
        && (s.groupFilters() <= 2 * Simd.LANES
            || !Simd.MANY_REGISTERS && s.groupChannels() <= MOST_LISTED_CHANNELS)
        && DenseTapConv.accepts(problem);
  }

  /**
   * Depthwise to many filters of each channel, channels-last, which DepthwiseConv computes one
   * after the other, a vector of channels each: 1x1 from 16 channels to 16 of each at 14x14, 28x28
   * and 63x63 4.7, 3.6 and 3.4 times as fast, from 32 and 96 to 9, 12, 24 and 32 2.0 to 3.4, with
   * stride 2 2.9; 3x3 from 32 to 16 and 24 1.65 and 1.21, with stride 2 to 16 2.9, from 3 to 32
   * 2.1, 7x7 with stride 2 from 3 to 16 3.3, 5x5 from 16 to 16 1.5, but 3x3 to 8 and 9 0.92 and
   * 0.87 (Choices, Zen 4 without AVX-512; not measured with it).
   */
  static boolean multiplierPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean isPoint = s.kernelHeight() * s.kernelWidth() == 1;
    int least = isPoint ? Simd.LANES / 2 + 1 : Simd.LANES / 2 * 3;
    return problem.channelsLast()
        && s.channels() > 1
        && s.groups() == s.channels()
        && s.groupFilters() >= least
        && DenseTapConv.accepts(problem)
        && DenseTapConv.holdsRow(s)
        && !Stretches.isMostlyPadding(s);
  }

  /**
   * A few channels a group to at least a vector of filters, of which a tile shares what it
   * broadcasts and skips the loop over each tap's channels: 3x3 at 40x40 from 2 channels a group to
   * 32 filters takes 0.80 of the time, from 4 to 24 0.75, to 64 0.82, from 8 to 48 0.90, from 12 to
   * 48 0.94; from 4 and 8 to 32, whose two vectors GroupedConv's kernels share too, 1.01 and 1.04,
   * from 19 to 32 channels on 1.03 to 1.4. To 16 filters from 1 0.69, from 2 0.85, from 3 0.96 to
   * 0.98, from 4 1.04, from 8 1.21, and with stride 2 at 56x56 from 2 0.48, from 4 0.56, at 86x86
   * from 3 0.67, at 40x40 from 8 in two groups 0.7, at 56x56 in eight 1.23, from 16 1.59 (Zen 5).
   * To 9 to 15 from 2 and 3 0.75 to 0.97, from 4 0.88 to 1.1, dilated by 4 from 2 to 4 0.61 to 0.83
   * (Zen 4). With 16 registers from 8 and 16 to 16 filters 0.45 and 0.42 of GroupedConv's time,
   * 0.73 and 0.92 of DenseConv's (AVX2, Zen 4). Three and five vectors, of which GroupedConv's
   * kernels share none: from 16 to 48 channels to 33 to 48 filters 5x5 0.73 to 0.77, 3x3 dilated by
   * 2 0.74, with stride 2 0.85 to 0.92, to 80 5x5 0.82 to 0.84; where GroupedConv shares a kernel
   * row's columns, 3x3 without either, 0.96 to 1.26 (Zen 4).
   */
  static boolean groupPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean shared =
        Simd.MANY_REGISTERS && s.groupFilters() == 2 * Simd.LANES && s.groupChannels() > 2
            || s.groupFilters() > Simd.LANES && GroupedConv.fewRegistersPay(problem)
            || GroupedConv.tapsPay(problem);
    boolean single = s.groupFilters() == Simd.LANES;
    boolean part = s.groupFilters() > Simd.LANES / 2 && s.groupFilters() < Simd.LANES;
    boolean isStrided = s.strideWidth() > 1 || part && s.dilationWidth() > 1;
    int mostSingle = isStrided ? MOST_SINGLE_STRIDED_CHANNELS : MOST_SINGLE_CHANNELS;
    int most = single || part ? mostSingle : isOdd(s) ? MOST_ODD_CHANNELS : MOST_LISTED_CHANNELS;
    return problem.channelsLast()
        && s.groups() > 1
        && s.groupChannels() <= most
        && (part || s.groupFilters() >= Simd.LANES)
        && !shared
        && DenseTapConv.holdsRow(s)
        && !Stretches.isMostlyPadding(s);
  }

  /** Whether GroupedConv computes each vector of a group's filters, and each tap, for itself. */
  static boolean isOdd(ConvShape s) {
    int vectors = Math.ceilDiv(s.groupFilters(), Simd.LANES);
    boolean isStrided = s.strideWidth() > 1 && vectors == 3;
    return Simd.MANY_REGISTERS
        && vectors > 1
        && vectors % 2 != 0
        && (isStrided || !GroupedConv.sharesColumns(s));
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
  static boolean pays(ConvProblem problem) {
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
        && rowsPay(s)
        && DenseTapConv.accepts(problem)
        && (wide
            || (suits && Stretches.floats(s) < leastStretch(problem) && !unfoldingPays(problem)))
        && (!Stretches.isMostlyPadding(s)
            || DenseTapConv.computedShare(s) < most * Stretches.shareInside(s));
  }

  /**
   * Whether with 16 registers short channels-last rows with stride, each of which is a call for
   * each two vectors of filters, are better unfolded once: to 512 filters from 8 channels 3x3 at
   * 28x28 takes 0.82 of the time, from 3 at 56x56 0.92, to 256 from 4 2x2 at 28x28 0.77, to 224
   * from 3 5x5 at 21x21 0.77, to 112 from 3 3x3 at 14x14 0.77, to 200 from 6 3x1 at 40x40 0.9, to
   * 128 from 8 3x3 at 56x56 0.94, from 3 5x5 1.02 (Regression); at 112x112 from 3 3x3 and 5x5 1.07
   * and 1.06 (Choices, Zen 4 without AVX-512).
   */
  private static boolean unfoldingPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !Simd.MANY_REGISTERS
        && problem.channelsLast()
        && s.strideWidth() > 1
        && s.dilationWidth() == 1
        && s.channels() > 1
        && s.filters() > MOST_ANY_DISTANCE
        && !Stretches.isMostlyPadding(s)
        && s.outputWidth() <= MOST_UNFOLDED_WIDTH;
  }

  /**
   * Whether rows of outputs, each of which has tiles of its own, are long enough, or other ways no
   * faster: with 16 registers rows of 2, 3, 4 and 5 take 1.6, 1.3, 1.2 and 1.1 of the time of
   * stretches, 3x3 from 3 channels to 64, from 8 2.1, 1.3, 1.4 and 1.4; of patches of 4x4 and 12x12
   * 1.1 to 1.7 of the unfolded input's. But 5x5 from 1 to 64 0.73, 7x7 from 3 to 32 at 4x4 0.28
   * (Zen 4). Not looked at with 32.
   */
  static boolean rowsPay(ConvShape s) {
    return Simd.MANY_REGISTERS
        || s.outputWidth() >= RegisterTile.MR
        || Stretches.floats(s) < Simd.LANES
        || Stretches.isMostlyPadding(s);
  }

  /**
   * Floats from which stretches are faster than listed taps. With 16 registers panels are of two
   * vectors, so that it doesn't matter how many filters there are: 9x9 with stride 9 from 3
   * channels to 96 at 240x240 takes 0.7 of the time, 14x14 with stride 14 to 32 0.62, 7x7 with
   * stride 7 to 22 at 333x333 0.8, channels-first 0.9, 0.84 and 0.94 (Zen 4 without AVX-512).
   */
  private static int leastStretch(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean areNarrow = !Simd.MANY_REGISTERS || s.filters() <= 2 * Simd.LANES;
    boolean isOther = areNarrow && !DenseTapConv.isFastNarrow(s);
    return isOther ? Stretches.LEAST_ANY_DISTANCE : Stretches.LEAST;
  }
}

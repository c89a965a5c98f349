package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.dense.DenseDotWindowConv;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.kernel.DenseTapCall;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;

/**
 * What an output pixel of a convolution of one group takes, in cycles, with pixels in the lanes and
 * otherwise. Fitted to 80 layers of 1 to 64 channels and 1 to 24 filters, kernels of 2x2 to 11x11
 * (Zen 5); where there are 16 registers to 30 of 16 to 128 channels and 8 filters, kernels of 3x3
 * to 7x7 (Zen 4 without AVX-512).
 */
final class GroupedPixelCost {
  /** To turn a vector of pixels of up to a vector of channels, and of up to {@link #FEW}. */
  private static final double TURNED = 8 * LANES;

  private static final double TURNED_FEW = 2 * LANES;

  private static final int FEW = 4;

  /** The share of that which channels-first input takes, where filters are in the lanes. */
  private static final double TURNED_IN = Simd.MANY_REGISTERS ? 1 : 0.65;

  /** How many times as long it takes where columns are strided, with pixels in the lanes. */
  private static final double TURNED_STRIDED = Simd.MANY_REGISTERS ? 1 : 1.5;

  /** To begin a row or a plane of a strip, or a row of outputs. */
  private static final double BEGUN = 60;

  /** To turn a tile's results, a pixel, unless the kernels do it. */
  private static final double STAGED = 8;

  /** To copy an element of a plane: by vectors, every second one, and one by one. */
  private static final double COPIED = 0.2;

  private static final double COPIED_STRIDED = Simd.MANY_REGISTERS ? COPIED : 0.9;

  private static final double PICKED = 3;

  /** A tile's ends, a pixel: of many and of few neighbours. */
  private static final double PIXEL_ENDS = 4;

  private static final double FILTER_ENDS = 8;

  /** A multiply-add of a small tile with pixels in the lanes. */
  private static final double PRODUCT = Simd.MANY_REGISTERS ? 0.75 : 0.63;

  /** A step of a tile of one vector of filters, a pixel: neighbours a constant apart, or not. */
  private static final double NARROW_STEP = 0.65;

  private static final double ANY_STEP = 1.15;

  /** The same of stretches: with 16 registers six pixels a tile, too few to hide the latency. */
  private static final double STRETCH_STEP = Simd.MANY_REGISTERS ? NARROW_STEP : 0.76;

  /** The same for each vector of several. */
  private static final double WIDE_STEP = 0.56;

  /** With the depth in the lanes: a vector of it for a filter, a pixel's and a filter's ends. */
  private static final double DOT_STEP = Simd.MANY_REGISTERS ? 1.3 : 1;

  private static final double DOT_ENDS = 10;

  private static final double LANES_ADDED = 5;

  /** Floats of a kernel row from which pixels of several rows share a tile. */
  private static final int LEAST_STRETCH = 64;

  /** The same where neighbours' windows lie any distance apart. */
  private static final int LEAST_ANY_STRETCH = 16;

  private GroupedPixelCost() {}

  /**
   * With pixels in the lanes.
   *
   * @param filled the share of the lanes that have pixels
   */
  static double ofPixels(ConvProblem problem, int tileFilters, int tileVectors, double filled) {
    ConvShape s = problem.shape();
    int tiles = Math.ceilDiv(s.filters(), tileFilters);
    double step = tileStep(tileFilters, tileVectors) * tiles / (tileVectors * LANES);
    double sums = depth(s) * step / filled + PIXEL_ENDS;
    if (problem.channelsLast()) {
      boolean isStaged = s.filters() > 1 && s.filters() != tileFilters;
      return sums + turnedIn(s) / pixels(s) + (isStaged ? STAGED * tiles : 0);
    }
    int stride = s.strideWidth();
    double copied = stride > 2 ? PICKED : stride > 1 ? COPIED_STRIDED : COPIED;
    return sums + copied * s.channels() * seen(s) + COPIED * s.filters();
  }

  /** All rows of an image, whose neighbours by the stride are one pixel of more channels. */
  private static double turnedIn(ConvShape s) {
    int columns = Math.ceilDiv(s.width(), s.strideWidth());
    double times = s.strideWidth() > 1 ? TURNED_STRIDED : 1;
    double row = times * Math.ceilDiv(columns, LANES) * turned(s.channels() * s.strideWidth());
    int planes = s.channels() * s.strideHeight() * s.strideWidth();
    return s.height() * (row + BEGUN) + planes * BEGUN;
  }

  /** A step of all multiply-adds of a tile, with loads of pixels that cross lines. */
  private static double tileStep(int filters, int vectors) {
    int products = filters * vectors;
    return products < 16 ? products * PRODUCT : filters <= 2 ? 12 : filters <= 4 ? 9 : 8.4;
  }

  /** In the fastest other way that a channels-last convolution of any stride has. */
  static double ofOthers(ConvProblem problem) {
    double filters = ofFilters(problem);
    ConvShape s = problem.shape();
    if (!DenseDotWindowConv.pays(problem)) {
      return filters;
    }
    double dot = depth(s) / LANES * DOT_STEP + LANES_ADDED;
    return Math.min(filters, s.filters() * dot + DOT_ENDS);
  }

  /** With filters in the lanes, taps listed or, of many channels, by stretches. */
  private static double ofFilters(ConvProblem problem) {
    ConvShape s = problem.shape();
    int vectors = Math.ceilDiv(s.filters(), LANES);
    boolean hasConstant = DenseTapCall.hasConstant(s.strideWidth() * s.channels());
    boolean isListed =
        s.channels() * s.kernelWidth() < (hasConstant ? LEAST_STRETCH : LEAST_ANY_STRETCH);
    double listed = hasConstant ? NARROW_STEP : ANY_STEP;
    double narrow = isListed ? listed : STRETCH_STEP;
    double step = vectors == 1 ? narrow : vectors * WIDE_STEP;
    double again = isListed && vectors <= 2 ? tileRows(s.outputWidth()) : 1;
    double begun = BEGUN * (s.height() + s.outputHeight()) / pixels(s) + FILTER_ENDS;
    double sums = depth(s) * step * again * DenseTapConv.computedShare(s) + begun;
    if (problem.channelsLast()) {
      return sums;
    }
    double in = s.channels() == 1 ? 0 : TURNED_IN * turned(s.channels()) / LANES * seen(s);
    return sums + in + turned(s.filters()) / LANES;
  }

  /** A row's pixels in tiles of 12, 6 and fewer, which take as long as 6, for each of its own. */
  private static double tileRows(int pixels) {
    int left = pixels % 12;
    int rows = left == 0 ? 0 : left <= 6 ? 6 : 12;
    return (pixels - left + rows) / (double) pixels;
  }

  /** A vector of pixels. */
  private static double turned(int channels) {
    return channels <= FEW ? TURNED_FEW : TURNED * Math.ceilDiv(channels, LANES);
  }

  /** Pixels of the input for one of the output. */
  private static double seen(ConvShape s) {
    return (double) s.height() * s.width() / pixels(s);
  }

  private static double pixels(ConvShape s) {
    return (double) s.outputHeight() * s.outputWidth();
  }

  private static double depth(ConvShape s) {
    return (double) s.channels() * s.kernelHeight() * s.kernelWidth();
  }
}

package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.simd.Simd;
import java.util.List;

/**
 * A convolution with few channels a group: one phase. Kernels of three columns run a whole kernel
 * row at a time, all others one tap at a time.
 */
public final class GroupedConv extends GroupedPhaseConv {
  /** Taps for each input pixel under the kernel, from which a strip is worth its copying. */
  private static final int MANY_USES = 2;

  /** The same channels-first, where pixels in the lanes need no turning. */
  private static final int LEAST_TAPS_OF_PLANES = 4;

  /** Of a tap of a group. */
  private static final int LEAST_WEIGHTS_OF_PLANES = 8 * LANES * LANES;

  /**
   * Filters of a group; for more, channels-first, there are rules of their own with 16 registers.
   */
  static final int MANY_FILTERS = 4 * LANES;

  private final GroupedWeights weights;

  public GroupedConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        new GroupedWeights(problem.shape(), isPaired(problem), weights),
        Epilogue.of(problem, bias));
  }

  private GroupedConv(ConvProblem problem, GroupedWeights weights, Epilogue epilogue) {
    this(
        problem,
        weights,
        epilogue,
        blocks(problem, blockPixels(problem, problem.channelsLast() ? weights.windows() : 1)));
  }

  private GroupedConv(
      ConvProblem problem, GroupedWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(
        problem,
        problem.shape(),
        List.of(phase(problem.shape())),
        weights,
        epilogue,
        blocks,
        new InputStrip(
            problem.shape(),
            problem.channelsLast(),
            border(problem),
            weights,
            GroupedTile.step(problem.shape()),
            blocks));
    this.weights = weights;
  }

  private static GroupedPhase phase(ConvShape s) {
    return GroupedPhase.of(
        PhaseAxis.of(s.rows()),
        PhaseAxis.of(s.columns()),
        s.height(),
        0,
        GroupedTile.wholeRows(s) ? 1 : s.kernelWidth(),
        s.groupChannels());
  }

  private static PixelBlocks blocks(ConvProblem problem, int most) {
    PixelBlocks blocks = PixelBlocks.cut(problem.shape(), most);
    return isCut(problem) ? blocks.wholeRows() : blocks;
  }

  /**
   * Whether a problem is of this kind, and within the limits of packed weights and of scratch: then
   * it is faster than DenseConv's stretches of one tap, unless its strip is used too little. With
   * 16 registers not for more than a vector of filters, unless kernels share what they broadcast.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() > 1
        && s.groupChannels() <= MOST_GROUP_CHANNELS
        && (Simd.MANY_REGISTERS
            || s.groupFilters() <= mostFilters(s)
            || fewRegistersPay(problem)
            || tapsPay(problem)
            || manyFiltersPay(problem))
        && !(problem.channelsLast() && readingInPlacePays(s))
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2
        && InputStrip.floats(s, border(problem), GroupedTile.step(s), 1, 1)
            <= Blocking.STRIP_FLOATS;
  }

  /**
   * Most filters of a group with 16 registers where kernels share nothing. With stride 3 and 4 from
   * 8 channels to 7 and 8 filters it takes 0.9 of the time of stretches in some JVMs, 1.7 in others
   * (35x35, nine groups, Zen 4 without AVX-512).
   */
  private static int mostFilters(ConvShape s) {
    return s.strideWidth() > 2 ? LANES / 2 : LANES;
  }

  /**
   * Channels-last, where few taps use what the strip copies, and DenseConv's stretches are no
   * shorter than a vector. Of GroupedConv's time these take: 1x3 with stride 2 from 40 channels a
   * group to 8 filters 0.7, 3x1 from 20 to 14 0.72, from 48 to 14 0.86, 1x5 from 48 to 14 0.71,
   * from 20 to 32 0.77, 3x3 with stride 3 from 32 to 5 and 10 0.72, from 40 to 32 0.76, 2x2 with
   * stride 2 from 40 to 16 0.78; but 3x3 with stride 2 from 32 to 16 1.14, from 20 to 10 1.3, and
   * of few channels 1x5 from 12 to 3 1.32, 2x2 from 12 to 9 1.11 (Xeon, family 6 model 207).
   */
  private static boolean readingInPlacePays(ConvShape s) {
    int taps = s.kernelHeight() * s.kernelWidth();
    return taps > 1
        && taps < (long) MANY_USES * s.strideHeight() * s.strideWidth()
        && s.groupChannels() >= LANES;
  }

  /**
   * Whether with 16 registers it is faster for more than a vector of filters, channels-last: where
   * three taps share each column that is broadcast. Of the time of the best other way 3x3 takes
   * from 8 channels a group to 12 filters 1.0, to 20 0.78, to 24 0.90, from 16 to 12 0.93, to 16
   * and 32 0.80, to 20 0.88, to 24 0.64 to 0.79, from 40 to 12 and 20 0.97 and 0.91, to 24 0.78,
   * from 48 to 16 0.97, but from 8 to 16 and 32 1.07 and 1.04; with stride 2 from 8 to 12 to 32
   * 0.75 to 0.98, from 16 0.81 to 1.04, from 24 to 16 1.0, from 40 to 12 1.26, to 20 0.98, from 48
   * to 16 1.13; dilated by 2 1.2 to 1.8 (28x28, Zen 4 without AVX-512).
   */
  public static boolean fewRegistersPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean suits =
        s.strideWidth() > 1
            ? s.groupChannels() <= 3 * LANES
            : s.groupChannels() > LANES || GroupedWeights.vectors(s) == 1;
    return !Simd.MANY_REGISTERS && problem.channelsLast() && GroupedTile.wholeRows(s) && suits;
  }

  /**
   * Whether with 16 registers one tap at a time is faster than the best other way for pairs of
   * vectors of filters: at 28x28 in four groups 5x5 takes, from 16 to 16, 16 to 32, 32 to 16, 32 to
   * 32 and 48 to 48 channels and filters of a group, 0.90, 0.92, 0.82, 0.82 and 0.99 of its time,
   * with stride 2 0.75 to 0.94, 3x3 dilated by 2 1.09, 0.92, 0.98, 0.84 and 1.01, 2x2 0.95, 1.13,
   * 0.97, 0.91 and 0.97; but from 8 to 16 1.2 to 1.36, to 12, 20 and 24 filters 1.06 to 1.66.
   * Channels-first 0.87 to 1.01, but 16 to 16 0.97 to 1.19, 3x1 to 1.16 (Choices, Zen 4 without
   * AVX-512).
   */
  public static boolean tapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    boolean isLarge =
        taps >= LEAST_TAPS_OF_PLANES
            && s.groupChannels() * s.groupFilters() >= LEAST_WEIGHTS_OF_PLANES;
    return !Simd.MANY_REGISTERS
        && !GroupedTile.wholeRows(s)
        && taps > 1
        && s.strideWidth() <= 2
        && s.groupChannels() >= 2 * LANES
        && s.groupChannels() <= MOST_GROUP_CHANNELS
        && s.groupFilters() % (2 * LANES) == 0
        && (problem.channelsLast() || isLarge);
  }

  /**
   * Whether with 16 registers it is faster channels-first for many filters: 3x3 at 28x28 from 48
   * channels a group to 40 filters takes 0.78 of the time of stretches, to 44 0.9, to 37 0.9, to 64
   * and 96 0.91 and 0.99 (Choices, Zen 4 without AVX-512).
   */
  private static boolean manyFiltersPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !problem.channelsLast()
        && s.groupFilters() > MANY_FILTERS
        && s.strideWidth() <= 2
        && GroupedTile.wholeRows(s);
  }

  /** Whether kernels run a whole kernel row at a time, and share its columns. */
  public static boolean sharesColumns(ConvShape shape) {
    return GroupedTile.wholeRows(shape);
  }

  private static boolean isPaired(ConvProblem problem) {
    return GroupedWeights.isPaired(problem.shape(), problem.channelsLast());
  }

  private static boolean isCut(ConvProblem problem) {
    return GroupedTile.isCut(problem.shape(), isPaired(problem));
  }

  private static Border border(ConvProblem problem) {
    return isCut(problem) ? Border.NONE : Border.COLUMNS;
  }

  /** Whole rows where kernels cut their ends. */
  private static int blockPixels(ConvProblem problem, int windows) {
    ConvShape shape = problem.shape();
    return blockPixels(
        shape,
        GroupedWeights.vectors(shape) * LANES,
        isCut(problem) ? shape.outputWidth() : 1,
        windows,
        pixels -> stripFloats(problem, pixels));
  }

  private static long stripFloats(ConvProblem problem, int pixels) {
    ConvShape shape = problem.shape();
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.floats(shape, border(problem), GroupedTile.held(shape), rows, columns);
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return GroupedTile.wholeRows(problem.shape()) == GroupedTile.wholeRows(shape)
        ? new GroupedConv(problem, weights, epilogue)
        : null;
  }

  @Override
  protected UnitCost cost() {
    return super.cost().loading(shape.inputSize(), false, halo());
  }
}

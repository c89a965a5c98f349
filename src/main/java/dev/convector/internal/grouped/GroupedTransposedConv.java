package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TransposedProblem;
import java.util.ArrayList;
import java.util.List;

/**
 * A transposed convolution with few channels a group, one tap at a time: the outputs that meet the
 * same taps of the kernel are a phase.
 */
public final class GroupedTransposedConv extends GroupedPhaseConv {
  /** Most channels of groups to more than a vector of filters, but not whole pairs of them. */
  private static final int MOST_RAGGED = 16;

  private final TransposedProblem problem;
  private final Sight sight;

  public GroupedTransposedConv(TransposedProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        new GroupedWeights(tile(problem), false, problem.reordered(weights, taps(problem))),
        new Epilogue(problem.activation(), bias, problem.shape().filters()));
  }

  private GroupedTransposedConv(
      TransposedProblem problem, GroupedWeights weights, Epilogue epilogue) {
    this(
        problem,
        weights,
        epilogue,
        PixelBlocks.cut(problem.output().shape(), blockPixels(problem, weights)));
  }

  private GroupedTransposedConv(
      TransposedProblem problem, GroupedWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(
        problem.output(),
        tile(problem),
        phases(problem),
        weights,
        epilogue,
        blocks,
        new InputStrip(
            problem.input(),
            Sight.reaches(problem.shape()),
            problem.channelsLast(),
            Border.COLUMNS,
            weights,
            GroupedTile.step(tile(problem)),
            blocks));
    this.problem = problem;
    this.sight = Sight.of(problem);
  }

  /** A convolution whose kernel has all taps below each other, one column wide. */
  private static ConvShape tile(TransposedProblem problem) {
    ConvTransposeShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    return new ConvShape(
        1,
        s.channels(),
        new Axis(taps, taps, 1, 1, 0, 0),
        new Axis(1, 1, 1, 1, 0, 0),
        s.filters(),
        s.groups());
  }

  private static List<GroupedPhase> phases(TransposedProblem problem) {
    List<GroupedPhase> phases = new ArrayList<>();
    int first = 0;
    for (PhaseAxis rows : problem.phases().get(0)) {
      for (PhaseAxis columns : problem.phases().get(1)) {
        phases.add(
            GroupedPhase.of(
                rows,
                columns,
                problem.shape().height(),
                first,
                columns.taps(),
                problem.shape().groupChannels()));
        first += phases.getLast().steps();
      }
    }
    return phases;
  }

  /** The kernel's taps in the order of the phases' steps. */
  private static int[][] taps(TransposedProblem problem) {
    int[] taps = new int[problem.shape().kernelHeight() * problem.shape().kernelWidth()];
    for (GroupedPhase phase : phases(problem)) {
      problem.order(phase.rows(), phase.columns(), taps, phase.first());
    }
    return new int[][] {taps};
  }

  /**
   * Against the dense kernels, whose lanes are those of one group. Of their time 3x3 kernels with
   * stride 2 take 0.13 with 4 channels a group, 0.29 with 8, 0.45 with 16, 0.85 with 32, 5x5 0.2
   * with 5; from 24 to 24, whose second vector is half empty for both, 1.02, and channels-first 1.1
   * (Zen 5).
   */
  public static boolean pays(TransposedProblem problem) {
    ConvTransposeShape s = problem.shape();
    boolean ragged = s.groupFilters() > LANES && s.groupFilters() % (2 * LANES) != 0;
    return s.groups() > 1 && s.groupChannels() <= (ragged ? MOST_RAGGED : MOST_GROUP_CHANNELS);
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(TransposedProblem problem) {
    long weights = GroupedWeights.size(tile(problem));
    if (weights > Integer.MAX_VALUE / 2) {
      return "needs packed weights of at most "
          + Integer.MAX_VALUE / 2
          + " elements, not "
          + weights;
    }
    long floats = stripFloats(problem, GroupedTile.step(tile(problem)), 1);
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one output, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  private static int blockPixels(TransposedProblem problem, GroupedWeights weights) {
    ConvShape tile = tile(problem);
    return blockPixels(
        problem.output().shape(),
        GroupedWeights.vectors(tile) * LANES,
        1,
        problem.channelsLast() ? weights.windows() : 1,
        pixels -> stripFloats(problem, GroupedTile.held(tile), pixels));
  }

  private static long stripFloats(TransposedProblem problem, int step, int pixels) {
    ConvTransposeShape s = problem.shape();
    int rows = Math.clamp(pixels / s.outputWidth(), 1, s.outputHeight());
    int columns = Math.min(pixels, s.outputWidth());
    return InputStrip.floats(
        problem.input(), Sight.reaches(s), Border.COLUMNS, step, rows, columns);
  }

  @Override
  protected Sight sight() {
    return sight;
  }

  @Override
  protected UnitCost cost() {
    return problem.cost().loading(problem.shape().inputSize(), false, halo());
  }
}

package dev.convector.internal.transposed;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Sight;
import dev.convector.internal.dense.DensePhaseConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.Simd;

/**
 * Transposed convolution on the dense kernels: the outputs that meet the same taps of the kernel
 * are an ordinary convolution, and all of these are computed for a block of the output before the
 * next. Their weights are one packed panel, whose depth is ordered phase by phase.
 */
public final class DenseTransposedConv extends DensePhaseConv {
  private final DensePhases phases;
  private final Sight sight;

  public DenseTransposedConv(TransposedProblem problem, float[] weights, float[] bias) {
    this(new DensePhases(problem), weights, bias);
  }

  private DenseTransposedConv(DensePhases phases, float[] weights, float[] bias) {
    this(
        phases,
        DenseWeights.pack(phases.weights(), phases.weights(weights)),
        new Epilogue(
            phases.output().activation(), phases.bias(bias), phases.output().shape().filters()),
        PixelBlocks.cut(phases.output().shape(), blockPixels(phases)));
  }

  private DenseTransposedConv(
      DensePhases phases, DenseWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(
        phases.output(),
        phases.input(),
        phases.list(),
        weights,
        epilogue,
        blocks,
        phases.hasStrip() ? strip(phases, blocks) : null);
    this.phases = phases;
    this.sight =
        new Sight(
            ImageOrder.input(phases.input(), phases.output().channelsLast()),
            phases.reaches().get(0),
            phases.reaches().get(1));
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(TransposedProblem problem) {
    DensePhases phases = new DensePhases(problem);
    String weights = DenseWeights.refusal(phases.weights());
    if (weights != null || !phases.hasStrip()) {
      return weights;
    }
    long floats = phases.stripFloats(1);
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one output, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  /** As many pixels of each phase as a convolution's block has, if their results can be staged. */
  private static int blockPixels(DensePhases phases) {
    int filters = phases.output().shape().groupFilters();
    int columns = Math.min(DenseWeights.NR, Simd.roundUp(filters));
    int pixels =
        (int)
            Math.min(
                Blocking.TRANSPOSED_STAGED_FLOATS / columns, Blocking.DIRECT_ROWS * phases.steps());
    while (phases.hasStrip() && pixels > 1 && phases.stripFloats(pixels) > Blocking.STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static InputStrip strip(DensePhases phases, PixelBlocks blocks) {
    return new InputStrip(
        phases.input(),
        phases.reaches(),
        phases.output().channelsLast(),
        phases.border(),
        InputStrip.Windows.all(phases.input()),
        phases.input().channels(),
        blocks);
  }

  /** Not where neighbouring pixels are computed as one. */
  @Override
  public boolean allowsResultDistance() {
    return super.allowsResultDistance() && !phases.joinsPixels();
  }

  @Override
  protected Sight sight() {
    return sight;
  }

  @Override
  protected UnitCost cost() {
    UnitCost cost = phases.cost();
    return phases.hasStrip() ? cost.loading(phases.input().inputSize(), true, halo()) : cost;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    super.compute(run, panel);
    if (phases.isBare()) {
      withoutTaps(run, panel);
    }
  }

  /** The outputs that no tap reaches: with a kernel smaller than its stride, say. */
  private void withoutTaps(BlockRun run, int panel) {
    for (int row = run.row; row < run.endRow; row++) {
      int at = run.outputOffset + (row - run.row) * run.rowStep;
      for (int column = run.column; column < run.endColumn; column++, at += run.pixelStep) {
        if (!phases.hasTaps(row, column)) {
          withoutProducts(run, panel, at);
        }
      }
    }
  }
}

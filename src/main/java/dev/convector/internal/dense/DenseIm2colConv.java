package dev.convector.internal.dense;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;

/**
 * Channels-last, the classic path, im2col and matrix product (Chellapilla et al., "High Performance
 * Convolutional Neural Networks for Document Processing", 2006), blocked: a block of pixels is
 * unfolded into scratch that stays in the second-level cache and multiplied with every panel there.
 *
 * <p>Where the depth needs several unfoldings, they are repeated for each panel.
 */
public final class DenseIm2colConv extends DenseBlockConv {
  private final Im2col im2col;
  private final int depthAtATime;

  public DenseIm2colConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem, DenseWeights.pack(problem.shape(), weights), Epilogue.of(problem, bias));
  }

  private DenseIm2colConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    super(
        problem,
        weights,
        epilogue,
        PixelBlocks.cut(problem.shape(), Blocking.blockRows(Im2col.depth(problem.shape()))));
    this.im2col = new Im2col(shape);
    this.depthAtATime = Math.min(this.weights.depth(), Blocking.MAX_UNFOLDED_FLOATS / mostPixels());
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseIm2colConv(problem, weights, epilogue);
  }

  @Override
  protected int inputFloats() {
    return mostPixels() * Im2col.pitch(depthAtATime);
  }

  @Override
  protected void enter(BlockRun run) {
    int pitch = Im2col.pitch(depthAtATime);
    for (int row = run.row, at = 0; row < run.endRow; row++, at += run.width()) {
      list(run, row, run.column, 1, run.width(), at, at * pitch, pitch);
    }
  }

  @Override
  protected UnitCost cost() {
    long unfolded = shape.outputSize() / shape.filters() * (long) Im2col.depth(shape);
    return super.cost().loading(shape.groups() * unfolded, true, 0);
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (depthAtATime == weights.depth()) {
      unfold(run, panel, 0);
    }
    return Math.min(end, weights.endOfGroup(panel));
  }

  private void unfold(BlockRun run, int panel, int from) {
    int to = Math.min(weights.depth(), from + depthAtATime);
    im2col.unfold(run, weights.group(panel), from, to, Im2col.pitch(depthAtATime));
  }

  @Override
  protected boolean storesInOrder() {
    return depthAtATime == weights.depth() && depthAtATime <= Blocking.KC;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    int depth = weights.depth();
    TileCall call = call(run, panel);
    if (run.stagedEnd > 0) {
      call.left(run.scratch.floats, 0, depth);
      pixels(run, call);
      return;
    }
    for (int from = 0; from < depth; from += depthAtATime) {
      if (depthAtATime < depth) {
        unfold(run, panel, from);
      }
      int to = Math.min(depth, from + depthAtATime);
      call.left(run.scratch.floats, 0, to - from);
      call.stretch(from, from == 0, to == depth, 0, run.pixels());
    }
  }
}

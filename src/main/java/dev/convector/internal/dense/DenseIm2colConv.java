package dev.convector.internal.dense;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.block.OutputBlock;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DensePacking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedConv;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * Channels-last, the classic path, im2col and matrix product (Chellapilla et al., "High Performance
 * Convolutional Neural Networks for Document Processing", 2006), blocked: a block of pixels is
 * unfolded into scratch that stays in the second-level cache and multiplied with every panel there.
 */
public final class DenseIm2colConv implements PackedConv {
  /**
   * Floats of unfolded input at a time: with the staging just under 2 MiB, and all of it for any
   * depth up to 5,290.
   */
  private static final int MAX_UNFOLDED = 496 * 1024;

  private final ConvShape shape;
  private final DenseWeights weights;
  private final Epilogue epilogue;
  private final OutputBlock output;
  private final Im2col im2col;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final int depthAtATime;

  public DenseIm2colConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.weights = DensePacking.pack(shape, weights);
    this.epilogue = new Epilogue(problem.activation(), bias, shape.groups(), shape.groupFilters());
    this.output = new OutputBlock(shape, true, this.weights, epilogue);
    this.im2col = new Im2col(shape);
    this.blocks = PixelBlock.cut(shape, Blocking.blockRows(im2col.depth()));
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.depthAtATime = Math.min(im2col.depth(), MAX_UNFOLDED / mostPixels);
  }

  @Override
  public Algorithm algorithm() {
    return Algorithm.IM2COL_GEMM;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  public int scratchFloats() {
    return stagingOffset() + OutputBlock.stagingFloats(mostPixels);
  }

  private int stagingOffset() {
    return AlignedFloats.next(mostPixels * Im2col.pitch(depthAtATime));
  }

  @Override
  public int scratchInts() {
    return 3 * mostPixels;
  }

  @Override
  public int units(int threads) {
    int slices = shape.groups() > 1 ? shape.groups() : weights.panels();
    return blocks.size() * Split.parts(blocks.size(), slices, threads);
  }

  /**
   * A unit is a block of pixels and a range of groups, or of panels if there is one group. Where
   * the depth needs several unfoldings, they are repeated for each panel.
   */
  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks.size();
    PixelBlock block = blocks.get(unit / parts);
    int part = unit % parts;
    fillTable(block, scratch.ints);
    int panels = weights.panels();
    if (shape.groups() == 1) {
      int end = Split.start(panels, part + 1, parts);
      panels(operands, block, 0, Split.start(panels, part, parts), end, scratch);
      return;
    }
    int end = Split.start(shape.groups(), part + 1, parts);
    for (int group = Split.start(shape.groups(), part, parts); group < end; group++) {
      panels(operands, block, group, 0, panels, scratch);
    }
  }

  /** Tables of where each pixel's unfolded row, its output and its staging start. */
  private void fillTable(PixelBlock block, int[] table) {
    int pitch = Im2col.pitch(depthAtATime);
    int at = 0;
    for (int row = block.row(); row < block.endRow(); row++) {
      output.list(block, row, block.column(), block.columns(), table, at, mostPixels);
      for (int i = 0; i < block.columns(); i++, at++) {
        table[at] = at * pitch;
      }
    }
  }

  private void panels(
      Operands operands, PixelBlock block, int group, int first, int end, Scratch scratch) {
    boolean atOnce = depthAtATime == im2col.depth();
    if (atOnce) {
      unfold(operands, block, group, 0, scratch);
    }
    for (int panel = first; panel < end; panel++) {
      if (operands.residual != null) {
        output.loadResidual(operands, block, group, panel, scratch.floats, stagingOffset());
      }
      for (int from = 0; from < im2col.depth(); from += depthAtATime) {
        if (!atOnce) {
          unfold(operands, block, group, from, scratch);
        }
        multiply(operands, block, group, panel, from, scratch);
      }
      output.finish(operands, block, group, panel, scratch.floats, stagingOffset());
    }
  }

  private void unfold(Operands operands, PixelBlock block, int group, int from, Scratch scratch) {
    int to = Math.min(im2col.depth(), from + depthAtATime);
    im2col.unfold(
        operands.src,
        operands.srcOffset,
        block,
        group,
        from,
        to,
        scratch.floats,
        Im2col.pitch(depthAtATime));
  }

  private void multiply(
      Operands operands, PixelBlock block, int group, int panel, int from, Scratch scratch) {
    boolean fresh = from == 0 && operands.residual == null;
    int to = Math.min(from + depthAtATime, im2col.depth());
    boolean last = to == im2col.depth();
    try (TileCall product = TileCall.take()) {
      output.describe(
          product, operands, group, panel, from, fresh, last, scratch, mostPixels, stagingOffset());
      product.left(scratch.floats, 0, to - from);
      product.run(0, block.pixels());
    }
  }
}

package dev.convector.internal.separable;

import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.block.OutputBlock;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DensePacking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.Simd;
import java.util.List;

/**
 * A depthwise convolution whose output, a block of pixels at a time, is the left operand of the
 * pointwise one's matrix product: the block, {@code [pixels][channels]} whatever the layout, lies
 * in scratch and never leaves the second-level cache.
 */
public final class SeparableConv implements SeparableWork {
  /**
   * The most pixels of a block of a channels-first image, whose rows below the kernel are
   * transposed again for each block: with more, fewer of them twice. Staging then is 256 KiB.
   */
  private static final int MAX_PLANAR_PIXELS = 2048;

  /** Rows of a block of a channels-last image, where they fit: a tile of the depthwise kernel. */
  private static final int ROWS = 4;

  private final ConvShape shape;
  private final DepthwiseConv depthwise;
  private final DenseWeights weights;
  private final Epilogue epilogue;
  private final OutputBlock output;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final int stripOffset;
  private final ObjectPool<Operands> depthwiseOperands = new ObjectPool<>(Operands::new);

  /** Of problems that are not refused, the second on the output of the first. */
  public SeparableConv(
      ConvProblem depthwiseProblem,
      ConvProblem pointwiseProblem,
      float[] depthwiseWeights,
      float[] depthwiseBias,
      float[] pointwiseWeights,
      float[] pointwiseBias) {
    this.shape = pointwiseProblem.shape();
    boolean channelsLast = pointwiseProblem.channelsLast();
    int most =
        channelsLast
            ? Math.max(Blocking.MAX_BLOCK_ROWS, ROWS * shape.outputWidth())
            : MAX_PLANAR_PIXELS;
    int pixels = Math.clamp(BLOCK_FLOATS / shape.channels(), 1, most);
    this.depthwise =
        new DepthwiseConv(depthwiseProblem, Layout.NHWC, pixels, depthwiseWeights, depthwiseBias);
    this.weights = DensePacking.pack(shape, pointwiseWeights);
    this.epilogue = new Epilogue(pointwiseProblem.activation(), pointwiseBias, 1, shape.filters());
    this.output = new OutputBlock(shape, channelsLast, weights, epilogue);
    this.blocks = depthwise.blocks();
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.stripOffset =
        Simd.roundUp(Math.max(depthwise.scratchFloats(), OutputBlock.stagingFloats(mostPixels)));
  }

  /** Why the problems can't be computed in one; null if they can. */
  public static String refusal(ConvProblem depthwiseProblem, ConvProblem pointwiseProblem) {
    ConvShape shape = pointwiseProblem.shape();
    if (shape.channels() > BLOCK_FLOATS) {
      return "needs at most "
          + BLOCK_FLOATS
          + " channels between depthwise and pointwise, not "
          + shape.channels();
    }
    long packed = DenseWeights.size(1, shape.channels(), shape.filters());
    if (packed > Integer.MAX_VALUE - 8) {
      return "needs packed weights of at most "
          + (Integer.MAX_VALUE - 8)
          + " elements, not "
          + packed;
    }
    return DepthwiseConv.refusal(depthwiseProblem);
  }

  @Override
  public long intermediateBytes() {
    return (long) mostPixels * shape.channels() * Float.BYTES;
  }

  @Override
  public long packedBytes() {
    return depthwise.packedBytes() + weights.bytes() + epilogue.bytes();
  }

  @Override
  public int scratchFloats() {
    return stripOffset + mostPixels * shape.channels();
  }

  @Override
  public int scratchInts() {
    return 3 * mostPixels;
  }

  /**
   * Where there are fewer blocks than threads, several units share a block's panels, and each
   * computes the depthwise part: a few percent of a block's time, against an idle thread.
   */
  @Override
  public int units(int threads) {
    int parts = Math.min(weights.panels(), Math.ceilDiv(threads, blocks.size()));
    return blocks.size() * parts;
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks.size();
    PixelBlock block = blocks.get(unit / parts);
    int part = unit % parts;
    depthwise(operands, block, scratch);
    fillTable(block, scratch.ints);
    int end = Split.start(weights.panels(), part + 1, parts);
    for (int panel = Split.start(weights.panels(), part, parts); panel < end; panel++) {
      if (operands.residual != null) {
        output.loadResidual(operands, block, 0, panel, scratch.floats, 0);
      }
      pointwise(operands, block, panel, scratch);
      output.finish(operands, block, 0, panel, scratch.floats, 0);
    }
  }

  private void depthwise(Operands operands, PixelBlock block, Scratch scratch) {
    Operands inner = depthwiseOperands.take();
    inner.src = operands.src;
    inner.srcOffset = operands.srcOffset;
    try {
      depthwise.run(inner, block, scratch.floats, stripOffset, scratch);
    } finally {
      inner.clear();
      depthwiseOperands.give(inner);
    }
  }

  /** Tables of where each pixel's channels, its output and its staging start. */
  private void fillTable(PixelBlock block, int[] table) {
    int at = 0;
    for (int row = block.row(); row < block.endRow(); row++) {
      output.list(block, row, block.column(), block.columns(), table, at, mostPixels);
      for (int i = 0; i < block.columns(); i++, at++) {
        table[at] = at * shape.channels();
      }
    }
  }

  private void pointwise(Operands operands, PixelBlock block, int panel, Scratch scratch) {
    boolean fresh = operands.residual == null;
    try (TileCall product = TileCall.take()) {
      output.describe(product, operands, 0, panel, 0, fresh, true, scratch, mostPixels, 0);
      product.left(scratch.floats, stripOffset, shape.channels());
      product.run(0, block.pixels());
    }
  }
}

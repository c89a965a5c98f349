package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * Direct convolution with few channels a group, on the kernels of the codegen folder's
 * GroupedKernels: filters lie across the lanes, those of several groups where a group has few, and
 * a tile of neighbouring pixels of one row shares the input columns that it loads.
 *
 * <p>Kernels of three columns run a whole kernel row at a time, all others one tap at a time. The
 * channels that a panel of filters sees are first copied to a {@link GroupedStrip}. Kernel rows
 * outside the image cost nothing.
 */
public final class GroupedConv implements PackedWork {
  /**
   * Floats of a strip that should do: 512 KiB, a quarter of the second-level cache. Twice and half
   * as much cost 5 to 10 % on Granite Rapids, since rows that leave the cache or that two blocks
   * share are loaded again.
   */
  private static final int STRIP_FLOATS = 128 * 1024;

  /** Floats of a strip: 1 MiB. */
  private static final int MAX_STRIP_FLOATS = 256 * 1024;

  /**
   * Iterations of a call's loops. With more than 65 the JIT's counter of loops (40,000) is full
   * before its counter of calls (600), and it first compiles versions for the middles of the loops:
   * with a call for each column of tiles the first run took 0.9 s to get fast, so 0.5 s.
   */
  private static final int CALL_ITERATIONS = 60;

  /** Tiles of a call, even if they are more iterations: with one 5 to 15 % slower. */
  private static final int LEAST_CALL_ROWS = 2;

  /**
   * Where AlgorithmList takes DenseConv's stretches of one tap for long enough. Measured with 4 to
   * 32 channels a group only.
   */
  private static final int MOST_GROUP_CHANNELS = 47;

  private final ConvShape shape;
  private final boolean isCut;
  private final GroupedWeights weights;
  private final int kernel;

  /** Panels that a tile computes. */
  private final int vectors;

  /** Of a tile. */
  private final int mostPixels;

  private final Epilogue epilogue;
  private final GroupedOutput output;
  private final TapRanges rowRanges;
  private final List<PixelBlock> blocks;
  private final GroupedStrip strip;

  /** That the strip holds. */
  private final int windows;

  /** Floats from the input of one pixel of a tap kernel's tile to that of the next. */
  private final int pixelStep;

  /** Of a kernel row. */
  private final int rowSteps;

  /** Where the input of each step lies in the strip, from the first tap's on. */
  private final int[] steps;

  /** Tiles of a call. */
  private final int callRows;

  private final int stripOffset;
  private final int stagingOffset;
  private final int scratchFloats;

  public GroupedConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.isCut = GroupedTile.isCut(shape);
    boolean wholeRows = GroupedTile.wholeRows(shape);
    this.weights = new GroupedWeights(shape, wholeRows, weights, bias);
    this.kernel = GroupedTile.kernel(shape);
    this.vectors = GroupedWeights.vectors(shape);
    this.mostPixels = GroupedTile.mostPixels(shape);
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.output = new GroupedOutput(shape, problem.channelsLast(), this.weights, epilogue);
    this.rowRanges =
        new TapRanges(
            shape.outputHeight(),
            shape.height(),
            shape.kernelHeight(),
            shape.strideHeight(),
            shape.dilationHeight(),
            shape.padTop());
    int together = problem.channelsLast() ? this.weights.windows() : 1;
    this.blocks = PixelBlock.cut(shape, blockPixels(shape, together));
    int step = GroupedTile.step(shape);
    this.strip =
        new GroupedStrip(shape, problem.channelsLast(), this.weights, window(shape), step, blocks);
    this.windows = Math.clamp(MAX_STRIP_FLOATS / strip.windowFloats(), 1, together);
    this.pixelStep = shape.strideWidth() * step;
    this.rowSteps = wholeRows ? 1 : shape.kernelWidth();
    this.steps = new int[shape.kernelHeight() * rowSteps];
    for (int i = 0; i < steps.length; i++) {
      steps[i] =
          i / rowSteps * shape.dilationHeight() * strip.rowStep()
              + i % rowSteps * shape.dilationWidth() * step;
    }
    int iterations = steps.length * (shape.groupChannels() + 1) + 1;
    this.callRows = Math.max(LEAST_CALL_ROWS, CALL_ITERATIONS / iterations);
    this.stripOffset = AlignedFloats.next(LANES);
    this.stagingOffset = AlignedFloats.next(stripOffset + windows * strip.windowFloats());
    int blockPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.scratchFloats = stagingOffset + vectors * GroupedOutput.stagingFloats(blockPixels);
  }

  /** Whether a problem is of this kind, and within the limits of packed weights and of scratch. */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() > 1
        && s.groupChannels() <= MOST_GROUP_CHANNELS
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2
        && GroupedStrip.floats(s, GroupedTile.step(s), 1, 1) <= MAX_STRIP_FLOATS;
  }

  /** Input channels of a panel. */
  private static int window(ConvShape shape) {
    return GroupedWeights.isShared(shape) ? LANES : shape.groupChannels();
  }

  /** As many as keep so many windows of the input, and what is staged, within a strip's limit. */
  private static int blockPixels(ConvShape shape, int windows) {
    int most = STRIP_FLOATS / GroupedOutput.stagingFloats(GroupedWeights.vectors(shape));
    int pixels = Math.min(most, shape.outputHeight() * shape.outputWidth());
    while (pixels > 1 && stripFloats(shape, pixels) * windows > STRIP_FLOATS) {
      pixels = pixels > shape.outputWidth() ? pixels - shape.outputWidth() : pixels / 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return GroupedStrip.floats(shape, GroupedTile.step(shape), rows, columns);
  }

  @Override
  public long packedBytes() {
    return weights.bytes();
  }

  @Override
  public int scratchFloats() {
    return scratchFloats;
  }

  @Override
  public int units(int threads) {
    return blocks.size() * Split.parts(blocks.size(), weights.panels() / vectors, threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks.size();
    PixelBlock block = blocks.get(unit / parts);
    int part = unit % parts;
    strip.clearOutside(block, windows, scratch.floats, stripOffset);
    int tilePanels = weights.panels() / vectors;
    int start = Split.start(tilePanels, part, parts) * vectors;
    int end = Split.start(tilePanels, part + 1, parts) * vectors;
    int loaded = -windows;
    for (int panel = start; panel < end; panel += vectors) {
      int window = weights.window(panel);
      if (window >= loaded + windows) {
        loaded = window;
        int to = Math.min(window + windows, weights.window(end - 1) + 1);
        strip.load(operands, block, window, to, scratch.floats, stripOffset);
      }
      int aOffset = stripOffset + (window - loaded) * strip.windowFloats();
      for (int i = 0; i < vectors && operands.residual != null; i++) {
        output.loadResidual(operands, block, panel + i, scratch.floats, staging(block, i));
      }
      panel(operands, block, panel, aOffset, scratch.floats);
      for (int i = 0; i < vectors; i++) {
        output.finish(operands, block, panel + i, scratch.floats, staging(block, i));
      }
    }
  }

  /** Where the results of a tile's i-th panel are staged. */
  private int staging(PixelBlock block, int i) {
    return stagingOffset + i * GroupedOutput.stagingFloats(block.pixels());
  }

  /** All tiles of a panel, whose window starts at {@code aOffset}. */
  private void panel(Operands operands, PixelBlock block, int panel, int aOffset, float[] scratch) {
    int row = block.row();
    int range = rowRanges.find(row);
    while (row < block.endRow()) {
      int end = Math.min(Math.min(rowRanges.end(range), block.endRow()), row + callRows);
      int y = row * shape.strideHeight() - shape.padTop();
      int pixels;
      for (int column = block.column(); column < block.endColumn(); column += pixels) {
        pixels = nextPixels(block.endColumn() - column, mostPixels);
        int x = column * shape.strideWidth() - shape.padLeft();
        int at = aOffset + strip.offset(block, y, x);
        int cut = cut(x, pixels);
        tiles(operands, block, panel, row, end, column, pixels, cut, at, range, scratch);
      }
      row = end;
      range += row == rowRanges.end(range) ? 1 : 0;
    }
  }

  /** Which ends of a tile whose input starts at a column lie in the padding. */
  private int cut(int x, int pixels) {
    int last = x + (pixels - 1) * shape.strideWidth() + 2;
    return !isCut
        ? 0
        : (x < 0 ? GroupedKernel.LEFT : 0) + (last >= shape.width() ? GroupedKernel.RIGHT : 0);
  }

  /** Tiles below each other, one a row up to {@code endRow}, which see the same kernel rows. */
  private void tiles(
      Operands operands,
      PixelBlock block,
      int panel,
      int row,
      int endRow,
      int column,
      int pixels,
      int cut,
      int aOffset,
      int range,
      float[] scratch) {
    float[] c = output.isStaged(panel) ? scratch : operands.dst;
    int cOffset = output.offset(operands, block, panel, row, column, stagingOffset);
    int cRow = output.rowStep(block, panel);
    int cStep = output.pixelStep(panel);
    int cVector = output.isStaged(panel) ? staging(block, 1) - stagingOffset : LANES;
    boolean fromBias = operands.residual == null;
    GroupedKernel.run(
        kernel + cut,
        pixels,
        endRow - row,
        steps,
        rowRanges.firstTap(range) * rowSteps,
        rowRanges.endTap(range) * rowSteps,
        shape.groupChannels(),
        scratch,
        aOffset,
        shape.strideHeight() * strip.rowStep(),
        pixelStep,
        weights.indexes(),
        weights.indexOffset(panel),
        weights.floats(),
        weights.offset(panel),
        weights.panelFloats(),
        fromBias ? weights.bias() : c,
        fromBias ? weights.biasOffset(panel) : cOffset,
        fromBias ? 0 : cRow,
        fromBias ? 0 : cStep,
        fromBias ? LANES : cVector,
        c,
        cOffset,
        cRow,
        cStep,
        cVector,
        epilogue.low(),
        epilogue.high());
  }

  /** As even as possible, since a tile of few pixels is bound by latency. */
  private static int nextPixels(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }
}

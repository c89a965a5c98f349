package dev.convector.internal.indirect;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.conv.ConvProblem;
import dev.convector.internal.conv.Epilogue;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.conv.TapRanges;
import dev.convector.internal.gemm.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * Direct convolution with few channels a group, on the kernels of the codegen folder's
 * GroupedKernels: filters lie across the lanes, those of several groups where a group has few, and
 * a tile of neighbouring pixels of one row shares the input columns that it loads.
 *
 * <p>Kernels of three columns run a whole kernel row at a time, all others one tap at a time. Taps
 * outside the image are never read. The channels that a panel of filters sees are first moved to a
 * strip in scratch where the input is channels-first, or where its pixels lie so many bytes apart
 * that they would evict each other from the first-level cache.
 */
public final class GroupedConv implements PackedConv {
  /** Floats of a strip, its halo left out: 128 KiB. */
  private static final int STRIP_FLOATS = 32 * 1024;

  /** Floats of a strip: 1 MiB. */
  private static final int MAX_STRIP_FLOATS = 256 * 1024;

  /** 4 KiB. */
  private static final int ALIASING_FLOATS = 1024;

  /**
   * Where AlgorithmList takes DirectConv's stretches of one tap for long enough. Measured with 4 to
   * 32 channels a group only.
   */
  private static final int MOST_GROUP_CHANNELS = 47;

  private final ConvShape shape;
  private final boolean wholeRows;
  private final GroupedWeights weights;
  private final int kernel;

  /** Panels that a tile computes. */
  private final int vectors;

  private final Epilogue epilogue;
  private final GroupedOutput output;
  private final TapRanges rowRanges;
  private final TapRanges columnRanges;
  private final List<PixelBlock> blocks;
  private final InputStrip strip;

  /** Of a tile. */
  private final int mostPixels;

  /** Floats from one input pixel to the next. */
  private final int inputStep;

  private final int stagingOffset;
  private final int scratchFloats;

  public GroupedConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.wholeRows = GroupedTile.wholeRows(shape);
    this.weights = new GroupedWeights(shape, wholeRows, weights, bias);
    this.kernel = GroupedTile.kernel(shape);
    this.vectors = GroupedWeights.vectors(shape);
    this.epilogue = new Epilogue(problem.activation(), null, 1, 1);
    this.output = new GroupedOutput(shape, problem.channelsLast(), this.weights, epilogue);
    this.rowRanges =
        new TapRanges(
            shape.outputHeight(),
            shape.height(),
            shape.kernelHeight(),
            shape.strideHeight(),
            shape.dilationHeight(),
            shape.padTop());
    this.columnRanges =
        new TapRanges(
            shape.outputWidth(),
            shape.width(),
            shape.kernelWidth(),
            shape.strideWidth(),
            shape.dilationWidth(),
            shape.padLeft());
    this.blocks = PixelBlock.cut(shape, blockPixels(problem));
    this.strip =
        isStripped(problem)
            ? new InputStrip(shape, problem.channelsLast(), window(shape), blocks)
            : null;
    this.mostPixels = GroupedTile.mostPixels(shape, strip != null);
    this.inputStep = strip == null ? shape.channels() : window(shape);
    this.stagingOffset = AlignedFloats.next(strip == null ? 0 : strip.floats());
    int blockPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.scratchFloats = stagingOffset + vectors * GroupedOutput.stagingFloats(blockPixels);
  }

  /** Whether a problem is of this kind, and within the limits of packed weights and of scratch. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() > 1
        && s.groupChannels() <= MOST_GROUP_CHANNELS
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2
        && (!isStripped(problem) || InputStrip.floats(s, window(s), 1, 1) <= MAX_STRIP_FLOATS);
  }

  /**
   * Pixels a multiple of 4 KiB apart fall into one set of the first-level cache, 8 lines: too few
   * for the 15 columns of a tile of stride 2 (60 against 88 GFLOP/s on Zen 4, 1024 channels at
   * 14x14), enough for stride 1, where copying costs 3 %.
   */
  private static boolean isStripped(ConvProblem problem) {
    ConvShape shape = problem.shape();
    return !problem.channelsLast()
        || (shape.strideWidth() > 1 && shape.channels() % ALIASING_FLOATS == 0);
  }

  /** Input channels of a panel. */
  private static int window(ConvShape shape) {
    return GroupedWeights.isShared(shape) ? LANES : shape.groupChannels();
  }

  /**
   * Without a strip, as many as keep the input of all panels in the second-level cache; with one as
   * many as keep the strip there, since blocks of few rows load their neighbours' rows again.
   */
  private static int blockPixels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    int area = shape.strideHeight() * shape.strideWidth();
    if (!isStripped(problem)) {
      return Blocking.blockRows(shape.channels() * area);
    }
    int pixels = Math.max(1, STRIP_FLOATS / (window(shape) * area));
    while (pixels > 1 && stripFloats(shape, pixels) > MAX_STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.floats(shape, window(shape), rows, columns);
  }

  @Override
  public Algorithm algorithm() {
    return Algorithm.DIRECT;
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
  public int scratchInts() {
    return (wholeRows ? 1 : shape.kernelWidth()) * shape.kernelHeight() * shape.groupChannels();
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
    float[] input = strip == null ? operands.src : scratch.floats;
    int loaded = -1;
    fillSteps(block, scratch.ints);
    int tilePanels = weights.panels() / vectors;
    int end = Split.start(tilePanels, part + 1, parts) * vectors;
    for (int panel = Split.start(tilePanels, part, parts) * vectors;
        panel < end;
        panel += vectors) {
      if (strip != null && loaded != weights.inputChannel(panel)) {
        loaded = weights.inputChannel(panel);
        strip.load(operands, block, loaded, scratch.floats);
      }
      for (int i = 0; i < vectors && operands.residual != null; i++) {
        output.loadResidual(operands, block, panel + i, scratch.floats, staging(block, i));
      }
      for (int row = block.row(); row < block.endRow(); row++) {
        if (wholeRows) {
          wholeRow(operands, block, panel, row, input, scratch);
        } else {
          taps(operands, block, panel, row, input, scratch);
        }
      }
      for (int i = 0; i < vectors; i++) {
        output.finish(operands, block, panel + i, scratch.floats, staging(block, i));
      }
    }
  }

  /** Where the results of a tile's i-th panel are staged. */
  private int staging(PixelBlock block, int i) {
    return stagingOffset + i * GroupedOutput.stagingFloats(block.pixels());
  }

  /** Where each step of the depth lies in the input, from the first tap's first channel on. */
  private void fillSteps(PixelBlock block, int[] steps) {
    int columns = wholeRows ? 1 : shape.kernelWidth();
    int width = strip == null ? shape.width() : strip.width(block);
    int at = 0;
    for (int r = 0; r < shape.kernelHeight(); r++) {
      for (int s = 0; s < columns; s++) {
        int tap = (r * shape.dilationHeight() * width + s * shape.dilationWidth());
        for (int j = 0; j < shape.groupChannels(); j++, at++) {
          steps[at] = tap * inputStep + (weights.isShared() ? 0 : j);
        }
      }
    }
  }

  /** Where a panel's first channel of an input pixel lies, or would lie if outside. */
  private int inputOffset(Operands operands, PixelBlock block, int panel, int y, int x) {
    if (strip != null) {
      return strip.offset(block, y, x);
    }
    return operands.srcOffset
        + ((block.image() * shape.height() + y) * shape.width() + x) * shape.channels()
        + weights.inputChannel(panel);
  }

  private static int range(TapRanges ranges, int output) {
    int range = 0;
    while (output >= ranges.end(range)) {
      range++;
    }
    return range;
  }

  /** One row of a block, tile by tile, each with all its taps at once. */
  private void wholeRow(
      Operands operands, PixelBlock block, int panel, int row, float[] input, Scratch scratch) {
    int range = range(rowRanges, row);
    int firstTap = rowRanges.firstTap(range);
    int from = firstTap * shape.groupChannels();
    int to = rowRanges.endTap(range) * shape.groupChannels();
    int y = row * shape.strideHeight() - shape.padTop() + firstTap * shape.dilationHeight();
    int column = block.column();
    while (column < block.endColumn()) {
      int pixels = nextPixels(block.endColumn() - column, mostPixels);
      int end = column + pixels;
      boolean left = column * shape.strideWidth() < shape.padLeft();
      boolean right = isCutRight(end);
      int tiles = 1;
      while (!left
          && end < block.endColumn()
          && nextPixels(block.endColumn() - end, mostPixels) == pixels
          && !isCutRight(end + pixels)) {
        tiles++;
        end += pixels;
      }
      int x = column * shape.strideWidth() - shape.padLeft();
      int aOffset = inputOffset(operands, block, panel, y, x);
      int cut = (left ? GroupedKernel.LEFT : 0) + (right ? GroupedKernel.RIGHT : 0);
      tiles(
          operands, block, panel, row, column, pixels, cut, tiles, input, aOffset, from, to, true,
          true, scratch);
      column = end;
    }
  }

  /** Whether the last of the taps of the pixel before {@code end} lies outside. */
  private boolean isCutRight(int end) {
    return (end - 1) * shape.strideWidth() - shape.padLeft() + 2 >= shape.width();
  }

  /** One row of a block, one tap at a time: in each range of columns those inside the image. */
  private void taps(
      Operands operands, PixelBlock block, int panel, int row, float[] input, Scratch scratch) {
    int range = range(rowRanges, row);
    int firstRow = rowRanges.firstTap(range);
    int endRow = rowRanges.endTap(range);
    int y = row * shape.strideHeight() - shape.padTop() + firstRow * shape.dilationHeight();
    int rowSteps = shape.kernelWidth() * shape.groupChannels();
    for (int j = 0; j < columnRanges.count(); j++) {
      int start = Math.max(block.column(), columnRanges.start(j));
      int end = Math.min(block.endColumn(), columnRanges.end(j));
      int from = columnRanges.firstTap(j) * shape.groupChannels();
      int to = columnRanges.endTap(j) * shape.groupChannels();
      int shift = columnRanges.firstTap(j) * shape.dilationWidth() - shape.padLeft();
      int pixels;
      for (int column = start; column < end; column += pixels) {
        pixels = nextPixels(end - column, mostPixels);
        int x = column * shape.strideWidth() + shift;
        if (to - from == rowSteps || to == from || endRow == firstRow) {
          // The steps of all kernel rows follow one another, or there are none.
          int last = to == from ? 0 : endRow * rowSteps;
          int first = to == from ? 0 : firstRow * rowSteps;
          int aOffset = inputOffset(operands, block, panel, y, x);
          tiles(
              operands, block, panel, row, column, pixels, 0, 1, input, aOffset, first, last, true,
              true, scratch);
          continue;
        }
        for (int r = firstRow; r < endRow; r++) {
          int tapY = y + (r - firstRow) * shape.dilationHeight();
          int aOffset = inputOffset(operands, block, panel, tapY, x);
          tiles(
              operands,
              block,
              panel,
              row,
              column,
              pixels,
              0,
              1,
              input,
              aOffset,
              r * rowSteps + from,
              r * rowSteps + to,
              r == firstRow,
              r == endRow - 1,
              scratch);
        }
      }
    }
  }

  /**
   * Adds the steps {@code from} to {@code to} of the depth to tiles of one row.
   *
   * @param first whether they start from the bias or the residual, not from earlier steps' sums
   * @param last whether the results are clamped
   */
  private void tiles(
      Operands operands,
      PixelBlock block,
      int panel,
      int row,
      int column,
      int pixels,
      int cut,
      int tiles,
      float[] input,
      int aOffset,
      int from,
      int to,
      boolean first,
      boolean last,
      Scratch scratch) {
    float[] c = output.isStaged(panel) ? scratch.floats : operands.dst;
    int cOffset = output.offset(operands, block, panel, row, column, stagingOffset);
    int cStep = output.pixelStep(panel);
    int cVector = output.isStaged(panel) ? staging(block, 1) - stagingOffset : LANES;
    boolean fromBias = first && operands.residual == null;
    GroupedKernel.run(
        kernel + cut,
        pixels,
        tiles,
        scratch.ints,
        (to - from) / shape.groupChannels(),
        shape.groupChannels(),
        input,
        aOffset,
        wholeRows ? inputStep : inputStep * shape.strideWidth(),
        weights.indexes(),
        weights.indexOffset(panel) + from * LANES,
        weights.floats(),
        weights.offset(panel) + from * (wholeRows ? shape.kernelWidth() : 1) * LANES,
        weights.panelFloats(),
        fromBias ? weights.bias() : c,
        fromBias ? weights.biasOffset(panel) : cOffset,
        fromBias ? 0 : cStep,
        fromBias ? LANES : cVector,
        c,
        cOffset,
        cStep,
        cVector,
        last ? epilogue.low() : Float.NEGATIVE_INFINITY,
        last ? epilogue.high() : Float.POSITIVE_INFINITY);
  }

  /** As even as possible, since a tile of few pixels is bound by latency. */
  private static int nextPixels(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }
}

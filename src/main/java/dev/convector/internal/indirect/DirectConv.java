package dev.convector.internal.indirect;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.conv.ConvProblem;
import dev.convector.internal.conv.Epilogue;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.conv.TapRanges;
import dev.convector.internal.gemm.Blocking;
import dev.convector.internal.gemm.OutputBlock;
import dev.convector.internal.gemm.PackedWeights;
import dev.convector.internal.gemm.PanelProduct;
import dev.convector.internal.gemm.WeightPacking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import java.util.List;

/**
 * Direct dense convolution on the matrix micro-kernel, after Dukhan, "The Indirect Convolution
 * Algorithm" (2019): the rows of the left operand are pixels of the input where they lie, found
 * through a table of offsets.
 *
 * <p>The output is cut at the borders into rectangles whose pixels have the same taps inside the
 * input, so that nothing is padded and taps outside cost nothing. In a rectangle the product runs
 * over one stretch of contiguous floats at a time: a whole kernel row where the taps are neighbours
 * and there is one group, else one tap. A channels-first input is transposed into a strip in
 * scratch, as much as a block of pixels needs.
 */
public final class DirectConv implements PackedConv {
  /** Floats of the strip of a channels-first input: 1 MiB. */
  private static final int MAX_STRIP_FLOATS = 256 * 1024;

  private final Algorithm algorithm;
  private final ConvShape shape;
  private final boolean channelsLast;
  private final PackedWeights weights;
  private final Epilogue epilogue;
  private final OutputBlock output;
  private final TapRanges rowRanges;
  private final TapRanges columnRanges;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final InputStrip strip;

  public DirectConv(Algorithm algorithm, ConvProblem problem, float[] weights, float[] bias) {
    this.algorithm = algorithm;
    this.channelsLast = problem.channelsLast();
    this.shape = problem.flattened().shape();
    this.weights = WeightPacking.pack(shape, weights);
    this.epilogue = new Epilogue(problem.activation(), bias, shape.groups(), shape.groupFilters());
    this.output = new OutputBlock(shape, channelsLast, this.weights, epilogue);
    this.rowRanges = rows(shape);
    this.columnRanges = columns(shape);
    this.blocks = PixelBlock.cut(shape, blockPixels(shape, channelsLast));
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.strip = channelsLast ? null : new InputStrip(shape, false, shape.channels(), blocks);
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    ConvShape shape = problem.flattened().shape();
    if (!problem.channelsLast()
        && InputStrip.floats(shape, shape.channels(), 1, 1) > MAX_STRIP_FLOATS) {
      return "needs the input below one kernel, "
          + InputStrip.floats(shape, shape.channels(), 1, 1)
          + " elements, to fit "
          + MAX_STRIP_FLOATS;
    }
    return null;
  }

  private static TapRanges rows(ConvShape s) {
    return new TapRanges(
        s.outputHeight(),
        s.height(),
        s.kernelHeight(),
        s.strideHeight(),
        s.dilationHeight(),
        s.padTop());
  }

  private static TapRanges columns(ConvShape s) {
    return new TapRanges(
        s.outputWidth(),
        s.width(),
        s.kernelWidth(),
        s.strideWidth(),
        s.dilationWidth(),
        s.padLeft());
  }

  private static int blockPixels(ConvShape shape, boolean channelsLast) {
    int inputPerPixel = shape.channels() * shape.strideHeight() * shape.strideWidth();
    int pixels = Blocking.blockRows(inputPerPixel);
    if (channelsLast) {
      return pixels;
    }
    while (pixels > 1 && stripFloats(shape, pixels) > MAX_STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    return InputStrip.floats(shape, shape.channels(), rows, Math.min(pixels, shape.outputWidth()));
  }

  @Override
  public Algorithm algorithm() {
    return algorithm;
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
    return strip == null ? 0 : strip.floats();
  }

  @Override
  public int scratchInts() {
    return 3 * mostPixels;
  }

  @Override
  public int units(int threads) {
    return blocks.size() * Split.parts(blocks.size(), shape.groups() * weights.panels(), threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks.size();
    PixelBlock block = blocks.get(unit / parts);
    int part = unit % parts;
    int panels = shape.groups() * weights.panels();
    float[] input = operands.src;
    int origin = operands.srcOffset;
    if (strip != null) {
      strip.load(operands, block, 0, scratch.floats);
      input = scratch.floats;
      origin = 0;
    }
    fillTable(block, scratch.ints);
    int end = Split.start(panels, part + 1, parts);
    for (int p = Split.start(panels, part, parts); p < end; p++) {
      panel(operands, block, p / weights.panels(), p % weights.panels(), input, origin, scratch);
    }
  }

  /**
   * Writes the block's pixels, one rectangle after another, into three tables: where their input
   * starts, where their output starts, and where they are staged.
   */
  private void fillTable(PixelBlock block, int[] table) {
    int at = 0;
    for (int i = 0; i < rowRanges.count(); i++) {
      int endRow = Math.min(block.endRow(), rowRanges.end(i));
      for (int j = 0; j < columnRanges.count(); j++) {
        int endColumn = Math.min(block.endColumn(), columnRanges.end(j));
        for (int row = Math.max(block.row(), rowRanges.start(i)); row < endRow; row++) {
          int column = Math.max(block.column(), columnRanges.start(j));
          for (; column < endColumn; column++, at++) {
            int order = (row - block.row()) * block.columns() + column - block.column();
            table[at] = inputOffset(block, row, column);
            table[mostPixels + at] = output.pixelOffset(block.image(), row, column);
            table[2 * mostPixels + at] = order * PackedWeights.NR;
          }
        }
      }
    }
  }

  /** Where the first tap of a pixel's window lies, also if that is outside. */
  private int inputOffset(PixelBlock block, int row, int column) {
    int y = row * shape.strideHeight() - shape.padTop();
    int x = column * shape.strideWidth() - shape.padLeft();
    return strip == null
        ? ((block.image() * shape.height() + y) * shape.width() + x) * shape.channels()
        : strip.offset(block, y, x);
  }

  private void panel(
      Operands operands,
      PixelBlock block,
      int group,
      int panel,
      float[] input,
      int origin,
      Scratch scratch) {
    int staging = stagingOffset();
    boolean staged = output.isStaged(panel);
    if (operands.residual != null) {
      output.loadResidual(operands, block, group, panel, scratch.floats, staging);
    }
    float[] c = staged ? scratch.floats : operands.dst;
    int cRows = (staged ? 2 : 1) * mostPixels;
    int cOffset = staged ? staging : output.panelOffset(operands, group, panel);
    int from = 0;
    for (int i = 0; i < rowRanges.count(); i++) {
      int rows =
          Math.min(block.endRow(), rowRanges.end(i)) - Math.max(block.row(), rowRanges.start(i));
      for (int j = 0; rows > 0 && j < columnRanges.count(); j++) {
        int columns =
            Math.min(block.endColumn(), columnRanges.end(j))
                - Math.max(block.column(), columnRanges.start(j));
        if (columns > 0) {
          int to = from + rows * columns;
          rectangle(
              operands,
              block,
              group,
              panel,
              i,
              j,
              scratch.ints,
              input,
              origin,
              c,
              cRows,
              cOffset,
              from,
              to);
          from = to;
        }
      }
    }
    output.finish(operands, block, group, panel, scratch.floats, staging);
  }

  /** The products of pixels {@code from} to {@code to}, which share their taps, with one panel. */
  private void rectangle(
      Operands operands,
      PixelBlock block,
      int group,
      int panel,
      int rowRange,
      int columnRange,
      int[] table,
      float[] input,
      int origin,
      float[] c,
      int cRows,
      int cOffset,
      int from,
      int to) {
    int firstRow = rowRanges.firstTap(rowRange);
    int firstColumn = columnRanges.firstTap(columnRange);
    int taps = columnRanges.endTap(columnRange) - firstColumn;
    boolean joined = shape.dilationWidth() == 1 && shape.groups() == 1;
    int stretches = joined ? Math.min(taps, 1) : taps;
    int depth = joined ? taps * shape.channels() : shape.groupChannels();
    int left = (rowRanges.endTap(rowRange) - firstRow) * stretches;
    int vectors = weights.vectors(panel);
    int step = weights.step(panel);
    int panelOffset = weights.offset(group, panel);

    float[] start = operands.residual == null ? epilogue.bias() : c;
    int startOffset =
        operands.residual == null ? epilogue.biasOffset(group, panel * PackedWeights.NR) : cOffset;
    int startMask =
        operands.residual == null ? PanelProduct.SAME_FOR_ALL_ROWS : PanelProduct.AS_RESULT;
    if (left == 0) {
      PanelProduct.run(
          table,
          input,
          0,
          0,
          0,
          weights.floats(),
          panelOffset,
          vectors,
          start,
          startOffset,
          startMask,
          c,
          cRows,
          cOffset,
          from,
          to,
          epilogue.low(),
          epilogue.high());
      return;
    }
    for (int r = firstRow; r < rowRanges.endTap(rowRange); r++) {
      for (int i = 0; i < stretches; i++) {
        int s = firstColumn + i;
        int tap = r * shape.kernelWidth() + s;
        left--;
        PanelProduct.run(
            table,
            input,
            0,
            origin + tapOffset(block, r, s) + group * shape.groupChannels(),
            depth,
            weights.floats(),
            panelOffset + tap * shape.groupChannels() * step,
            vectors,
            start,
            startOffset,
            startMask,
            c,
            cRows,
            cOffset,
            from,
            to,
            left == 0 ? epilogue.low() : Float.NEGATIVE_INFINITY,
            left == 0 ? epilogue.high() : Float.POSITIVE_INFINITY);
        start = c;
        startOffset = cOffset;
        startMask = PanelProduct.AS_RESULT;
      }
    }
  }

  private int tapOffset(PixelBlock block, int r, int s) {
    int width = strip == null ? shape.width() : strip.width(block);
    return (r * shape.dilationHeight() * width + s * shape.dilationWidth()) * shape.channels();
  }
}

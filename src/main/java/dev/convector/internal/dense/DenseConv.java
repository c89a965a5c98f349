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
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * Direct dense convolution on the matrix micro-kernel, after Dukhan, "The Indirect Convolution
 * Algorithm" (2019): the rows of the left operand are pixels of the input where they lie, found
 * through a table of offsets.
 *
 * <p>The output is cut into ranges of columns whose pixels have the same kernel columns inside the
 * input, and each kernel row is added to the output rows at which it lies inside, so that nothing
 * is padded and taps outside cost nothing. The product runs over one stretch of contiguous floats
 * at a time: a whole kernel row where the taps are neighbours and there is one group, else one tap.
 * A channels-first input is transposed into a strip in scratch, as much as a block of pixels needs.
 */
public final class DenseConv implements PackedConv {
  /** Floats of the strip of a channels-first input: 1 MiB. */
  private static final int MAX_STRIP_FLOATS = 256 * 1024;

  /** Share of filling the strip, which every range of a block's panels repeats. */
  private static final double STRIP_SHARE = 0.1;

  private final Algorithm algorithm;
  private final ConvShape shape;
  private final boolean channelsLast;
  private final DenseWeights weights;
  private final Epilogue epilogue;
  private final OutputBlock output;
  private final TapRanges rowRanges;
  private final TapRanges columnRanges;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final InputStrip strip;

  public DenseConv(Algorithm algorithm, ConvProblem problem, float[] weights, float[] bias) {
    this.algorithm = algorithm;
    this.channelsLast = problem.channelsLast();
    this.shape = problem.flattened().shape();
    this.weights = DensePacking.pack(shape, weights);
    this.epilogue = new Epilogue(problem.activation(), bias, shape.groups(), shape.groupFilters());
    this.output = new OutputBlock(shape, channelsLast, this.weights, epilogue);
    this.rowRanges = rows(shape);
    this.columnRanges = columns(shape);
    this.blocks = PixelBlock.cut(shape, blockPixels(shape, channelsLast));
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.strip = channelsLast ? null : new InputStrip(shape, blocks);
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    ConvShape shape = problem.flattened().shape();
    if (!problem.channelsLast() && InputStrip.floats(shape, 1, 1) > MAX_STRIP_FLOATS) {
      return "needs the input below one kernel, "
          + InputStrip.floats(shape, 1, 1)
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
    int pixels = Blocking.DIRECT_ROWS;
    while (!channelsLast && pixels > 1 && stripFloats(shape, pixels) > MAX_STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    return InputStrip.floats(shape, rows, Math.min(pixels, shape.outputWidth()));
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
    return AlignedFloats.next(strip == null ? 0 : strip.floats());
  }

  @Override
  public int scratchInts() {
    return 3 * mostPixels;
  }

  @Override
  public int units(int threads) {
    int panels = shape.groups() * weights.panels();
    return strip == null
        ? blocks.size() * Split.parts(blocks.size(), panels, threads)
        : blocks.size() * Split.parts(blocks.size(), panels, threads, STRIP_SHARE);
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
      strip.load(operands, block, scratch.floats);
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
   * Writes the block's pixels, one range of columns after another and row by row in it, into three
   * tables: where their input starts, where their output starts, and where they are staged.
   */
  private void fillTable(PixelBlock block, int[] table) {
    int inputStep = shape.strideWidth() * shape.channels();
    int at = 0;
    for (int j = 0; j < columnRanges.count(); j++) {
      int column = firstColumn(block, j);
      int width = width(block, j);
      for (int row = block.row(); width > 0 && row < block.endRow(); row++) {
        output.list(block, row, column, width, table, at, mostPixels);
        int input = inputOffset(block, row, column);
        for (int i = 0; i < width; i++, at++) {
          table[at] = input + i * inputStep;
        }
      }
    }
  }

  /** First column of a block that belongs to a range; meaningless if none does. */
  private int firstColumn(PixelBlock block, int range) {
    return Math.max(block.column(), columnRanges.start(range));
  }

  /** Columns of a block that belong to a range. */
  private int width(PixelBlock block, int range) {
    int end = Math.min(block.endColumn(), columnRanges.end(range));
    return Math.max(0, end - firstColumn(block, range));
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
    if (operands.residual != null) {
      output.loadResidual(operands, block, group, panel, scratch.floats, stagingOffset());
    }
    int from = 0;
    for (int j = 0; j < columnRanges.count(); j++) {
      int width = width(block, j);
      if (width > 0) {
        columns(operands, block, group, panel, j, from, width, input, origin, scratch);
        from += width * block.rows();
      }
    }
    output.finish(operands, block, group, panel, scratch.floats, stagingOffset());
  }

  /**
   * The sums of all pixels of one range of columns, {@code width} of them in a row and the first at
   * {@code from} in the tables, for one panel: kernel row after kernel row, each for all output
   * rows at which it lies inside the image. So tiles are cut from many pixels: by output rows with
   * the same taps, the border of a 7x7 image would make tiles of 5 pixels and of 1.
   */
  private void columns(
      Operands operands,
      PixelBlock block,
      int group,
      int panel,
      int columnRange,
      int from,
      int width,
      float[] input,
      int origin,
      Scratch scratch) {
    boolean fresh = operands.residual == null;
    int firstTap = columnRanges.firstTap(columnRange);
    int taps = columnRanges.endTap(columnRange) - firstTap;
    int kernelRows = taps == 0 ? 0 : shape.kernelHeight();
    if (fresh) {
      // Rows at which the first kernel row lies outside; all if there are no taps.
      withoutTaps(
          operands, block, group, panel, kernelRows == 0 ? -1 : 0, from, width, true, scratch);
    }
    for (int r = 0; r < kernelRows; r++) {
      int row = firstRow(block, r) - block.row();
      int endRow = endRow(block, r) - block.row();
      if (row < endRow) {
        tapRow(
            operands,
            block,
            group,
            panel,
            r,
            firstTap,
            taps,
            fresh && r == 0,
            from + row * width,
            from + endRow * width,
            input,
            origin,
            scratch);
      }
    }
    if (epilogue.isClamped()) {
      // Rows at which the last kernel row lies outside.
      withoutTaps(operands, block, group, panel, kernelRows - 1, from, width, false, scratch);
    }
  }

  /** First row of a block at which a kernel row lies inside the image. */
  private int firstRow(PixelBlock block, int kernelRow) {
    return Math.clamp(rowRanges.firstOutput(kernelRow), block.row(), block.endRow());
  }

  private int endRow(PixelBlock block, int kernelRow) {
    return Math.clamp(rowRanges.endOutput(kernelRow), firstRow(block, kernelRow), block.endRow());
  }

  /**
   * Starts from the bias, or clamps, the rows at which a kernel row lies outside: above and below
   * those at which it lies inside. A negative kernel row means all rows.
   */
  private void withoutTaps(
      Operands operands,
      PixelBlock block,
      int group,
      int panel,
      int kernelRow,
      int from,
      int width,
      boolean fresh,
      Scratch scratch) {
    int above = kernelRow < 0 ? block.rows() : firstRow(block, kernelRow) - block.row();
    int below = kernelRow < 0 ? block.rows() : endRow(block, kernelRow) - block.row();
    withoutProducts(operands, group, panel, fresh, from, from + above * width, scratch);
    int to = from + block.rows() * width;
    withoutProducts(operands, group, panel, fresh, from + below * width, to, scratch);
  }

  /** Not by tiles without depth: C2 may allocate their sums. */
  private void withoutProducts(
      Operands operands, int group, int panel, boolean fresh, int from, int to, Scratch scratch) {
    boolean staged = output.isStaged(panel);
    float[] c = staged ? scratch.floats : operands.dst;
    int cRows = (staged ? 2 : 1) * mostPixels;
    int cOffset = staged ? stagingOffset() : output.panelOffset(operands, group, panel);
    int bias = epilogue.biasOffset(group, panel * DenseWeights.NR);
    for (int i = from; i < to; i++) {
      int at = scratch.ints[cRows + i] + cOffset;
      if (fresh) {
        System.arraycopy(epilogue.bias(), bias, c, at, weights.step(panel));
      } else {
        epilogue.activate(c, at, weights.step(panel));
      }
    }
  }

  /** Adds the products of one kernel row's taps, {@code taps} of them from {@code firstTap} on. */
  private void tapRow(
      Operands operands,
      PixelBlock block,
      int group,
      int panel,
      int r,
      int firstTap,
      int taps,
      boolean fresh,
      int from,
      int to,
      float[] input,
      int origin,
      Scratch scratch) {
    boolean joined = shape.dilationWidth() == 1 && shape.groups() == 1;
    int stretches = joined ? 1 : taps;
    int depth = joined ? taps * shape.channels() : shape.groupChannels();
    for (int i = 0; i < stretches; i++) {
      int s = firstTap + i;
      boolean last = r == shape.kernelHeight() - 1 && i == stretches - 1;
      product(
          operands,
          group,
          panel,
          (r * shape.kernelWidth() + s) * shape.groupChannels(),
          depth,
          fresh && i == 0,
          last,
          from,
          to,
          input,
          origin + tapOffset(block, r, s) + group * shape.groupChannels(),
          scratch);
    }
  }

  /**
   * Adds the products of one stretch of the depth to pixels {@code from} to {@code to}.
   *
   * @param step depth step of the packed weights
   * @param fresh whether sums start from the bias, not from what is there
   * @param last whether to clamp
   */
  private void product(
      Operands operands,
      int group,
      int panel,
      int step,
      int depth,
      boolean fresh,
      boolean last,
      int from,
      int to,
      float[] input,
      int aOffset,
      Scratch scratch) {
    try (TileCall product = TileCall.take()) {
      output.describe(
          product, operands, group, panel, step, fresh, last, scratch, mostPixels, stagingOffset());
      product.left(input, aOffset, depth);
      product.run(from, to);
    }
  }

  private int tapOffset(PixelBlock block, int r, int s) {
    int width = strip == null ? shape.width() : strip.width(block);
    return (r * shape.dilationHeight() * width + s * shape.dilationWidth()) * shape.channels();
  }
}

package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;

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
public final class DenseConv extends DenseBlockConv {
  /** Share of filling the strip, which every range of a block's panels repeats. */
  private static final double STRIP_SHARE = 0.1;

  private final TapRanges rowRanges;
  private final TapRanges columnRanges;

  /** Null where the input is read where it lies. */
  private final InputStrip strip;

  public DenseConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem.flattened(),
        DenseWeights.pack(problem.shape(), weights),
        Epilogue.of(problem, bias));
  }

  private DenseConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    super(problem, weights, epilogue, PixelBlock.cut(problem.shape(), blockPixels(problem)));
    this.rowRanges = TapRanges.rows(shape);
    this.columnRanges = TapRanges.columns(shape);
    this.strip =
        channelsLast
            ? null
            : new InputStrip(
                shape,
                false,
                Border.NONE,
                InputStrip.Windows.all(shape),
                shape.channels(),
                blocks());
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseConv(problem.flattened(), weights, epilogue);
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    String weights = DenseWeights.refusal(problem.shape());
    if (weights != null || problem.channelsLast()) {
      return weights;
    }
    long floats = stripFloats(problem.flattened().shape(), 1);
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one kernel, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  private static int blockPixels(ConvProblem problem) {
    int pixels = Blocking.DIRECT_ROWS;
    while (!problem.channelsLast()
        && pixels > 1
        && stripFloats(problem.shape(), pixels) > Blocking.STRIP_FLOATS) {
      pixels /= 2;
    }
    return pixels;
  }

  private static long stripFloats(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.floats(shape, Border.NONE, shape.channels(), rows, columns);
  }

  @Override
  protected int inputFloats() {
    return strip == null ? 0 : strip.windowFloats();
  }

  @Override
  protected double loadShare() {
    return strip == null ? 0 : STRIP_SHARE;
  }

  /** Lists the block's pixels, one range of columns after another and row by row in it. */
  @Override
  protected void enter(BlockRun run) {
    int step = shape.strideWidth() * shape.channels();
    int at = 0;
    for (int j = 0; j < columnRanges.count(); j++) {
      int column = firstColumn(run, j);
      int width = width(run, j);
      for (int row = run.row; width > 0 && row < run.endRow; row++, at += width) {
        list(run, row, column, width, at, inputOffset(run, row, column), step);
      }
    }
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (strip == null) {
      run.input = run.operands.src;
      run.inputOffset = run.operands.srcOffset;
    } else {
      strip.load(run, 0, 1, 0);
      run.input = run.scratch.floats;
      run.inputOffset = 0;
    }
    return end;
  }

  /** First column of a block that belongs to a range; meaningless if none does. */
  private int firstColumn(BlockRun run, int range) {
    return Math.max(run.column, columnRanges.start(range));
  }

  /** Columns of a block that belong to a range. */
  private int width(BlockRun run, int range) {
    int end = Math.min(run.endColumn, columnRanges.end(range));
    return Math.max(0, end - firstColumn(run, range));
  }

  /** Where the first tap of a pixel's window lies, also if that is outside. */
  private int inputOffset(BlockRun run, int row, int column) {
    if (strip != null) {
      return strip.windowOffset(run, row, column);
    }
    int y = row * shape.strideHeight() - shape.padTop();
    int x = column * shape.strideWidth() - shape.padLeft();
    return ((run.image * shape.height() + y) * shape.width() + x) * shape.channels();
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    TileCall call = call(run, panel);
    int from = 0;
    for (int j = 0; j < columnRanges.count(); j++) {
      int width = width(run, j);
      if (width > 0) {
        columns(run, call, panel, j, from);
        from += width * run.rows();
      }
    }
    call.clear();
  }

  /**
   * The sums of all pixels of one range of columns, the first at {@code from} in the tables, for
   * one panel: kernel row after kernel row, each for all output rows at which it lies inside the
   * image. So tiles are cut from many pixels: by output rows with the same taps, the border of a
   * 7x7 image would make tiles of 5 pixels and of 1.
   */
  private void columns(BlockRun run, TileCall call, int panel, int range, int from) {
    int width = width(run, range);
    int kernelRows =
        columnRanges.firstTap(range) < columnRanges.endTap(range) ? shape.kernelHeight() : 0;
    if (!run.started) {
      // Rows at which the first kernel row lies outside; all if there are no taps.
      withoutTaps(run, panel, kernelRows == 0 ? -1 : 0, from, width, true);
    }
    for (int r = 0; r < kernelRows; r++) {
      int row = firstRow(run, r) - run.row;
      int endRow = endRow(run, r) - run.row;
      if (row < endRow) {
        tapRow(run, call, panel, r, range, from + row * width, from + endRow * width);
      }
    }
    if (epilogue.isClamped()) {
      // Rows at which the last kernel row lies outside.
      withoutTaps(run, panel, kernelRows - 1, from, width, false);
    }
  }

  /** First row of a block at which a kernel row lies inside the image. */
  private int firstRow(BlockRun run, int kernelRow) {
    return Math.clamp(rowRanges.firstOutput(kernelRow), run.row, run.endRow);
  }

  private int endRow(BlockRun run, int kernelRow) {
    return Math.clamp(rowRanges.endOutput(kernelRow), firstRow(run, kernelRow), run.endRow);
  }

  /**
   * Starts from the bias, or clamps, the rows at which a kernel row lies outside: above and below
   * those at which it lies inside. A negative kernel row means all rows.
   */
  private void withoutTaps(
      BlockRun run, int panel, int kernelRow, int from, int width, boolean fresh) {
    int above = kernelRow < 0 ? run.rows() : firstRow(run, kernelRow) - run.row;
    int below = kernelRow < 0 ? run.rows() : endRow(run, kernelRow) - run.row;
    withoutProducts(run, panel, fresh, from, from + above * width);
    withoutProducts(run, panel, fresh, from + below * width, from + run.rows() * width);
  }

  /** Not by tiles without depth: C2 may allocate their sums. */
  private void withoutProducts(BlockRun run, int panel, boolean fresh, int from, int to) {
    int results = resultTable(run);
    for (int i = from; i < to; i++) {
      int at = run.scratch.ints[results + i] + run.outputOffset;
      if (fresh) {
        System.arraycopy(epilogue.bias(), run.filter, run.output, at, weights.step(panel));
      } else {
        epilogue.activate(run.output, at, weights.step(panel));
      }
    }
  }

  /** Adds the products of one kernel row's taps inside, for the pixels listed. */
  private void tapRow(BlockRun run, TileCall call, int panel, int r, int range, int from, int to) {
    int firstTap = columnRanges.firstTap(range);
    int taps = columnRanges.endTap(range) - firstTap;
    boolean joined = shape.dilationWidth() == 1 && shape.groups() == 1;
    int stretches = joined ? 1 : taps;
    int depth = joined ? taps * shape.channels() : shape.groupChannels();
    int group = run.inputOffset + weights.group(panel) * shape.groupChannels();
    for (int i = 0; i < stretches; i++) {
      int s = firstTap + i;
      boolean last = r == shape.kernelHeight() - 1 && i == stretches - 1;
      call.left(run.input, group + tapOffset(r, s), depth);
      int step = (r * shape.kernelWidth() + s) * shape.groupChannels();
      call.stretch(step, r == 0 && i == 0, last, from, to);
    }
  }

  private int tapOffset(int r, int s) {
    int row = strip == null ? shape.width() * shape.channels() : strip.rowStep();
    return r * shape.dilationHeight() * row + s * shape.dilationWidth() * shape.channels();
  }
}

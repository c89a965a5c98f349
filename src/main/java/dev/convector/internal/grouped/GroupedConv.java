package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;

/**
 * Direct convolution with few channels a group, on the kernels of the codegen folder's
 * GroupedKernels: filters lie across the lanes, those of several groups where a group has few, and
 * a tile of neighbouring pixels of one row shares the input columns that it loads.
 *
 * <p>Kernels of three columns run a whole kernel row at a time, all others one tap at a time. The
 * channels that a panel of filters sees are first copied to a strip. Kernel rows outside the image
 * cost nothing.
 */
public final class GroupedConv extends BlockConv {
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
  private static final int MOST_GROUP_CHANNELS = 48;

  /** Where the strip begins in scratch. */
  private static final int STRIP_OFFSET = AlignedFloats.FIRST;

  private final GroupedWeights weights;
  private final boolean paired;
  private final int kernel;

  /** Of a tile. */
  private final int tilePixels;

  private final TapRanges rowRanges;
  private final InputStrip strip;

  /** That the strip holds. */
  private final int windows;

  /** Floats of an element of the strip: 2 if it is of pairs. */
  private final int floats;

  /** Elements from the input of one pixel of a tap kernel's tile to that of the next. */
  private final int pixelStep;

  /** Of a kernel row. */
  private final int rowSteps;

  /** Where the input of each step lies in the strip, from the first tap's on. */
  private final int[] steps;

  /** Tiles of a call. */
  private final int callRows;

  public GroupedConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        new GroupedWeights(problem.shape(), isPaired(problem), weights),
        Epilogue.of(problem, bias));
  }

  private GroupedConv(ConvProblem problem, GroupedWeights weights, Epilogue epilogue) {
    super(
        problem.shape(),
        problem.channelsLast(),
        epilogue,
        weights,
        GroupedWeights.vectors(problem.shape()) * LANES,
        blocks(problem, blockPixels(problem, problem.channelsLast() ? weights.windows() : 1)));
    this.weights = weights;
    this.paired = isPaired(problem);
    this.kernel = GroupedTile.kernel(shape, paired);
    this.tilePixels = GroupedTile.mostPixels(shape, paired);
    this.rowRanges = TapRanges.rows(shape);
    int step = GroupedTile.step(shape);
    this.strip = new InputStrip(shape, channelsLast, border(problem), weights, step, blocks());
    int together = channelsLast ? weights.windows() : 1;
    this.windows = Math.clamp(Blocking.STRIP_FLOATS / strip.windowFloats(), 1, together);
    this.floats = paired ? 2 : 1;
    this.pixelStep = shape.strideWidth() * step / floats;
    this.rowSteps = GroupedTile.wholeRows(shape) ? 1 : shape.kernelWidth();
    this.steps = new int[shape.kernelHeight() * rowSteps];
    for (int i = 0; i < steps.length; i++) {
      steps[i] =
          (i / rowSteps * shape.dilationHeight() * strip.rowStep()
                  + i % rowSteps * shape.dilationWidth() * step)
              / floats;
    }
    int iterations = steps.length * (shape.groupChannels() + 1) + 1;
    this.callRows = Math.max(LEAST_CALL_ROWS, CALL_ITERATIONS / iterations);
  }

  private static PixelBlocks blocks(ConvProblem problem, int most) {
    PixelBlocks blocks = PixelBlocks.cut(problem.shape(), most);
    return isCut(problem) ? blocks.wholeRows() : blocks;
  }

  /**
   * Whether a problem is of this kind, and within the limits of packed weights and of scratch: then
   * it is faster than DenseConv's stretches of one tap.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() > 1
        && s.groupChannels() <= MOST_GROUP_CHANNELS
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2
        && InputStrip.floats(s, border(problem), GroupedTile.step(s), 1, 1)
            <= Blocking.STRIP_FLOATS;
  }

  private static boolean isPaired(ConvProblem problem) {
    return GroupedWeights.isPaired(problem.shape(), problem.channelsLast());
  }

  private static boolean isCut(ConvProblem problem) {
    return GroupedTile.isCut(problem.shape(), isPaired(problem));
  }

  private static Border border(ConvProblem problem) {
    return isCut(problem) ? Border.NONE : Border.COLUMNS;
  }

  /**
   * As many as keep so many windows of the input, and what is staged, within a strip's limit; whole
   * rows where kernels cut their ends.
   */
  private static int blockPixels(ConvProblem problem, int windows) {
    ConvShape shape = problem.shape();
    int limit = Blocking.GROUPED_STRIP_FLOATS;
    int least = isCut(problem) ? shape.outputWidth() : 1;
    int most = limit / (GroupedWeights.vectors(shape) * LANES);
    int pixels = Math.min(most, shape.outputHeight() * shape.outputWidth());
    while (pixels > least && stripFloats(problem, pixels) * windows > limit) {
      pixels = pixels > shape.outputWidth() ? pixels - shape.outputWidth() : pixels / 2;
    }
    return Math.max(least, pixels);
  }

  private static long stripFloats(ConvProblem problem, int pixels) {
    ConvShape shape = problem.shape();
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.floats(shape, border(problem), GroupedTile.held(shape), rows, columns);
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return GroupedTile.wholeRows(problem.shape()) == GroupedTile.wholeRows(shape)
        ? new GroupedConv(problem, weights, epilogue)
        : null;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  protected int inputFloats() {
    return STRIP_OFFSET + windows * strip.windowFloats();
  }

  @Override
  protected UnitCost cost() {
    return super.cost().loading(shape.inputSize(), false, halo());
  }

  /** Windows of neighbouring channels are loaded together. */
  @Override
  protected int mostParts(int all) {
    return channelsLast ? Math.max(1, all / InputStrip.LEAST_TOGETHER) : all;
  }

  @Override
  protected void enter(BlockRun run) {
    if (paired) {
      run.pairs = run.scratch.longs();
    }
    strip.clearBorder(run, windows, STRIP_OFFSET);
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    int window = weights.window(panel);
    int to = Math.min(window + windows, weights.window(end - 1) + 1);
    strip.load(run, window, to, STRIP_OFFSET);
    run.loaded = window;
    return Math.min(end, weights.firstPanel(to));
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    GroupedCall call = GroupedCall.of(run.scratch);
    call.kernel(kernel, steps, shape.groupChannels());
    int tileRow = shape.strideHeight() * strip.rowStep() / floats;
    if (paired) {
      call.input(run.pairs, tileRow, pixelStep);
    } else {
      call.input(run.scratch.floats, tileRow, pixelStep);
    }
    call.clamp(epilogue.low(), epilogue.high());
    call.weights(weights, panel);
    call.result(run.output, run.rowStep, run.pixelStep);
    if (run.started) {
      call.startFromResult();
    } else {
      call.startFrom(epilogue.bias(), run.filter);
    }
    int window = weights.window(panel) - run.loaded;
    int first = STRIP_OFFSET + window * strip.windowFloats();
    tiles(run, call, (first + strip.windowOffset(run, run.row, run.column)) / floats);
    call.clear();
  }

  /**
   * All tiles of a panel, the input of whose first pixel begins at {@code aOffset}. They are as
   * even as possible, since one of few pixels is bound by latency: the first ones of a row may have
   * a pixel more. No division in the loops, of which each call would have several.
   */
  private void tiles(BlockRun run, GroupedCall call, int aOffset) {
    int count = Math.ceilDiv(run.width(), tilePixels);
    int least = run.width() / count;
    int more = run.width() % count;
    int row = run.row;
    int range = rowRanges.find(row);
    while (row < run.endRow) {
      int end = Math.min(Math.min(rowRanges.end(range), run.endRow), row + callRows);
      call.steps(rowRanges.firstTap(range) * rowSteps, rowRanges.endTap(range) * rowSteps);
      int at = aOffset + (row - run.row) * call.aRow;
      int result = run.outputOffset + (row - run.row) * run.rowStep;
      for (int i = 0; i < count; i++) {
        int pixels = i < more ? least + 1 : least;
        call.run(pixels, end - row, at, result);
        at += pixels * pixelStep;
        result += pixels * run.pixelStep;
      }
      row = end;
      range += row == rowRanges.end(range) ? 1 : 0;
    }
  }
}

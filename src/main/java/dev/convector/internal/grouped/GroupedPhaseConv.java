package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Direct convolution with few channels a group, on the kernels of the codegen folder's
 * GroupedKernels: filters lie across the lanes, those of several groups where a group has few, and
 * a tile of neighbouring pixels of one row shares the input columns that it loads. It is computed
 * by phases, of which a transposed convolution has several.
 *
 * <p>The channels that a panel of filters sees are first copied to a strip. Kernel rows outside the
 * image cost nothing.
 */
abstract class GroupedPhaseConv extends BlockConv {
  /** Most channels of a group, beyond which DenseConv's stretches of one tap are long enough. */
  static final int MOST_GROUP_CHANNELS = 48;

  /** Of an image, from which on what blocks load is too much. */
  private static final double MOST_LOADED = 3;

  /** The same of a single window, from which on its strip should be larger. */
  private static final double MOST_WINDOW_LOADED = 6;

  /** A window is as many cache lines more as make their number odd. */
  private static final double ROUNDING = 1.125;

  /** Where the strip begins in scratch. */
  private static final int STRIP_OFFSET = AlignedFloats.FIRST;

  private final GroupedWeights weights;
  private final GroupedPhase[] phases;
  private final InputStrip strip;
  private final boolean paired;
  private final int kernel;

  /** Of a tile. */
  private final int tilePixels;

  /** Of a group. */
  private final int channels;

  /** That the strip holds. */
  private final int windows;

  /** Floats of an element of the strip: 2 if it is of pairs. */
  private final int floats;

  /** Elements from the input of one pixel of a tap kernel's tile to that of the next. */
  private final int pixelStep;

  /** Where the input of each step lies in the strip, from its phase's first tap on. */
  private final int[] steps;

  /**
   * @param output of whose sizes those of the output, the filters and the groups count
   * @param tile for which {@link GroupedTile} chooses the kernel
   */
  GroupedPhaseConv(
      ConvProblem output,
      ConvShape tile,
      List<GroupedPhase> phases,
      GroupedWeights weights,
      Epilogue epilogue,
      PixelBlocks blocks,
      InputStrip strip) {
    super(
        output.shape(),
        output.channelsLast(),
        epilogue,
        weights,
        GroupedWeights.vectors(tile) * LANES,
        blocks);
    this.weights = weights;
    this.phases = phases.toArray(GroupedPhase[]::new);
    this.strip = strip;
    this.paired = weights.isPaired();
    this.kernel = GroupedTile.kernel(tile, paired);
    this.tilePixels = GroupedTile.mostPixels(tile, paired);
    this.channels = tile.groupChannels();
    int together = channelsLast ? weights.windows() : 1;
    int step = GroupedTile.step(tile);
    this.windows = windows(strip, (double) GroupedTile.held(tile) / step, together);
    this.floats = paired ? 2 : 1;
    this.pixelStep = phases.get(0).columns().stride() * step / floats;
    this.steps = new int[phases.stream().mapToInt(GroupedPhase::steps).sum()];
    for (GroupedPhase phase : phases) {
      for (int i = 0; i < phase.steps(); i++) {
        int line = i / phase.rowSteps() * phase.rows().dilation() * strip.rowStep();
        int column = i % phase.rowSteps() * phase.columns().dilation() * step;
        steps[phase.first() + i] = (line + column) / floats;
      }
    }
  }

  /**
   * Pixels of a block: as many as keep what is staged, and the windows of the input that are loaded
   * together, within a strip's limit. These are all, or so few that rows and columns which blocks
   * share aren't most of what is loaded: of 128 channels at 90x90, dilated by 13, one of 8, which
   * takes an eighth of the time (Zen 5). Where one window is still too much its strip is larger: of
   * 32 channels in eight groups at 128x128, 5x5 dilated by 16, blocks of one pixel take 15 times as
   * long as without dilation.
   *
   * @param least pixels of a block
   * @param windows that may be loaded together
   * @param stripFloats of a window for blocks of so many pixels
   */
  static int blockPixels(
      ConvShape output, int panelFloats, int least, int windows, IntToLongFunction stripFloats) {
    int all = output.outputHeight() * output.outputWidth();
    int most = Math.min(Blocking.GROUPED_STRIP_FLOATS / panelFloats, all);
    double image = (double) stripFloats.applyAsLong(all) / all;
    long budget = Blocking.GROUPED_STRIP_FLOATS;
    int together = windows;
    int pixels = fitting(output.outputWidth(), most, least, budget / together, stripFloats);
    while (together > 1 && stripFloats.applyAsLong(pixels) > MOST_LOADED * image * pixels) {
      together = Math.ceilDiv(together, 2);
      pixels = fitting(output.outputWidth(), most, least, budget / together, stripFloats);
    }
    return stripFloats.applyAsLong(pixels) > MOST_WINDOW_LOADED * image * pixels
        ? fitting(output.outputWidth(), most, least, Blocking.WIDE_STRIP_FLOATS, stripFloats)
        : pixels;
  }

  private static int fitting(
      int width, int most, int least, long budget, IntToLongFunction stripFloats) {
    int pixels = most;
    while (pixels > least && stripFloats.applyAsLong(pixels) > budget) {
      pixels = pixels > width ? pixels - width : pixels / 2;
    }
    return Math.max(least, pixels);
  }

  /** Windows that a strip holds: those that blocks are cut for. */
  private static int windows(InputStrip strip, double heldShare, int most) {
    double held = heldShare * strip.windowFloats();
    int loaded = (int) (ROUNDING * Blocking.GROUPED_STRIP_FLOATS / held);
    return Math.clamp(Math.min(loaded, Blocking.STRIP_FLOATS / strip.windowFloats()), 1, most);
  }

  @Override
  public final long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  protected final int inputFloats() {
    return STRIP_OFFSET + windows * strip.windowFloats();
  }

  /** Windows of neighbouring channels are loaded together. */
  @Override
  protected final int mostParts(int all) {
    return channelsLast ? Math.max(1, all / InputStrip.LEAST_TOGETHER) : all;
  }

  @Override
  protected final void enter(BlockRun run) {
    if (paired) {
      run.pairs = run.scratch.longs();
    }
    strip.clearBorder(run, windows, STRIP_OFFSET);
  }

  @Override
  protected final int load(BlockRun run, int panel, int end) {
    int window = weights.window(panel);
    int to = Math.min(window + windows, weights.window(end - 1) + 1);
    strip.load(run, window, to, STRIP_OFFSET);
    run.loaded = window;
    return Math.min(end, weights.firstPanel(to));
  }

  @Override
  protected final void compute(BlockRun run, int panel) {
    GroupedCall call = GroupedCall.of(run.scratch);
    call.kernel(kernel, steps, channels);
    call.clamp(epilogue.low(), epilogue.high());
    call.weights(weights, panel);
    int window = STRIP_OFFSET + (weights.window(panel) - run.loaded) * strip.windowFloats();
    for (GroupedPhase phase : phases) {
      phase(run, call, phase, window);
    }
  }

  /** All of a phase's pixels in the block, if it has any there. */
  private void phase(BlockRun run, GroupedCall call, GroupedPhase phase, int window) {
    PhaseAxis rows = phase.rows();
    PhaseAxis columns = phase.columns();
    int row = rows.begin(run.row);
    int column = columns.begin(run.column);
    if (row == rows.begin(run.endRow) || column == columns.begin(run.endColumn)) {
      return;
    }
    int tileRow = rows.stride() * strip.rowStep() / floats;
    if (paired) {
      call.input(run.pairs, tileRow, pixelStep);
    } else {
      call.input(run.scratch.floats, tileRow, pixelStep);
    }
    call.result(run.output, rows.step() * run.rowStep, columns.step() * run.pixelStep);
    if (run.started) {
      call.startFromResult();
    } else {
      call.startFrom(epilogue.bias(), run.filter);
    }
    int y = row * rows.stride() - rows.padding();
    int x = column * columns.stride() - columns.padding();
    tiles(run, call, phase, (window + strip.offset(run, y, x)) / floats);
  }

  /**
   * All tiles of a phase, the input of whose first pixel begins at {@code aOffset}. They are as
   * even as possible, since one of few pixels is bound by latency: the first ones of a row may have
   * a pixel more. No division in the loops, of which each call would have several.
   */
  private void tiles(BlockRun run, GroupedCall call, GroupedPhase phase, int aOffset) {
    int first = phase.rows().begin(run.row);
    int endRow = phase.rows().begin(run.endRow);
    int column = phase.columns().begin(run.column);
    int width = phase.columns().begin(run.endColumn) - column;
    int count = Math.ceilDiv(width, tilePixels);
    int least = width / count;
    int more = width % count;
    int line = phase.rows().first() + first * phase.rows().step() - run.row;
    int place = phase.columns().first() + column * phase.columns().step() - run.column;
    int output = run.outputOffset + line * run.rowStep + place * run.pixelStep;
    TapRanges ranges = phase.rowRanges();
    int row = first;
    int range = ranges.find(row);
    while (row < endRow) {
      int end = Math.min(Math.min(ranges.end(range), endRow), row + phase.callRows());
      call.steps(
          phase.first() + ranges.firstTap(range) * phase.rowSteps(),
          phase.first() + ranges.endTap(range) * phase.rowSteps());
      int at = aOffset + (row - first) * call.aRow;
      int result = output + (row - first) * call.cRow;
      for (int i = 0; i < count; i++) {
        int pixels = i < more ? least + 1 : least;
        call.run(pixels, end - row, at, result);
        at += pixels * pixelStep;
        result += pixels * call.cStep;
      }
      row = end;
      range += row == ranges.end(range) ? 1 : 0;
    }
  }
}

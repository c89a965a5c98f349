package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.AlignedFloats;
import jdk.incubator.vector.FloatVector;

/**
 * Depthwise convolution with channels across the lanes.
 *
 * <p>A channels-last image is read in place where a micro-kernel has a tile for the kernel's
 * columns, or takes them one by one: what is outside is left out or counts as zeros. Its last
 * channels, where they don't fill a vector, are read as the image's last whole vector. Where that
 * can't be stored in place, since others are computed twice, it is computed in the staging area,
 * each pixel's a few floats before its place, so that these fall into what the pixel before leaves
 * free. Otherwise (a channels-first image, several filters a channel, a wide kernel, less than a
 * vector of channels) one vector of filters at a time is brought into a strip in scratch.
 */
public final class DepthwiseConv extends BlockConv {
  /**
   * Vectors of a panel that is read in place: with one a pixel's neighbouring lines would be read
   * at different times. Of 16, 320 channels at 71x71, 2x2, take 1.08 of the time (Zen 5).
   */
  private static final int IN_PLACE_VECTORS = 32;

  /** The same of {@link Depthwise3x3}: of 32, 1024 channels at 7x7 take 1.03 of the time. */
  private static final int IN_PLACE_VECTORS_3X3 = 16;

  /**
   * The same of images in memory, which should be read pixel after pixel: of 16, 3x3 with stride 2
   * on 1009 channels at 178x88 takes 1.17 of the time.
   */
  private static final int FAR_VECTORS = 64;

  /** Taps that take as long as copying a pixel to the strip. */
  private static final int COPY_TAPS = 8;

  /** Where the strip, or copies of what is read in place, begin in scratch. */
  private static final int STRIP_OFFSET = AlignedFloats.FIRST;

  private final DepthwisePanels panels;
  private final boolean inPlace;

  /** Null where the image is read in place. */
  private final InputStrip strip;

  private final DepthwiseTiles tiles;
  private final Sight sight;

  /** Windows that the strip holds. */
  private final int group;

  /** For each filter, its channel counted from the first one of its vector, as a float. */
  private final float[] lanes;

  public DepthwiseConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        problem.layout(),
        panels(problem),
        Epilogue.of(problem, bias),
        isInPlace(problem)
            ? PixelBlocks.cutBatch(problem.shape(), inPlacePixels(problem))
            : PixelBlocks.cut(problem.shape(), stripPixels(problem)),
        weights);
  }

  /**
   * One whose output may have another layout than its input.
   *
   * @param blockPixels the most pixels of a block
   */
  public DepthwiseConv(
      ConvProblem problem, Layout outputLayout, int blockPixels, float[] weights, float[] bias) {
    this(
        problem,
        outputLayout,
        panels(problem),
        Epilogue.of(problem, bias),
        PixelBlocks.cut(
            problem.shape(),
            Math.min(
                blockPixels,
                isInPlace(problem) ? stagedPixels(problem.shape()) : stripPixels(problem))),
        weights);
  }

  private DepthwiseConv(
      ConvProblem problem,
      Layout outputLayout,
      DepthwisePanels panels,
      Epilogue epilogue,
      PixelBlocks blocks,
      float[] weights) {
    super(problem.shape(), outputLayout == Layout.NHWC, epilogue, panels, LANES, blocks);
    this.panels = panels;
    this.sight = Sight.of(shape, problem.channelsLast());
    this.inPlace = isInPlace(problem);
    this.strip =
        inPlace
            ? null
            : new InputStrip(
                shape,
                problem.channelsLast(),
                border(shape),
                panels,
                LANES,
                DepthwiseStrip.phases(problem),
                blocks());
    this.group =
        inPlace || !problem.channelsLast()
            ? 1
            : Math.clamp(
                Blocking.DEPTHWISE_STRIP_FLOATS / strip.windowFloats(), 1, panels.windows());
    this.tiles = new DepthwiseTiles(shape, strip, weights, epilogue);
    this.lanes = new float[panels.windows() * LANES];
    for (int k = 0; k < shape.filters(); k++) {
      lanes[k] = k / shape.groupFilters() - panels.channel(k / LANES);
    }
  }

  private static DepthwisePanels panels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    if (!isInPlace(problem)) {
      return new DepthwisePanels(shape, 1);
    }
    int near = Depthwise3x3.fits(shape) ? IN_PLACE_VECTORS_3X3 : IN_PLACE_VECTORS;
    boolean far = DepthwiseReadAhead.isFar(shape);
    return new DepthwisePanels(shape, far ? FAR_VECTORS : near);
  }

  private static Border border(ConvShape shape) {
    return DepthwiseRow.isPadded(shape) ? Border.COLUMNS : Border.NONE;
  }

  private static boolean isInPlace(ConvProblem problem) {
    ConvShape shape = problem.shape();
    return problem.channelsLast()
        && shape.channels() >= LANES
        && shape.groupFilters() == 1
        && hasKernelsInPlace(shape);
  }

  /** Whether what the windows have outside of an image is left out by kernels. */
  static boolean hasKernelsInPlace(ConvShape shape) {
    return DepthwiseGrid.fits(shape)
        || DepthwiseLattices3x3.fits(shape)
        || DepthwiseTapTiles.fits(shape)
        || !DepthwiseRow.isPadded(shape);
  }

  /**
   * Pixels of a block that is read in place: whole rows, enough for a tile of rows, or as many
   * images as there are rows.
   */
  private static int inPlacePixels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    int tileRows = DepthwiseTiles.blockRows(shape);
    int fitting = Blocking.DEPTHWISE_BLOCK_FLOATS / shape.filters() / shape.outputWidth();
    int rows = Math.max(tileRows, fitting / tileRows * tileRows);
    return Math.min(stagedPixels(shape), rows * shape.outputWidth());
  }

  /** The most pixels of a block that is read in place, for its last channels' staging. */
  private static int stagedPixels(ConvShape shape) {
    return shape.channels() % LANES == 0
        ? Integer.MAX_VALUE
        : Blocking.DEPTHWISE_STRIP_FLOATS / LANES;
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    ConvShape shape = problem.shape();
    if (shape.groups() != shape.channels()) {
      return "needs as many groups as channels (" + shape.channels() + "), not " + shape.groups();
    }
    if (isInPlace(problem)) {
      return null;
    }
    long floats = scratch(shape, 1);
    return floats > Blocking.MAX_DEPTHWISE_FLOATS
        ? "needs the input below one kernel, "
            + floats
            + " elements, to fit "
            + Blocking.MAX_DEPTHWISE_FLOATS
        : null;
  }

  /**
   * Pixels of a block that needs a strip: the whole image if that fits, else a half, a quarter. But
   * a smaller block isn't worth the pixels of the input that more blocks see than before: 9x9
   * dilated by 11 on 3 channels at 123x123 has a reach of 89x89, which a block of one output would
   * copy for 81 multiply-adds.
   */
  private static int stripPixels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    double taps = shape.kernelHeight() * shape.kernelWidth();
    double worth = taps / COPY_TAPS / (shape.strideHeight() * shape.strideWidth());
    int pixels = shape.outputHeight() * shape.outputWidth();
    while (pixels > 1 && scratch(shape, pixels) > Blocking.DEPTHWISE_STRIP_FLOATS) {
      int half = Math.ceilDiv(pixels, 2);
      double more = copies(shape, half) - copies(shape, pixels);
      if (more > worth && scratch(shape, pixels) <= Blocking.WIDE_STRIP_FLOATS) {
        break;
      }
      pixels = half;
    }
    return pixels;
  }

  /** How often a strip's blocks hold the same pixel of the input. */
  static double copies(ConvProblem problem) {
    return copies(problem.shape(), stripPixels(problem));
  }

  private static double copies(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.copies(shape, border(shape), rows, columns);
  }

  /** Floats of a strip of one vector and of its staging. */
  private static long scratch(ConvShape shape, int pixels) {
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    return InputStrip.floats(shape, border(shape), LANES, rows, columns)
        + (long) rows * columns * LANES;
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes() + tiles.bytes();
  }

  @Override
  protected int inputFloats() {
    // In place: also what a staged pixel's vector begins before the staging area.
    return STRIP_OFFSET + (inPlace ? tiles.scratchFloats() + LANES : group * strip.windowFloats());
  }

  @Override
  public int units(int threads) {
    // Small images stay in the second-level cache, where twice the floats move in a nanosecond;
    // with less than this two threads lost (960 channels at 7x7: 18 microseconds alone, 32
    // together).
    long moved = ((long) shape.inputSize() + shape.outputSize()) / 2;
    int worth = Split.threads(shape.multiplyAdds(), moved, threads);
    return worth == 1 ? 1 : super.units(worth);
  }

  @Override
  protected UnitCost cost() {
    return inPlace ? super.cost() : super.cost().loading(shape.inputSize(), false, halo());
  }

  @Override
  public boolean mayReadAhead() {
    return inPlace && DepthwiseReadAhead.pays(shape);
  }

  /** Windows of neighbouring channels are loaded together. */
  @Override
  protected int mostParts(int all) {
    return group > 1 ? Math.max(1, all / InputStrip.LEAST_TOGETHER) : all;
  }

  @Override
  protected boolean repeatsFilters() {
    return inPlace;
  }

  @Override
  public Sight sight() {
    return sight;
  }

  @Override
  protected void enter(BlockRun run) {
    if (strip != null) {
      strip.clearBorder(run, group, STRIP_OFFSET);
    }
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (inPlace) {
      return end;
    }
    int first = panels.filter(panel) / LANES;
    int loaded = Math.min(end, panel + group);
    strip.load(run, first, first + loaded - panel, STRIP_OFFSET);
    if (shape.groupFilters() > 1) {
      for (int v = first; v < first + loaded - panel; v++) {
        expand(run, v, STRIP_OFFSET + (v - first) * strip.windowFloats());
      }
    }
    run.loaded = first;
    return loaded;
  }

  /** Gives each lane its own filter's channel. */
  private void expand(BlockRun run, int vector, int at) {
    float[] floats = run.scratch.floats;
    FloatVector lane = FloatVector.fromArray(SPECIES, lanes, vector * LANES);
    int end = at + strip.rows(run) * strip.rowStep();
    for (int i = at; i < end; i += LANES) {
      lane.selectFrom(FloatVector.fromArray(SPECIES, floats, i)).intoArray(floats, i);
    }
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    DepthwiseCall call = DepthwiseCall.of(run.scratch);
    if (inPlace) {
      computeInPlace(run, panel, call);
      return;
    }
    int window = STRIP_OFFSET + (run.filter / LANES - run.loaded) * strip.windowFloats();
    call.filters(run.filter, run.filter, 0, LANES);
    call.input(run.scratch.floats, window + strip.windowOffset(run, run.row, run.column));
    call.output(run, run.outputOffset);
    tiles.run(call, run.row, run.endRow, run.column, run.endColumn);
  }

  private void computeInPlace(BlockRun run, int panel, DepthwiseCall call) {
    boolean tail = panels.isTail(panel);
    if (tail && run.repeating()) {
      return;
    }
    int y = run.row * shape.strideHeight() - shape.padTop();
    int x = run.column * shape.strideWidth() - shape.padLeft();
    int pixel = (run.image * shape.height() + y) * shape.width() + x;
    int input = run.operands.srcOffset + pixel * shape.channels();
    if (tail) {
      int first = shape.channels() - LANES;
      call.filters(run.filter, first, 0, LANES);
      call.input(run.operands.src, input + first);
      call.output(run, run.outputOffset - (run.filter - first));
    } else {
      boolean all = run.repeating() && panels.isBeforeTail(panel);
      call.filters(0, 0, run.filter, all ? shape.channels() : run.filter + run.columns);
      call.input(run.operands.src, input);
      call.output(run, run.outputOffset - run.filter);
    }
    call.readsAhead = run.operands.readsAhead;
    call.copies(run.scratch.floats, STRIP_OFFSET);
    call.images(
        run.images,
        shape.height() * shape.width() * shape.channels(),
        (run.endRow - run.row) * run.rowStep);
    tiles.run(call, run.row, run.endRow, run.column, run.endColumn);
  }
}

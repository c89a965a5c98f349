package dev.convector.internal.transposed;

import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.block.Sight;
import dev.convector.internal.depthwise.DepthwisePanels;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Transposed convolution of groups with one channel or one filter each, filters in the lanes: each
 * lane reads the channel of its own group, so no products are shared and none are wasted. With
 * stride 2 outputs are computed in {@link TransposedTiles} of all phases where they can, else phase
 * by phase.
 *
 * <p>The input is read in place where it is channels-last, one channel and one filter a group, and
 * a vector of them at least; filters that don't fill a vector are computed as the last whole one,
 * as in {@code DepthwiseConv}. Else a strip holds it, and where a group has several filters or
 * channels it is spread: to each filter its group's channel; of several channels one window each.
 */
public final class DepthwiseTransposedConv extends BlockConv {
  /** Filters of a panel: what a row of pixels with them spans stays in the first-level cache. */
  private static final int MOST_FILTERS = 256;

  private final TransposedProblem problem;
  private final int channels;

  private final TransposedPhases phases;

  /** Null where the input is read by way of a strip. */
  private final DepthwisePanels inPlace;

  /** Null where the input is read in place. */
  private final InputStrip strip;

  /** Null where the kernel or the stride is not one that it takes. */
  private final TransposedTiles tiles;

  private final Sight sight;

  /** Floats of a pixel as the kernels read it, to the next one's. */
  private final int pixelFloats;

  /** Floats of a window of spread input, one for each channel of a group; 0 where none is. */
  private final int spreadFloats;

  public DepthwiseTransposedConv(TransposedProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        weights,
        bias,
        isInPlace(problem)
            ? new DepthwisePanels(problem.output().shape(), MOST_FILTERS / Simd.LANES)
            : null,
        PixelBlocks.cut(problem.output().shape(), blockPixels(problem)));
  }

  private DepthwiseTransposedConv(
      TransposedProblem problem,
      float[] weights,
      float[] bias,
      DepthwisePanels inPlace,
      PixelBlocks blocks) {
    super(
        problem.output().shape(),
        problem.channelsLast(),
        new Epilogue(problem.activation(), bias, problem.shape().filters()),
        inPlace == null ? panels(problem.shape().filters()) : inPlace,
        inPlace == null
            ? Math.min(MOST_FILTERS, Simd.roundUp(problem.shape().filters()))
            : Simd.LANES,
        blocks);
    this.problem = problem;
    this.inPlace = inPlace;
    this.channels = problem.shape().groupChannels();
    boolean spread = isSpread(problem);
    this.tiles =
        spread || !TransposedTiles.fits(problem)
            ? null
            : new TransposedTiles(problem.shape(), weights, inPlace != null, epilogue);
    this.sight = Sight.of(problem);
    this.strip = inPlace != null ? null : strip(problem, blocks);
    this.pixelFloats = strip == null ? shape.filters() : Simd.roundUp(shape.filters());
    this.spreadFloats =
        spread
            ? AlignedFloats.next(
                strip.windowFloats() / problem.shape().channels() * pixelFloats + pixelFloats)
            : 0;
    this.phases = new TransposedPhases(problem, weights, epilogue, spreadFloats);
  }

  private static Panels panels(int filters) {
    return new Panels() {
      @Override
      public int panels() {
        return Math.ceilDiv(filters, MOST_FILTERS);
      }

      @Override
      public int filter(int panel) {
        return panel * MOST_FILTERS;
      }

      @Override
      public int columns(int panel) {
        return Math.min(MOST_FILTERS, filters - filter(panel));
      }
    };
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(TransposedProblem problem) {
    int channels = problem.shape().groupChannels();
    int filters = problem.shape().groupFilters();
    if (Math.min(channels, filters) > 1) {
      return "needs one channel or one filter a group, not " + channels + " and " + filters;
    }
    long packed =
        (long) problem.shape().kernelHeight()
            * problem.shape().kernelWidth()
            * channels
            * Simd.roundUp(problem.shape().filters());
    if (packed > Integer.MAX_VALUE - 8) {
      return "needs packed weights of at most "
          + (Integer.MAX_VALUE - 8)
          + " elements, not "
          + packed;
    }
    long floats = inputFloats(problem, 1);
    return floats > Blocking.STRIP_FLOATS
        ? "needs the input below one output, "
            + floats
            + " elements, to fit "
            + Blocking.STRIP_FLOATS
        : null;
  }

  /** Against filters in the lanes of a matrix product, of which so few leave most empty. */
  public static boolean pays(TransposedProblem problem) {
    return problem.shape().groups() > 1 && problem.shape().groupFilters() <= Simd.LANES / 2;
  }

  /** Phase by phase, filters that don't fill a vector would double the calls. */
  private static boolean isInPlace(TransposedProblem problem) {
    int filters = problem.shape().filters();
    return problem.channelsLast()
        && !isSpread(problem)
        && (filters % Simd.LANES == 0 || filters > Simd.LANES && TransposedTiles.fits(problem));
  }

  private static boolean isSpread(TransposedProblem problem) {
    return problem.shape().groupChannels() != 1 || problem.shape().groupFilters() != 1;
  }

  private static int blockPixels(TransposedProblem problem) {
    int pixels =
        Math.max(1, Blocking.TRANSPOSED_BLOCK_FLOATS / Simd.roundUp(problem.shape().filters()));
    while (pixels > 1 && inputFloats(problem, pixels) > Blocking.STRIP_FLOATS) {
      pixels /= 2;
    }
    int width = problem.shape().outputWidth();
    int most = pixels / width;
    if (most == 0 || !TransposedTiles.fits(problem)) {
      return pixels;
    }
    // Each block of a strip brings rows that its neighbours bring too.
    int least = isInPlace(problem) ? 1 : most / 2;
    return TransposedTiles.rows(problem.shape().outputHeight(), least, most) * width;
  }

  /** Floats of the strip and of what is spread from it; may be more than an array can hold. */
  private static long inputFloats(TransposedProblem problem, int pixels) {
    if (isInPlace(problem)) {
      return 0;
    }
    int rows =
        Math.clamp(pixels / problem.shape().outputWidth(), 1, problem.shape().outputHeight());
    int columns = Math.min(pixels, problem.shape().outputWidth());
    long area =
        InputStrip.floats(
            problem.input(), Sight.reaches(problem.shape()), Border.NONE, 1, rows, columns);
    long spread = (long) problem.shape().groupChannels() * Simd.roundUp(problem.shape().filters());
    return area * (stripStep(problem) + (isSpread(problem) ? spread : 0));
  }

  /** Floats of a pixel in the strip. */
  private static int stripStep(TransposedProblem problem) {
    int channels = problem.shape().channels();
    return isSpread(problem) ? channels : Simd.roundUp(channels);
  }

  private static InputStrip strip(TransposedProblem problem, PixelBlocks blocks) {
    return new InputStrip(
        problem.input(),
        Sight.reaches(problem.shape()),
        problem.channelsLast(),
        Border.NONE,
        InputStrip.Windows.all(problem.input()),
        stripStep(problem),
        blocks);
  }

  @Override
  public long packedBytes() {
    return phases.bytes() + epilogue.bytes() + (tiles == null ? 0 : tiles.bytes());
  }

  @Override
  protected Sight sight() {
    return sight;
  }

  /** The strip, and what is spread from it. */
  @Override
  protected int inputFloats() {
    // In place: what a staged pixel's vector begins before the staging area.
    return strip == null ? Simd.LANES : spreadStart() + channels * spreadFloats;
  }

  private int spreadStart() {
    return AlignedFloats.next(Simd.LANES + strip.windowFloats());
  }

  @Override
  protected UnitCost cost() {
    UnitCost cost = problem.cost();
    return strip == null ? cost : cost.loading(problem.shape().inputSize(), false, halo());
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (strip == null) {
      int image = run.image * pixelsOfImage() * pixelFloats;
      run.read(run.operands.src, run.operands.srcOffset + image);
      return end;
    }
    // Loading may write before where it begins.
    strip.load(run, 0, 1, Simd.LANES);
    run.read(run.scratch.floats, Simd.LANES);
    if (spreadFloats > 0) {
      spread(run);
      run.inputOffset = spreadStart();
    }
    return end;
  }

  private int pixelsOfImage() {
    return problem.shape().height() * problem.shape().width();
  }

  /** To each filter the channels of its group. */
  private void spread(BlockRun run) {
    float[] scratch = run.scratch.floats;
    int step = problem.shape().channels();
    int pixels = strip.rows(run) * (strip.rowStep() / step);
    int filters = problem.shape().groupFilters();
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < pixels; i++) {
        int from = run.inputOffset + i * step + c;
        int to = spreadStart() + c * spreadFloats + i * pixelFloats;
        for (int k = 0; k < shape.filters(); k++) {
          scratch[to + k] = scratch[from + k / filters * channels];
        }
      }
    }
  }

  @Override
  protected boolean repeatsFilters() {
    return inPlace != null;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    boolean tail = inPlace != null && inPlace.isTail(panel);
    if (!tail) {
      compute(run, run.filter, run.filter, Simd.roundUp(run.columns));
    }
    boolean together = run.repeating() && inPlace != null;
    if (together ? inPlace.isBeforeTail(panel) : tail) {
      int whole = shape.filters() / Simd.LANES * Simd.LANES;
      compute(run, shape.filters() - Simd.LANES, whole, Simd.LANES);
    }
  }

  /**
   * Computes some filters from one on.
   *
   * @param packed the first one, counted in vectors as they are packed
   */
  private void compute(BlockRun run, int filter, int packed, int filters) {
    TransposedTaps call = TransposedTaps.of(run.scratch);
    call.filter = filter;
    call.packed = packed;
    call.filters = filters;
    call.images(run.input, run.output);
    call.xOrigin = run.inputOffset + inputOffset(run, 0, 0) + filter;
    call.xRow = inputOffset(run, 1, 0) - inputOffset(run, 0, 0);
    call.xPixel = pixelFloats;
    call.yOrigin = run.outputOffset + filter - run.filter;
    if (tiles == null || run.started || !tiles.run(call, run, phases)) {
      phases.run(call, run, run.row, run.endRow, run.column, run.endColumn);
    }
  }

  /** Where an input pixel lies as the kernels read it. */
  private int inputOffset(BlockRun run, int y, int x) {
    if (strip == null) {
      return (y * problem.shape().width() + x) * pixelFloats;
    }
    return strip.offset(run, y, x) / stripStep(problem) * pixelFloats;
  }
}

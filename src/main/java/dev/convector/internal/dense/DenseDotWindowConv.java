package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Channels-last convolution to few filters: each output is a product of two vectors, with the depth
 * in the lanes. Filters in the lanes would compute a whole vector of them for one. For 1x1 kernels
 * of one group {@link DenseDotConv} has kernels that add each tile's lanes at once.
 *
 * <p>A kernel row meets contiguous input, a group's or a dilated one tap after another; what lies
 * in the padding is left out. A block's sums are a vector each, to which some kernel rows are added
 * at a time, for pixels that see the same taps. At last the lanes of all are added.
 */
public final class DenseDotWindowConv extends BlockConv {
  /** What a product costs that is broadcast, of all filters and in lanes; and one that isn't. */
  private static final long BROADCAST = 10;

  private static final long PRODUCT = 16;

  /** What adding an output's lanes costs, in the same measure. */
  private static final long LANES_ADDED = 2100;

  /** Channels of a 1x1 kernel from which more filters of single pixels gain by far. */
  private static final int DEEP = 2048;

  private static final int MOST_DEEP_FILTERS = 12;

  /** Fewer columns may be computed along the columns. */
  private static final int MOST_UPRIGHT = 8;

  private final DenseDotWindowWeights weights;

  /** The same for columns that don't see all taps of a kernel row; may be the same object. */
  private final DenseDotWindowWeights borderWeights;

  private final TapRanges rows;
  private final DenseDotWindowColumns[] columns;

  /** Kernel rows that all of a block's sums go through together, at most. */
  private final int rowsTogether;

  /** Of a block's results, which are those of several pixels. */
  private final float[] bias;

  public DenseDotWindowConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        new DenseDotWindowWeights(problem.shape(), runTaps(problem.shape()), weights),
        weights,
        Epilogue.of(problem, bias));
  }

  private DenseDotWindowConv(
      ConvProblem problem, DenseDotWindowWeights packed, float[] weights, Epilogue epilogue) {
    this(
        problem.flattened().shape(),
        packed,
        hasShorterRuns(problem.shape())
            ? new DenseDotWindowWeights(problem.shape(), 1, weights)
            : packed,
        epilogue,
        blocks(problem.flattened().shape()));
  }

  private DenseDotWindowConv(
      ConvShape shape,
      DenseDotWindowWeights weights,
      DenseDotWindowWeights borderWeights,
      Epilogue epilogue,
      PixelBlocks blocks) {
    super(shape, epilogue, weights, blocks);
    this.weights = weights;
    this.borderWeights = borderWeights;
    this.rows = TapRanges.rows(shape);
    int rowFloats = shape.filters() * weights.rowFloats();
    this.rowsTogether =
        Math.clamp(Blocking.DOT_WEIGHTS_FLOATS / rowFloats, 1, shape.kernelHeight());
    TapRanges ranges = TapRanges.columns(shape);
    this.columns = new DenseDotWindowColumns[ranges.count()];
    for (int i = 0; i < columns.length; i++) {
      boolean isWhole = ranges.endTap(i) - ranges.firstTap(i) == shape.kernelWidth();
      DenseDotWindowWeights its = isWhole ? weights : borderWeights;
      columns[i] = DenseDotWindowColumns.of(shape, ranges, i, its, rowsTogether);
    }
    this.bias = new float[Simd.roundUp(mostPixels() * shape.filters())];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = epilogue.bias()[i % shape.filters()];
    }
  }

  /** Kernel columns that meet contiguous input; one where they are aligned to vectors anyway. */
  private static int runTaps(ConvShape s) {
    boolean isJoined = s.dilationWidth() == 1 && s.groups() == 1 && s.channels() % LANES != 0;
    return isJoined ? s.kernelWidth() : 1;
  }

  /** Whether some columns see a part of a run. */
  private static boolean hasShorterRuns(ConvShape s) {
    return runTaps(s) > 1 && !TapRanges.columns(s).isWhole(s.kernelWidth());
  }

  private static PixelBlocks blocks(ConvShape s) {
    int floats = isMostlyBorder(s) ? Blocking.DOT_COLUMN_SUMS_FLOATS : Blocking.DOT_SUMS_FLOATS;
    return PixelBlocks.cut(s, Math.max(1, floats / LANES / s.filters()));
  }

  /** Whether most output columns see some of the padding. */
  private static boolean isMostlyBorder(ConvShape s) {
    TapRanges ranges = TapRanges.columns(s);
    int inside = ranges.endOutput(s.kernelWidth() - 1) - ranges.firstOutput(0);
    return 2 * inside < s.outputWidth();
  }

  /**
   * Whether this way is possible, runs are no shorter than a vector, and it is faster than filters
   * in the lanes. For one group by cost: a product takes a share of a vector for each filter, a
   * broadcast one takes one for all, and each output's lanes are added. Microseconds of filters and
   * of the depth in the lanes: 3x3 with stride 2 at 56x56 from 16 channels to 1 12.6 and 6.7, to 3
   * 13.0 and 11.0, to 6 20.3 and 21.9; at 28x28 from 40 to 6 11.6 and 8.5, from 64 to 1 17.1 and
   * 4.6; 3x3 dilated by 13 from 32 to 1 at 296x296 6300 and 900; 30x30 from 80 to 3 at 23x23 3200
   * and 720; 7x7 from 64 to 8 81 and 67. Of 8174 channels to 11 7.5 and 2.2; 64 of them together 86
   * and 110, but the choice must not depend on the batch. Groups, whose filters share vectors
   * otherwise: two of 32 to 2, 3x3, 61 and 34, four of 32 to 4 120 and 130 (Zen 5).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return accepts(problem) && (s.groups() == 1 ? isFast(s) : isFastGrouped(s));
  }

  /** Whether it can compute a problem: no run is shorter than a vector. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    int shortest = hasShorterRuns(s) ? s.channels() : runTaps(s) * s.groupChannels();
    return problem.channelsLast()
        && LANES <= DenseDotWindowKernels.MOST_LANES
        && shortest >= LANES
        && DenseDotWindowWeights.size(s, 1) <= Integer.MAX_VALUE / 2;
  }

  private static boolean isFast(ConvShape s) {
    long depth = (long) s.channels() * s.kernelHeight() * s.kernelWidth();
    long saved = BROADCAST * LANES - PRODUCT * s.filters();
    boolean isDeepPoint =
        isPoint(s) && s.channels() >= DEEP && s.filters() <= MOST_DEEP_FILTERS * LANES / 16;
    return depth * saved > LANES_ADDED * s.filters() || isDeepPoint;
  }

  /**
   * For very few filters of each group, or few of deep ones. Of the time of filters in the lanes
   * 3x3 from 40 channels a group to 3 takes 0.6, with stride 2 from 28 to 3 0.73, from 48 to 5
   * 0.67, from 32 to 5 0.98, 5x1 from 40 to 6 0.5 to 1.1, from 40 to 8 1.5; 1x1 at 40x40 from 72 to
   * 4 0.81, from 40 to 3 0.88, with stride 2 1.27, to 4 1.4 (Xeon, family 6 model 207).
   */
  private static boolean isFastGrouped(ConvShape s) {
    int depth = s.groupFilters() * (isPoint(s) ? LANES : LANES / 2);
    return s.groupFilters() <= LANES / 8
        || s.groupFilters() <= LANES / 4 + 1 && s.groupChannels() > depth;
  }

  private static boolean isPoint(ConvShape s) {
    return s.kernelHeight() * s.kernelWidth() == 1;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    ConvShape s = problem.flattened().shape();
    boolean lacksBorder = hasShorterRuns(s) && borderWeights == weights;
    return lacksBorder
        ? null
        : new DenseDotWindowConv(s, weights, borderWeights, epilogue, blocks(s));
  }

  @Override
  public Supplier<float[]> original() {
    return weights::unpack;
  }

  @Override
  public long packedBytes() {
    long listed = Arrays.stream(columns).mapToLong(DenseDotWindowColumns::bytes).sum();
    long border = borderWeights == weights ? 0 : borderWeights.bytes();
    return weights.bytes() + border + epilogue.bytes() + (long) bias.length * Float.BYTES + listed;
  }

  /** Of the sums. */
  @Override
  protected int inputFloats() {
    return Simd.roundUp(mostPixels() * shape.filters()) * LANES;
  }

  @Override
  public int scratchFloats() {
    return super.scratchFloats() + LANES;
  }

  @Override
  protected boolean addsBias() {
    return true;
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    return end;
  }

  /**
   * Kernel rows by fixed groups, and in each the output rows by their taps inside: the order of an
   * output's sums must not depend on its block.
   */
  @Override
  protected void compute(BlockRun run, int panel) {
    DenseDotWindowCall call = DenseDotWindowCall.of(run.scratch);
    call.sums(run.scratch.floats);
    int firstRange = rows.find(run.row);
    for (int row = 0; row < shape.kernelHeight(); row += rowsTogether) {
      int endRow = Math.min(shape.kernelHeight(), row + rowsTogether);
      int range = firstRange;
      for (int from = run.row; from < run.endRow; from = call.endRow, range++) {
        call.rows(from, Math.min(run.endRow, rows.end(range)));
        int first = Math.clamp(rows.firstTap(range), row, endRow);
        int end = Math.clamp(rows.endTap(range), first, endRow);
        if (first < end) {
          kernelRows(run, call, first, end, first > rows.firstTap(range));
        } else if (row == 0 && rows.firstTap(range) == rows.endTap(range)) {
          call.columns(run.column, run.endColumn);
          clear(run, call);
        }
      }
    }
    addLanes(run, call);
  }

  /** Adds some kernel rows to the sums of the call's rows. */
  private void kernelRows(BlockRun run, DenseDotWindowCall call, int row, int end, boolean onto) {
    for (DenseDotWindowColumns some : columns) {
      call.columns(Math.max(run.column, some.start()), Math.min(run.endColumn, some.end()));
      if (call.column < call.endColumn) {
        columns(run, call, some, row, end, onto);
      }
    }
  }

  /** Zeroes the sums of the call's rows and columns. */
  private void clear(BlockRun run, DenseDotWindowCall call) {
    int pixel = shape.filters() * LANES;
    for (int row = call.firstRow; row < call.endRow; row++) {
      int at = (row - run.row) * run.width() - run.column;
      int from = (at + call.column) * pixel;
      Arrays.fill(run.scratch.floats, from, (at + call.endColumn) * pixel, 0);
    }
  }

  /** Adds some kernel rows to the sums of the call's rows and columns, which see the same taps. */
  private void columns(
      BlockRun run,
      DenseDotWindowCall call,
      DenseDotWindowColumns some,
      int row,
      int end,
      boolean onto) {
    if (some.taps() == 0 && !onto) {
      clear(run, call);
    }
    for (int r = row; r < end && some.taps() > 0; r += some.rows()) {
      call.vectors(run.operands.src, some, Math.min(some.rows(), end - r));
      call.start(onto || r > row);
      for (int group = 0; group < shape.groups(); group++) {
        group(run, call, some, r, group);
      }
    }
  }

  private void group(
      BlockRun run, DenseDotWindowCall call, DenseDotWindowColumns some, int row, int group) {
    int y = call.firstRow * shape.strideHeight() - shape.padTop() + row * shape.dilationHeight();
    int x =
        call.column * shape.strideWidth()
            - shape.padLeft()
            + some.firstTap() * shape.dilationWidth();
    int pixel = (run.image * shape.height() + y) * shape.width() + x;
    int from = run.operands.srcOffset + pixel * shape.channels() + group * shape.groupChannels();
    int place = (call.firstRow - run.row) * run.width() + call.column - run.column;
    DenseDotWindowWeights its = some.weights();
    int firstRun = some.firstRun(row, shape.kernelWidth());
    for (int part = 0; part < its.parts(); part++) {
      int filters = its.filters(part);
      int filter = group * shape.groupFilters() + its.first(part);
      call.bOffset = its.offset(group, part, firstRun);
      call.bEnds = its.endOffset(group, part, firstRun);
      pixels(run, call, filters, from, (place * shape.filters() + filter) * LANES);
    }
  }

  /** The call's rows and columns. */
  private void pixels(BlockRun run, DenseDotWindowCall call, int filters, int from, int to) {
    int height = call.endRow - call.firstRow;
    int width = call.endColumn - call.column;
    int right = shape.strideWidth() * shape.channels();
    int down = shape.strideHeight() * shape.width() * shape.channels();
    int sumsRight = shape.filters() * LANES;
    int sumsDown = run.width() * sumsRight;
    if (width < MOST_UPRIGHT && width < height) {
      call.pixels(down, sumsDown);
      call.run(filters, from, to, height, width, right, sumsRight);
    } else {
      call.pixels(right, sumsRight);
      call.run(filters, from, to, width, height, down, sumsDown);
    }
  }

  /** Makes results of a block's sums, from the bias, a residual or both on. */
  private void addLanes(BlockRun run, DenseDotWindowCall call) {
    int results = run.pixels() * shape.filters();
    float[] staged = run.output;
    if (run.started) {
      for (int i = 0; i < results; i++) {
        staged[run.outputOffset + i] += bias[i];
      }
      call.results(staged, run.outputOffset, staged);
    } else {
      call.results(bias, 0, staged);
    }
    call.add(0, run.outputOffset, results);
    if (epilogue.isClamped()) {
      epilogue.activate(staged, run.outputOffset, results);
    }
  }
}

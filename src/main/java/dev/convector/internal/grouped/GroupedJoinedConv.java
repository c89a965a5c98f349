package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

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
import dev.convector.internal.simd.AlignedFloats;
import jdk.incubator.vector.FloatVector;

/**
 * Channels-last convolution of few channels a group in one or few groups, whose filters alone would
 * leave lanes empty: some neighbouring pixels are computed as one, on the kernels of the codegen
 * folder's GroupedJoinedKernels and, for 1x1, GroupedPointKernels. Rows of pixels follow one
 * another in memory, so that a vector of several pixels' channels is one load, and one of their
 * filters one store; a tap further right is the same a pixel's channels later.
 *
 * <p>What a row's last pixels are joined with, beyond its end, is stored again by the next row. The
 * block's last pixels are staged. 1x1 kernels read the input where it lies but for these, all
 * others a padded strip.
 */
public final class GroupedJoinedConv extends BlockConv {
  /** Output rows of a block; more save little. */
  private static final int MOST_ROWS = 8;

  /** Where in scratch the input begins. */
  private static final int INPUT = AlignedFloats.FIRST;

  private final GroupedJoinedWeights weights;

  /** Null where input pixels that follow one another are all that is seen. */
  private final InputStrip strip;

  /** Where the taps of a window lie in the strip, from its first on. */
  private final int[] steps;

  /** Whether weights stay in registers for a whole row. */
  private final boolean isPoint;

  public GroupedJoinedConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem.flattened(), weights, Epilogue.of(problem, bias));
  }

  private GroupedJoinedConv(ConvProblem problem, float[] weights, Epilogue epilogue) {
    this(
        problem.shape(),
        new GroupedJoinedWeights(problem.shape(), weights, epilogue.bias()),
        epilogue,
        blocks(problem.shape()));
  }

  private GroupedJoinedConv(
      ConvShape shape, GroupedJoinedWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(shape, epilogue, weights, blocks, stagedEnd(shape));
    this.weights = weights;
    int taps = shape.kernelHeight() * shape.kernelWidth();
    this.isPoint = taps == 1;
    this.strip =
        isContiguous(shape)
            ? null
            : new InputStrip(
                shape,
                true,
                Border.ALL,
                InputStrip.Windows.all(shape),
                shape.channels(),
                shape.strideWidth(),
                blocks);
    this.steps = new int[taps];
    for (int tap = 1; tap < taps; tap++) {
      int row = tap / shape.kernelWidth() * shape.dilationHeight();
      int column = tap % shape.kernelWidth() * shape.dilationWidth();
      steps[tap] = row * strip.rowStep() + strip.place(column);
    }
  }

  private static boolean isContiguous(ConvShape s) {
    return s.kernelHeight() * s.kernelWidth() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && !s.isPadded();
  }

  /**
   * Pixels at a block's end that hold what is read and stored beyond the others: with what they are
   * joined, and a vector.
   */
  private static int stagedEnd(ConvShape s) {
    int least = Math.min(s.channels(), s.filters());
    return GroupedJoinedWeights.pixels(s) - 1 + Math.ceilDiv(LANES, least);
  }

  private static PixelBlocks blocks(ConvShape s) {
    int rows = rows(s, Blocking.TAP_STRIP_FLOATS);
    int columns = columns(s, rows, Blocking.TAP_STRIP_FLOATS);
    if (InputStrip.copies(s, Border.ALL, rows, columns) > InputStrip.MOST_COPIES) {
      rows = rows(s, Blocking.WIDE_STRIP_FLOATS);
      columns = columns(s, rows, Blocking.WIDE_STRIP_FLOATS);
    }
    return PixelBlocks.cut(s, rows * columns);
  }

  private static int rows(ConvShape s, int budget) {
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && !fits(s, rows, s.outputWidth(), budget)) {
      rows--;
    }
    return rows;
  }

  private static int columns(ConvShape s, int rows, int budget) {
    int columns = s.outputWidth();
    while (columns > 1 && !fits(s, rows, columns, budget)) {
      columns = Math.ceilDiv(columns, 2);
    }
    return columns;
  }

  private static boolean fits(ConvShape s, int rows, int columns, int budget) {
    return (long) rows * columns * s.filters() <= Blocking.TAP_STRIP_FLOATS
        && stripFloats(s, rows, columns) <= budget;
  }

  private static long stripFloats(ConvShape s, int rows, int columns) {
    return InputStrip.floats(s, Border.ALL, s.channels(), rows, columns);
  }

  /**
   * Whether this way is possible, and a row has so many vectors less than of single pixels that it
   * is faster: other kernels share columns, which these don't. With half the vectors 1x1 of 4
   * channels in two groups at 363x363 takes 0.11 of the time, since no pixel is staged, 3x3 of 4 in
   * three groups at 29x80 0.3, of 5 in two at 40x40 0.6; of 4 in five groups, five vectors for four
   * pixels instead of eight, 0.93, of 4 in seven 1.2 (Zen 5). Strided 1x1 kernels would need a
   * strip: 3 in two groups at 81x81 1.7. Of a single group only 1x1 kernels, which with up to half
   * a vector of channels and filters take 0.19 (2 to 2) to 0.83 (1 to 8) of the time, 3 to 3 0.25,
   * 8 to 8 0.6, with half the lanes 0.25 to 0.68; 3x3 1.03 (3 to 3) to 3 (Xeon, family 6 model
   * 207).
   */
  public static boolean pays(ConvProblem problem) {
    if (!accepts(problem)) {
      return false;
    }
    ConvShape s = problem.with(problem.chosenBy()).flattened().shape();
    int joined = Math.ceilDiv(s.outputWidth(), GroupedJoinedWeights.pixels(s));
    long vectors = (long) joined * GroupedJoinedWeights.vectors(s);
    long single = (long) s.outputWidth() * GroupedWeights.pixelVectors(s);
    if (s.kernelHeight() * s.kernelWidth() == 1) {
      return isContiguous(s) && vectors < single;
    }
    return 3 * vectors <= 2 * single;
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.with(problem.chosenBy()).flattened().shape();
    return problem.channelsLast()
        && (s.groups() > 1 || isContiguous(s))
        && s.groupFilters() * s.groupChannels() > 1
        && s.groupChannels() <= GroupedJoinedKernels.MOST
        && GroupedJoinedWeights.isPossible(s)
        && stripFloats(s, 1, 1) <= Blocking.STRIP_FLOATS;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    ConvShape s = problem.flattened().shape();
    return new GroupedJoinedConv(s, weights, epilogue, blocks(s));
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes() + (long) steps.length * Integer.BYTES;
  }

  /** Floats that the last joined pixel reaches beyond what there is, of so many a pixel. */
  private int beyond(int pixel) {
    return weights.pixels() * pixel + LANES;
  }

  /** Where in scratch results are that a residual is added to. */
  private int sums() {
    int input = strip == null ? mostPixels() * shape.channels() : strip.windowFloats();
    return AlignedFloats.next(INPUT + input + beyond(shape.channels()));
  }

  @Override
  protected int inputFloats() {
    return sums() + mostPixels() * shape.filters() + beyond(shape.filters());
  }

  @Override
  public int scratchFloats() {
    return super.scratchFloats() + beyond(shape.filters());
  }

  @Override
  protected UnitCost cost() {
    return strip == null ? super.cost() : super.cost().loading(shape.inputSize(), true, halo());
  }

  @Override
  protected boolean storesInOrder() {
    return true;
  }

  @Override
  protected boolean addsBias() {
    return true;
  }

  /** The border last: pixels parted by the stride are stored as whole vectors. */
  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (strip != null) {
      strip.load(run, 0, 1, INPUT);
      strip.clearBorder(run, 1, INPUT);
    }
    return end;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    GroupedCall call = GroupedCall.of(run.scratch);
    call.kernel(0, steps, shape.groupChannels());
    call.steps(0, steps.length);
    if (run.started) {
      call.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
      pixels(run, call, 0, run.pixels(), sums());
      addSums(run);
      return;
    }
    call.clamp(epilogue.low(), epilogue.high());
    if (run.staged) {
      pixels(run, call, 0, run.pixels(), run.staging);
      return;
    }
    int staged = run.pixels() - run.stagedEnd;
    call.result(run.operands.dst, 0, weights.pixels() * shape.filters());
    call.input(strip == null ? run.operands.src : run.scratch.floats, 0, step());
    lines(run, call, 0, staged, strip == null ? first(run) : INPUT, run.outputOffset);
    pixels(run, call, staged, run.pixels(), run.staging);
  }

  /** Floats from one joined pixel to the next. */
  private int step() {
    return weights.pixels() * shape.channels();
  }

  /** Where the input of the block's first pixel lies. */
  private int first(BlockRun run) {
    int row = run.image * shape.height() + run.row;
    return run.operands.srcOffset + (row * shape.width() + run.column) * shape.channels();
  }

  /** Some pixels of a block to scratch, where the first one's results would be at {@code to}. */
  private void pixels(BlockRun run, GroupedCall call, int from, int end, int to) {
    float[] scratch = run.scratch.floats;
    if (strip == null) {
      int channels = shape.channels();
      int at = first(run) + from * channels;
      System.arraycopy(
          run.operands.src, at, scratch, INPUT + from * channels, (end - from) * channels);
    }
    call.result(scratch, 0, weights.pixels() * shape.filters());
    call.input(scratch, 0, step());
    lines(run, call, from, end, INPUT, to);
  }

  /**
   * Some pixels of a block, row by row.
   *
   * @param at where the first one's input would be, or the strip
   * @param to where its results would be
   */
  private void lines(BlockRun run, GroupedCall call, int from, int end, int at, int to) {
    int width = run.width();
    int line = from / width;
    int column = from - line * width;
    for (int pixel = from; pixel < end; line++, column = 0) {
      int count = Math.min(width - column, end - pixel);
      int input =
          strip == null
              ? pixel * shape.channels()
              : strip.windowOffset(run, run.row + line, run.column + column);
      int joined = Math.ceilDiv(count, weights.pixels());
      line(call, joined, at + input, to + pixel * shape.filters());
      pixel += count;
    }
  }

  private void line(GroupedCall call, int pixels, int at, int to) {
    for (int vector = 0; vector < weights.vectors(); vector++) {
      call.weights(weights, vector);
      call.startFrom(weights.bias(), vector * LANES);
      int from = at + weights.channel(vector);
      int result = to + weights.firstFilter(vector);
      if (isPoint) {
        call.runPoints(true, 1, pixels, from, result);
      } else {
        call.runJoined(pixels, from, result);
      }
    }
  }

  /** Adds a block's sums to the residual that is staged. */
  private void addSums(BlockRun run) {
    float[] floats = run.scratch.floats;
    int count = run.pixels() * shape.filters();
    int shift = sums() - run.staging;
    for (int at = run.staging; at < run.staging + count; at += LANES) {
      FloatVector.fromArray(SPECIES, floats, at)
          .add(FloatVector.fromArray(SPECIES, floats, at + shift))
          .intoArray(floats, at);
    }
    if (epilogue.isClamped()) {
      epilogue.activate(floats, run.staging, count);
    }
  }
}

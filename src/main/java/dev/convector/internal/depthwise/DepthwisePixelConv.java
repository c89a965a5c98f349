package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.function.Supplier;

/**
 * Depthwise convolution with neighbouring columns of a row in the lanes: of planes, and of
 * channels-last images of few channels, each of which is a plane with its channels as columns.
 *
 * <p>The image is read and written in place, a few planes or some rows of one at a time, so that
 * they stay in the first-level cache. Lanes stored beyond the end of a narrow row are overwritten
 * by the next row or plane; the last one of a unit goes through scratch. So does all output that
 * has a residual or an activation to follow.
 */
public final class DepthwisePixelConv implements PackedWork {
  /** Fewest output rows of a block, where there are as many: so that their inputs are shared. */
  private static final int LEAST_ROWS = 4;

  /**
   * Floats of a row from which on far planes are read ahead: of 3x3, of larger kernels, strided.
   */
  private static final int LEAST_AHEAD_3 = 72;

  private static final int LEAST_AHEAD = 56;
  private static final int LEAST_AHEAD_STRIDED = 96;

  /** Output rows of a block from which on it is read ahead. */
  private static final int LEAST_AHEAD_ROWS = 8;

  private static final int LEAST_AHEAD_ROWS_STRIDED = 6;

  private final ConvShape shape;

  /** Planes of the output in an image. */
  private final int imagePlanes;

  /** Floats of a row of a plane of the output. */
  private final int rowFloats;

  private final Epilogue epilogue;
  private final DepthwisePixelOutput output;
  private final DepthwisePixelRows planes;

  /** Null where rows are too long for that. */
  private final DepthwisePixelPairs pairs;

  private final int blocks;
  private final int group;
  private final boolean mayReadAhead;
  private final boolean overrun;
  private final int stagingFloats;
  private final int copyFloats;

  public DepthwisePixelConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem, weights, new Epilogue(problem.activation(), bias, problem.shape().filters()));
  }

  private DepthwisePixelConv(ConvProblem problem, float[] weights, Epilogue epilogue) {
    this(problem, epilogue, DepthwisePixelRows.of(problem, weights, epilogue.bias()));
  }

  private DepthwisePixelConv(ConvProblem problem, Epilogue epilogue, DepthwisePixelRows planes) {
    this.shape = problem.shape();
    this.epilogue = epilogue;
    this.output = new DepthwisePixelOutput(epilogue);
    this.planes = planes;
    boolean all = problem.channelsLast();
    this.imagePlanes = all ? 1 : shape.filters();
    this.rowFloats = shape.outputWidth() * (all ? shape.filters() : 1);
    this.overrun = rowFloats < LANES;
    int moved = rowFloats + shape.strideHeight() * shape.width() * (all ? shape.channels() : 1);
    int aim = Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS * (shape.kernelHeight() == 3 ? 1 : 4);
    int least = Math.min(all ? LEAST_ROWS : 1, shape.outputHeight());
    int most = Math.clamp(aim / moved, least, shape.outputHeight());
    this.blocks = Math.ceilDiv(shape.outputHeight(), most);
    int rows = Math.ceilDiv(shape.outputHeight(), blocks);
    this.group =
        blocks > 1 || shape.groupFilters() > 1
            ? 1
            : Math.clamp(Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS / (moved * rows), 1, imagePlanes);
    this.mayReadAhead = group == 1 && isFar(rows);
    this.pairs =
        group > 1 && DepthwisePixelPairs.accepts(shape)
            ? new DepthwisePixelPairs(shape, planes)
            : null;
    this.stagingFloats = group * rows * rowFloats + 2 * LANES;
    this.copyFloats = planes.scratchFloats(rows);
  }

  /**
   * Whether blocks of many rows, each vector of columns of which is a walk down them, are read in
   * the order of memory first: 3x3, 5x5 and 7x7 take 0.63, 0.51 and 0.38 of the time of 496
   * channels at 72x72, 0.78, 0.51 and 0.41 of 280 at 96x96, 0.62, 0.6 and 0.49 of 48 at 224x224,
   * 0.76, 0.85 and 0.81 of 20 at 340x340, 5x5 dilated by 3 0.95 of 64 at 224x224; with stride 2 3x3
   * 0.72 to 1.0, of 32 at 369x369 and 48 at 400x400 0.8 and 0.9 (Regression, Zen 4 without
   * AVX-512). Narrow rows, which follow one another sooner, are found without, and so are rows of
   * which a block has few.
   */
  private boolean isFar(int rows) {
    long bytes = ((long) shape.inputSize() + shape.outputSize()) * Float.BYTES;
    boolean isStrided = shape.strideHeight() > 1;
    int ofFull = shape.kernelHeight() == 3 ? LEAST_AHEAD_3 : LEAST_AHEAD;
    return ReadAhead.paysByParts(bytes)
        && planes.width() >= (isStrided ? LEAST_AHEAD_STRIDED : ofFull)
        && rows >= (isStrided ? LEAST_AHEAD_ROWS_STRIDED : LEAST_AHEAD_ROWS);
  }

  /** Whether this way is possible and pays. */
  public static boolean pays(ConvProblem problem) {
    // With more than half of the lanes empty, strips are faster: 1.1 times at 7x7.
    return accepts(problem)
        && (problem.shape().kernelHeight() == 3 || 2 * rowFloats(problem) > LANES)
        && (problem.shape().kernelHeight() < 7 || paysOf7(problem.shape()))
        && !turningPays(problem);
  }

  /**
   * Whether large kernels with stride 2 are better computed channels-last, by strips: AVX2 has no
   * permutation of two vectors, C2 spills what it makes of it, and differently from JVM to JVM. In
   * two and three JVMs strips take, where channels fill their vectors, of 5x5 on 64 channels at
   * 150x150 0.4 and 0.7 of the time, on 96 at 56x56 0.96 and 0.85, on 288 at 20x20 0.46 to 0.78, on
   * 240 at 28x28 0.85 to 1.03, on 672 at 14x14 0.94 to 1.18, of 7x7 on 32 at 369x369 0.62, on 96 at
   * 56x56 0.65 and 0.71, on 192 at 28x28 0.70 and 0.75, on 32 at 112x112 0.85 to 1.14 (Regression,
   * Zen 4 without AVX-512). To two filters each, one after the other there, 1.16 to 1.36 (Choices).
   */
  private static boolean turningPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !Simd.MANY_REGISTERS
        && !problem.channelsLast()
        && s.strideWidth() == 2
        && s.kernelHeight() > 3
        && s.groupFilters() == 1
        && s.channels() % LANES == 0;
  }

  /**
   * The same of 7x7 with 8 lanes, against strips where channels fill a vector of them: 64 channels
   * to rows of 9 take 1.2 to 1.27 of the time, to rows of 10, 11, 14, 20, 28 and 56 0.9, 0.96, 0.6,
   * 0.82, 0.57 and 0.54; with stride 2 to rows of 5, 10, 11, 12 and 17 1.2 to 1.54, of 7, 14, 28
   * and 56 0.92 to 1.01 (Regression and Choices, Zen 4 without AVX-512).
   */
  private static boolean paysOf7(ConvShape s) {
    int used = s.outputWidth();
    int computed = Simd.roundUp(used);
    boolean fillsLanes = s.strideWidth() == 1 ? 5 * computed <= 8 * used : 7 * computed <= 8 * used;
    return LANES > DepthwisePixelRows.LEAST_LANES_OF_7 || s.channels() < LANES || fillsLanes;
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(ConvProblem problem) {
    // What a row's last vector stores beyond the row lies inside the next block.
    return DepthwisePixelRows.accepts(problem)
        && problem.shape().outputHeight() * rowFloats(problem) >= LANES;
  }

  private static int rowFloats(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.outputWidth() * (problem.channelsLast() ? s.filters() : 1);
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DepthwisePixelConv(problem, epilogue, planes.withShape(problem.shape()));
  }

  @Override
  public Supplier<float[]> original() {
    return planes::original;
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes() + planes.bytes() + (pairs == null ? 0 : pairs.bytes());
  }

  @Override
  public boolean mayReadAhead() {
    return mayReadAhead;
  }

  /** Scratch: results on their way, a residual, input. */
  @Override
  public int scratchFloats() {
    return 2 * stagingFloats + copyFloats;
  }

  @Override
  public int units(int threads) {
    long moved = ((long) shape.inputSize() + shape.outputSize()) / 2;
    int worth = Split.threads(shape.multiplyAdds(), moved, threads);
    return Split.parts(1, items(), worth);
  }

  private int items() {
    return shape.batch() * imagePlanes * blocks;
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, items(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(items(), unit, units);
    int last = Split.start(items(), unit + 1, units) - 1;
    int size = shape.outputHeight() * rowFloats;
    int from = first / blocks * size + row(first) * rowFloats;
    int to = last / blocks * size + endRow(last) * rowFloats;
    footprint.written.add(from, to - from);
    // Several output planes may have one input plane.
    boolean one = first / blocks == last / blocks;
    int x = planes.from(first / blocks, one ? row(first) : 0);
    int end = planes.end(last / blocks, one ? endRow(last) : shape.outputHeight());
    footprint.read.add(x, end - x);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(items(), unit + 1, units);
    DepthwisePixelCall call = DepthwisePixelCall.of(scratch);
    call.clamp(output.low(operands), output.high(operands));
    call.scratch(scratch.floats, 2 * stagingFloats);
    for (int item = Split.start(items(), unit, units), count; item < end; item += count) {
      int plane = item / blocks;
      int left = Math.min(end - item, imagePlanes - plane % imagePlanes);
      count = blocks > 1 ? 1 : Math.min(group, left);
      block(call, operands, plane, count, row(item), endRow(item), item + count == end);
    }
  }

  /** The first output row of an item. */
  private int row(int item) {
    return Split.start(shape.outputHeight(), item % blocks, blocks);
  }

  private int endRow(int item) {
    return Split.start(shape.outputHeight(), item % blocks + 1, blocks);
  }

  private void block(
      DepthwisePixelCall call,
      Operands operands,
      int plane,
      int count,
      int row,
      int endRow,
      boolean last) {
    boolean direct = output.isDirect(operands);
    if (pairs != null && count > 1 && pairs.isInside(operands, plane, count)) {
      pairs(call, operands, plane, count / 2);
      if (count % 2 == 1) {
        block(call, operands, plane + count - 1, 1, row, endRow, last);
      }
      return;
    }
    if (count > 1 && direct && overrun && last) {
      block(call, operands, plane, count - 1, row, endRow, false);
      block(call, operands, plane + count - 1, 1, row, endRow, true);
      return;
    }
    int outputPlane = shape.outputHeight() * rowFloats;
    int y = plane * outputPlane + row * rowFloats;
    boolean staged = !direct || (overrun && last);
    call.output(
        staged ? call.scratch : operands.dst, staged ? 0 : operands.dstOffset + y, outputPlane);
    if (operands.readsAhead) {
      planes.readAhead(call, operands, plane, row, endRow);
      if (!staged) {
        int floats = (endRow - row) * rowFloats;
        call.read += ReadAhead.read(operands.dst, operands.dstOffset + y, floats);
      }
    }
    planes.run(call, operands, plane, count, row, endRow);
    if (staged) {
      output.finish(
          operands, y, 0, count * (endRow - row) * rowFloats, call.scratch, stagingFloats);
    }
  }

  /**
   * Whole planes, each of the first {@code count} together with one of the next. The last pair goes
   * through scratch, since its lanes beyond the plane would fall on planes written before.
   */
  private void pairs(DepthwisePixelCall call, Operands operands, int plane, int count) {
    int length = shape.outputHeight() * shape.outputWidth();
    int y = plane * length;
    int distance = count * length;
    int through = output.isDirect(operands) ? 1 : count;
    int beside = through * length + LANES;
    int first = count - through;
    if (first > 0) {
      call.output(operands.dst, operands.dstOffset + y, length);
      pairs.run(call, operands, plane, count, first, distance);
    }
    call.output(call.scratch, 0, length);
    pairs.run(call, operands, plane + first, count, through, beside);
    output.finish(operands, y + first * length, 0, through * length, call.scratch, stagingFloats);
    output.finish(
        operands,
        y + distance + first * length,
        beside,
        through * length,
        call.scratch,
        stagingFloats);
  }
}

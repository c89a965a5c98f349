package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;

/**
 * Channels-first depthwise convolution with neighbouring columns of a row in the lanes.
 *
 * <p>The image is read and written in place, a few planes or some rows of one at a time, so that
 * they stay in the first-level cache. Lanes stored beyond the end of a narrow row are overwritten
 * by the next row or plane; the last one of a unit goes through scratch. So does all output that
 * has a residual or an activation to follow.
 */
public final class DepthwisePixelConv implements PackedWork {
  private final ConvShape shape;
  private final Epilogue epilogue;
  private final DepthwisePixelRows planes;

  /** Null where rows are too long for that. */
  private final DepthwisePixelPairs pairs;

  private final int blocks;
  private final int group;
  private final boolean overrun;
  private final int stagingFloats;
  private final int copyFloats;

  public DepthwisePixelConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem, weights, new Epilogue(problem.activation(), bias, problem.shape().filters()));
  }

  private DepthwisePixelConv(ConvProblem problem, float[] weights, Epilogue epilogue) {
    this(problem, epilogue, new DepthwisePixelRows(problem.shape(), weights, epilogue.bias()));
  }

  private DepthwisePixelConv(ConvProblem problem, Epilogue epilogue, DepthwisePixelRows planes) {
    this.shape = problem.shape();
    this.epilogue = epilogue;
    this.planes = planes;
    int width = shape.outputWidth();
    this.overrun = width < LANES;
    int rowFloats = width + shape.strideHeight() * shape.width();
    int aim = Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS * (shape.kernelHeight() == 3 ? 1 : 4);
    int most = Math.clamp(aim / rowFloats, 1, shape.outputHeight());
    this.blocks = Math.ceilDiv(shape.outputHeight(), most);
    int rows = Math.ceilDiv(shape.outputHeight(), blocks);
    this.group =
        blocks > 1 || shape.groupFilters() > 1
            ? 1
            : Math.clamp(
                Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS / (rowFloats * rows), 1, shape.filters());
    this.pairs =
        group > 1 && DepthwisePixelPairs.accepts(shape)
            ? new DepthwisePixelPairs(shape, planes)
            : null;
    this.stagingFloats = group * rows * width + 2 * LANES;
    this.copyFloats = planes.scratchFloats(rows);
  }

  /** Whether this way is possible and pays. */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !problem.channelsLast()
        && DepthwisePixelRows.accepts(s)
        // With more than half of the lanes empty, strips are faster: 1.1 times at 7x7.
        && (s.kernelHeight() == 3 || 2 * s.outputWidth() > LANES)
        // What a row's last vector stores beyond the row lies inside the next block.
        && s.outputHeight() * s.outputWidth() >= LANES;
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
    return shape.batch() * shape.filters() * blocks;
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, items(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(items(), unit, units);
    int last = Split.start(items(), unit + 1, units) - 1;
    int size = shape.outputHeight() * shape.outputWidth();
    int from = first / blocks * size + row(first) * shape.outputWidth();
    int to = last / blocks * size + endRow(last) * shape.outputWidth();
    footprint.written.add(from, to - from);
    int x = planes.from(first / blocks, row(first));
    footprint.read.add(x, planes.end(last / blocks, endRow(last)) - x);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(items(), unit + 1, units);
    DepthwisePixelCall call = DepthwisePixelCall.of(scratch);
    boolean direct = isDirect(operands);
    call.clamp(
        direct ? epilogue.low() : Float.NEGATIVE_INFINITY,
        direct ? epilogue.high() : Float.POSITIVE_INFINITY);
    call.scratch(scratch.floats, 2 * stagingFloats);
    for (int item = Split.start(items(), unit, units), count; item < end; item += count) {
      int plane = item / blocks;
      int left = Math.min(end - item, shape.filters() - plane % shape.filters());
      count = blocks > 1 ? 1 : Math.min(group, left);
      block(call, operands, plane, count, row(item), endRow(item), item + count == end);
    }
    call.clear();
  }

  /** The first output row of an item. */
  private int row(int item) {
    return Split.start(shape.outputHeight(), item % blocks, blocks);
  }

  private int endRow(int item) {
    return Split.start(shape.outputHeight(), item % blocks + 1, blocks);
  }

  /** Whether results need nothing but a clamp, which the kernels do. */
  private boolean isDirect(Operands operands) {
    return operands.residual == null && epilogue.isClamp();
  }

  private void block(
      DepthwisePixelCall call,
      Operands operands,
      int plane,
      int count,
      int row,
      int endRow,
      boolean last) {
    boolean direct = isDirect(operands);
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
    int outputPlane = shape.outputHeight() * shape.outputWidth();
    int y = plane * outputPlane + row * shape.outputWidth();
    boolean staged = !direct || (overrun && last);
    call.output(
        staged ? call.scratch : operands.dst, staged ? 0 : operands.dstOffset + y, outputPlane);
    planes.run(call, operands, plane, count, row, endRow);
    if (staged) {
      finish(operands, y, 0, count * (endRow - row) * shape.outputWidth(), call.scratch);
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
    int through = isDirect(operands) ? 1 : count;
    int beside = through * length + LANES;
    int first = count - through;
    if (first > 0) {
      call.output(operands.dst, operands.dstOffset + y, length);
      pairs.run(call, operands, plane, count, first, distance);
    }
    call.output(call.scratch, 0, length);
    pairs.run(call, operands, plane + first, count, through, beside);
    finish(operands, y + first * length, 0, through * length, call.scratch);
    finish(operands, y + distance + first * length, beside, through * length, call.scratch);
  }

  /** Adds a residual, applies an activation that the kernels' store didn't, and moves. */
  private void finish(Operands operands, int y, int from, int length, float[] scratch) {
    if (operands.residual != null) {
      System.arraycopy(
          operands.residual, operands.residualOffset + y, scratch, stagingFloats, length);
      add(scratch, from, stagingFloats, length);
    }
    if (!isDirect(operands)) {
      epilogue.activate(scratch, from, length);
    }
    System.arraycopy(scratch, from, operands.dst, operands.dstOffset + y, length);
  }

  private static void add(float[] values, int to, int from, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(SPECIES, values, to + i)
          .add(FloatVector.fromArray(SPECIES, values, from + i))
          .intoArray(values, to + i);
    }
  }
}

package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/**
 * Depthwise convolution tap by tap with neighbouring pixels in the lanes, whatever kernel, stride
 * and dilation: of planes, and of channels-last images whose channels don't fill a vector, with all
 * channels of some pixels in one.
 *
 * <p>Images are read in place. They are written in place where vectors end with the row, else
 * through scratch: what lies behind a vector's pixels would fall on others of the output.
 */
public final class DepthwisePixelTapConv implements PackedWork {
  /** Most floats of the input below one row of outputs: 384 KiB. */
  private static final int MAX_FLOATS = 96 * 1024;

  private final ConvShape shape;
  private final Epilogue epilogue;
  private final DepthwisePixelTaps taps;
  private final DepthwisePixelOutput output;

  /** Of the output, in all images. */
  private final int planes;

  private final int blocks;

  /** Planes of a block, if it is of whole ones. */
  private final int group;

  /** Floats from row to row of staged results. */
  private final int stagedRow;

  /** From plane to plane. */
  private final int stagedPlane;

  private final int copyFloats;

  public DepthwisePixelTapConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.epilogue = Epilogue.of(problem, bias);
    this.taps = new DepthwisePixelTaps(problem, weights, epilogue.bias());
    this.output = new DepthwisePixelOutput(epilogue);
    boolean all = problem.channelsLast();
    this.planes = shape.batch() * (all ? 1 : shape.filters());
    int moved = shape.inputSize() / shape.batch() / (all ? 1 : shape.channels());
    int rowFloats = taps.outputRow() + Math.ceilDiv(moved, shape.outputHeight());
    int fitting = Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS / rowFloats;
    int most = Math.clamp(fitting, DepthwisePixelTapKernels.ROWS, Integer.MAX_VALUE);
    this.blocks = Math.ceilDiv(shape.outputHeight(), most);
    int rows = Math.ceilDiv(shape.outputHeight(), blocks);
    this.group =
        blocks > 1 || all || shape.groupFilters() > 1
            ? 1
            : Math.clamp(fitting / rows, 1, shape.filters());
    this.stagedRow = taps.outputRow() + (taps.isSingle() || taps.isExact() ? 0 : LANES);
    this.stagedPlane = rows * stagedRow + LANES;
    this.copyFloats = taps.scratchFloats(rows);
  }

  /** Whether this way is possible and pays. */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean last = problem.channelsLast();
    if (DepthwisePixelTaps.pixels(problem) < 1) {
      return false;
    }
    boolean suits = last ? s.filters() < LANES : s.strideWidth() > 2 || s.filters() < LANES;
    int inputFloats = last ? s.channels() : 1;
    return suits && DepthwisePixelTaps.scratchFloats(s, inputFloats, 1) <= MAX_FLOATS;
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes() + taps.bytes();
  }

  /** Scratch: results on their way, a residual, input. */
  @Override
  public int scratchFloats() {
    return 2 * stagingFloats() + copyFloats;
  }

  private int stagingFloats() {
    return group * stagedPlane + LANES;
  }

  @Override
  public int units(int threads) {
    long moved = ((long) shape.inputSize() + shape.outputSize()) / 2;
    int worth = Split.threads(shape.multiplyAdds(), moved, threads);
    return Split.parts(1, planes * blocks, worth);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(planes * blocks, unit + 1, units);
    int inImage = planes / shape.batch();
    DepthwisePixelTapCall call = DepthwisePixelTapCall.of(scratch);
    call.clamp(output.low(operands), output.high(operands));
    for (int i = Split.start(planes * blocks, unit, units), count; i < end; i += count) {
      int plane = i / blocks;
      count = blocks > 1 ? 1 : Math.min(group, Math.min(end - i, inImage - plane % inImage));
      int row = Split.start(shape.outputHeight(), i % blocks, blocks);
      int endRow = Split.start(shape.outputHeight(), i % blocks + 1, blocks);
      block(call, operands, plane, count, row, endRow, scratch.floats);
    }
    call.clear();
  }

  private void block(
      DepthwisePixelTapCall call,
      Operands operands,
      int plane,
      int count,
      int row,
      int endRow,
      float[] scratch) {
    int rowFloats = taps.outputRow();
    int planeFloats = shape.outputHeight() * rowFloats;
    int y = plane * planeFloats + row * rowFloats;
    boolean inPlace = taps.isExact() && output.isDirect(operands);
    if (inPlace) {
      call.output(operands.dst, operands.dstOffset + y, rowFloats, planeFloats);
    } else {
      call.output(scratch, 0, stagedRow, stagedPlane);
    }
    taps.run(call, operands, plane, count, row, endRow, scratch, 2 * stagingFloats());
    if (inPlace) {
      return;
    }
    int residual = stagingFloats();
    int length = stagedRow == rowFloats ? (endRow - row) * rowFloats : rowFloats;
    int rows = stagedRow == rowFloats ? 1 : endRow - row;
    for (int i = 0; i < count; i++) {
      for (int r = 0; r < rows; r++) {
        int from = i * stagedPlane + r * stagedRow;
        output.finish(
            operands, y + i * planeFloats + r * rowFloats, from, length, scratch, residual);
      }
    }
  }
}

package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
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

  /** Of a kernel, where channels would fill vectors. */
  private static final int MOST_COLUMNS = 5;

  /** Of a kernel. */
  private static final int SMALL_TAPS = 25;

  /** Of a kernel, by pixels of a vector, where these are many. */
  private static final int FOUR_PIXELS_TAPS = 169;

  private static final int FIVE_PIXELS_TAPS = 441;

  /** The same of planes, with stride 2. */
  private static final int MOST_STRIDED_TAPS = 100;

  /** The same of very few planes with larger strides. */
  private static final int MOST_STRIDED_TAPS_OF_FEW = 256;

  /** How often a strip holds the same pixel of the input from which on two of a vector pay. */
  private static final int MANY_COPIES = 4;

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

  /**
   * Whether this way is possible and pays. Of several vectors of planes with stride 4, 3x3 on 463
   * at 20x20 takes 0.37 of the time of strips, 5x5 on 32 at 112x112 with stride 3 0.84, 7x7 on 96
   * at 56x56 1.24; of few with stride 1, 2x2 on 8 0.28, 9x9 on 6 1.16. Channels last, with 8
   * channels at 56x56, 3x3 with stride 2 takes 0.33, 5x5 0.74, 7x7 with stride 1 1.9, 9x9 2.2 (Zen
   * 5). Of larger kernels channels last, on few channels: docs/decisions.md.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean last = problem.channelsLast();
    boolean small = s.kernelHeight() * s.kernelWidth() <= SMALL_TAPS;
    boolean suits =
        last
            ? s.filters() < LANES && (small || manyTapsPay(problem))
            : s.filters() <= (small || stridedPays(s) ? LANES / 2 : LANES / 8)
                || s.strideWidth() > 2 && s.kernelWidth() <= MOST_COLUMNS
                || s.strideWidth() <= 2 && small && isRow(s);
    return suits && accepts(problem);
  }

  /** Whether it can compute a problem: a vector holds a pixel, scratch what a row sees. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    int channels = problem.channelsLast() ? s.channels() : 1;
    return DepthwisePixelTaps.pixels(problem) >= 1
        && DepthwisePixelTaps.scratchFloats(s, channels, 1) <= MAX_FLOATS;
  }

  /** One kernel row of planes: 1x5 on 240 at 80x80 0.7, dilated 0.7, 1x11 on 24 at 28x28 0.5. */
  private static boolean isRow(ConvShape s) {
    return s.kernelHeight() == 1 && s.groupFilters() == 1;
  }

  /**
   * Of large kernels 14x14 with stride 2 on 7 planes takes 1.8 of the time of strips (Zen 5), 16x16
   * with stride 4 on 8 at 28x28 2.3, at 80x80 1.9, on 3 1.0, 21x21 with stride 3 on 3 1.9, 30x30
   * with stride 4 on 5 at 20x12 6 (Zen 4).
   */
  private static boolean stridedPays(ConvShape s) {
    boolean isFew = s.strideWidth() > 2 && s.filters() <= LANES / 4;
    return s.strideWidth() > 1
        && s.kernelHeight() * s.kernelWidth()
            <= (isFew ? MOST_STRIDED_TAPS_OF_FEW : MOST_STRIDED_TAPS);
  }

  private static boolean manyTapsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    int pixels = DepthwisePixelTaps.pixels(problem);
    if (pixels > 4) {
      return taps <= FIVE_PIXELS_TAPS;
    }
    return taps <= FOUR_PIXELS_TAPS
        && (pixels == 4 || pixels > 1 && DepthwiseConv.copies(problem) >= MANY_COPIES);
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
  public int units(int threads, int least) {
    return Split.atLeast(least, planes * blocks, units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(planes * blocks, unit, units);
    int last = Split.start(planes * blocks, unit + 1, units) - 1;
    int rows = shape.outputHeight();
    int from = (first / blocks * rows + row(first)) * taps.outputRow();
    int to = (last / blocks * rows + endRow(last)) * taps.outputRow();
    footprint.written.add(from, to - from);
    // Several output planes may have one input plane.
    boolean one = first / blocks == last / blocks;
    int x = taps.from(first / blocks, one ? row(first) : 0);
    int end = taps.end(last / blocks, one ? endRow(last) : rows);
    footprint.read.add(x, Math.max(0, end - x));
  }

  /** The first output row of a block, of all planes' blocks. */
  private int row(int block) {
    return Split.start(shape.outputHeight(), block % blocks, blocks);
  }

  private int endRow(int block) {
    return Split.start(shape.outputHeight(), block % blocks + 1, blocks);
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
      block(call, operands, plane, count, row(i), endRow(i), scratch.floats);
    }
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

package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Activation;
import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;

/**
 * Channels-last depthwise convolution of fewer channels than lanes, which are a vector all the
 * same: the image is read in place by the kernels of whole vectors, whose last lanes see the pixel
 * behind. What they make of it falls on the place of the next result, which is stored later; so
 * rows of results are staged, with a vector's room behind each. Where results are not stored from
 * left to right each is staged as a vector, and moved together with the others.
 *
 * <p>The last rows of the input, behind whose last pixel its array has no vector's floats, are
 * copied to scratch.
 */
public final class DepthwiseNarrowConv implements PackedWork {
  /** The largest kernel that has fast ones for pixels in the lanes. */
  private static final int MOST_ROWS = Simd.MANY_REGISTERS ? 5 : 7;

  /** Larger kernels don't go tap by tap with pixels in the lanes. */
  private static final int MANY_TAPS = 25;

  /** So few don't pay for results that must be moved together. */
  private static final int FEW_TAPS = 9;

  private final ConvShape shape;

  private final DepthwisePixelOutput output;

  /** Of the kernels, which don't activate. */
  private final Epilogue bias;

  private final DepthwiseTiles tiles;

  /** Floats of a row of the input, and of the output. */
  private final int inputRow;

  private final int outputRow;

  /** Floats from a staged result to the next, and from a staged row to the next. */
  private final int stagedPixel;

  private final int stagedRow;

  /** Of the output rows of an image. */
  private final int blocks;

  private final int stagingFloats;

  public DepthwiseNarrowConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.output = new DepthwisePixelOutput(new Epilogue(problem.activation(), null, 0));
    this.bias = new Epilogue(Activation.NONE, bias, shape.filters());
    this.tiles = new DepthwiseTiles(shape, null, weights, this.bias);
    this.inputRow = shape.width() * shape.channels();
    this.outputRow = shape.outputWidth() * shape.channels();
    this.stagedPixel = DepthwiseTiles.storesInOrder(shape) ? shape.channels() : LANES;
    this.stagedRow = shape.outputWidth() * stagedPixel + LANES;
    int tileRows = DepthwiseTiles.blockRows(shape);
    int moved = outputRow + shape.strideHeight() * inputRow;
    int fitting = Blocking.DEPTHWISE_BLOCK_FLOATS / moved / tileRows * tileRows;
    int most = Math.clamp(fitting, Math.min(tileRows, shape.outputHeight()), shape.outputHeight());
    this.blocks = Math.ceilDiv(shape.outputHeight(), most);
    this.stagingFloats = Math.ceilDiv(shape.outputHeight(), blocks) * stagedRow;
  }

  /**
   * Whether this way is possible and pays: against pixels in the lanes where these have a weight
   * for each lane or go tap by tap, and against strips. At 100x100 3x3 on 14 and 15 channels takes
   * 0.79 and 0.76 of the time, on 9 to 12 0.88 to 0.97, 5x5 on 15 0.73, on 12 1.15, 7x7 on 9 to 15
   * 0.44 to 0.78, on 8 1.44, 4x4 0.46 to 0.5, 2x2 0.82 and 0.85, on 8 1.9; dilated 5x5 0.63, 3x3
   * 0.95 to 1.0; with stride 2 on 9 to 15 3x3 0.5, 5x5 0.38, 7x7 0.6, on 6 to 8 0.8 to 1.0, 0.7 and
   * 0.5, with stride 3 3x3 and 5x5 on 9 to 15 0.6, on 8 1.1, 7x7 on 5 to 8 0.37. With AVX2 on 5 and
   * 6 0.28 to 0.76, 5x5 and 3x3 on 6 1.0 (Xeon, family 6 model 207); on 7 3x3 1.17 and 1.2, 5x5
   * 1.37 and 1.94, 7x7 on 5 to 7 1.1 to 1.9 (Choices, 20x20 to 100x100, Zen 4 without AVX-512).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast()
        && s.groupFilters() == 1
        && s.channels() < LANES
        && (DepthwiseTiles.storesInOrder(s) || taps(s) > FEW_TAPS)
        && (s.strideWidth() == 1 ? fillsLanes(problem) : fillsStridedLanes(s))
        && DepthwiseConv.hasKernelsInPlace(s)
        && (long) copiedRows(s) * s.width() * s.channels() <= Blocking.MAX_DEPTHWISE_FLOATS;
  }

  private static int taps(ConvShape s) {
    return s.kernelHeight() * s.kernelWidth();
  }

  /** With kernels of their own for pixels in the lanes most lanes, or never. */
  private static boolean fillsLanes(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean isOther = s.kernelHeight() > MOST_ROWS || !DepthwisePixelConv.pays(problem);
    return isOther
        ? 2 * s.channels() > LANES
        : Simd.MANY_REGISTERS && 8 * s.channels() >= 7 * LANES;
  }

  /** More than half of them, or fewer where neighbouring outputs share columns, or of many taps. */
  private static boolean fillsStridedLanes(ConvShape s) {
    int channels = s.channels();
    boolean isShared = s.strideWidth() == 2 && s.kernelWidth() % 2 == 1 && s.kernelWidth() > 1;
    boolean hasMany = taps(s) > MANY_TAPS;
    return 2 * channels > LANES
        || isShared && 8 * channels >= 3 * LANES
        || hasMany && 4 * channels > LANES;
  }

  /** Rows of the input that the output rows see that see the last ones. */
  private static int copiedRows(ConvShape s) {
    int last = Math.ceilDiv(LANES, s.width() * s.channels());
    return Math.min(s.height(), s.effectiveKernelHeight() + last);
  }

  @Override
  public long packedBytes() {
    return bias.bytes() + tiles.bytes();
  }

  @Override
  public boolean mayReadAhead() {
    return DepthwiseReadAhead.pays(shape);
  }

  /** Results on their way, the last rows of the input, a row of a residual. */
  @Override
  public int scratchFloats() {
    return residual() + outputRow + LANES;
  }

  private int residual() {
    return stagingFloats + copiedRows(shape) * inputRow + LANES;
  }

  @Override
  public int units(int threads) {
    long moved = ((long) shape.inputSize() + shape.outputSize()) / 2;
    int worth = Split.threads(shape.multiplyAdds(), moved, threads);
    return Split.parts(1, items(), worth);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, items(), units(threads));
  }

  private int items() {
    return shape.batch() * blocks;
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int first = Split.start(items(), unit, units);
    int last = Split.start(items(), unit + 1, units) - 1;
    int from = first / blocks * shape.outputHeight() + row(first);
    int to = last / blocks * shape.outputHeight() + endRow(last);
    footprint.written.add(from * outputRow, (to - from) * outputRow);
    int x = first / blocks * shape.height() + Math.min(shape.height(), firstInput(row(first)));
    int end = last / blocks * shape.height() + Math.max(0, endInput(endRow(last)));
    footprint.read.add(x * inputRow, Math.max(0, end - x) * inputRow);
  }

  private int row(int item) {
    return Split.start(shape.outputHeight(), item % blocks, blocks);
  }

  private int endRow(int item) {
    return Split.start(shape.outputHeight(), item % blocks + 1, blocks);
  }

  /** The first row of the input that an output row sees. */
  private int firstInput(int row) {
    return Math.max(0, row * shape.strideHeight() - shape.padTop());
  }

  /** One past the last row of the input that the output rows before one see. */
  private int endInput(int endRow) {
    int reach = shape.effectiveKernelHeight();
    return Math.min(shape.height(), (endRow - 1) * shape.strideHeight() - shape.padTop() + reach);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(items(), unit + 1, units);
    DepthwiseCall call = DepthwiseCall.of(scratch);
    call.readsAhead = operands.readsAhead;
    for (int item = Split.start(items(), unit, units); item < end; item++) {
      block(call, operands, item / blocks, row(item), endRow(item), scratch.floats);
    }
  }

  private void block(
      DepthwiseCall call, Operands operands, int image, int row, int endRow, float[] scratch) {
    int src = operands.srcOffset + image * shape.height() * inputRow;
    int endInPlace = endInPlace(row, endRow, operands.src.length - src);
    call.filters(0, 0, 0, LANES);
    call.output(scratch, 0, stagedRow, stagedPixel);
    if (row < endInPlace) {
      rows(call, operands.src, src, row, endInPlace);
    }
    if (endInPlace < endRow) {
      int first = Math.min(firstInput(endInPlace), shape.height());
      int count = Math.max(0, endInput(endRow) - first) * inputRow;
      System.arraycopy(operands.src, src + first * inputRow, scratch, stagingFloats, count);
      call.output(scratch, (endInPlace - row) * stagedRow, stagedRow, stagedPixel);
      rows(call, scratch, stagingFloats - first * inputRow, endInPlace, endRow);
    }
    for (int r = row; r < endRow; r++) {
      int at = (image * shape.outputHeight() + r) * outputRow;
      int staged = (r - row) * stagedRow;
      if (stagedPixel > shape.channels()) {
        moveTogether(scratch, staged);
      }
      output.finishUnclamped(operands, at, staged, outputRow, scratch, residual());
    }
  }

  /**
   * One past the last of some output rows that see no input row behind which there is not a
   * vector's room.
   *
   * @param floats of the array from the image on
   */
  private int endInPlace(int row, int endRow, int floats) {
    int end = endRow;
    while (end > row && endInput(end) * inputRow - shape.channels() + LANES > floats) {
      end--;
    }
    return end;
  }

  /** Some rows of an image that begins at {@code image} in an array. */
  private void rows(DepthwiseCall call, float[] x, int image, int row, int endRow) {
    int y = row * shape.strideHeight() - shape.padTop();
    call.input(x, image + y * inputRow - shape.padLeft() * shape.channels());
    tiles.run(call, row, endRow, 0, shape.outputWidth());
  }

  /** Moves a row's results to where they follow one another; a vector ends before the next one. */
  private void moveTogether(float[] scratch, int staged) {
    int channels = shape.channels();
    for (int q = 1; q < shape.outputWidth(); q++) {
      FloatVector.fromArray(SPECIES, scratch, staged + q * LANES)
          .intoArray(scratch, staged + q * channels);
    }
  }
}

package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.conv.ConvProblem;
import dev.convector.internal.conv.Epilogue;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import jdk.incubator.vector.FloatVector;

/**
 * Channels-first 3x3 depthwise convolution with neighbouring columns of a row in the lanes.
 *
 * <p>The image is read and written in place, a few planes or some rows of one at a time, so that
 * they stay in the first-level cache. A row narrower than a vector is stored with lanes beyond its
 * end; the next row or plane, which is stored later, overwrites them, and the last one of a unit
 * goes through scratch. So does what a vector can't load without leaving the array, and all output
 * that has a residual or an activation to follow.
 */
public final class PlanarDepthwiseConv implements PackedConv {
  /** Floats of input and output to aim at in a block: 24 KiB of a first-level cache. */
  private static final int BLOCK_FLOATS = 6 * 1024;

  /** Longest row: three of its kind in scratch, twice, are below 2 MiB. */
  private static final int MAX_WIDTH = 32 * 1024;

  /** Floats of a filter: nine weights and the bias. */
  private static final int STEP = 10;

  private final ConvShape shape;
  private final Epilogue epilogue;
  private final float[] weights;
  private final int[] columns;
  private final int[] masks;
  private final int blocks;
  private final int group;
  private final boolean overrun;
  private final int stagingFloats;
  private final int residualFloats;
  private final int window;

  /** Of the planes in pairs; null where rows are too long for that. */
  private final int[] pairIndices;

  private final int[] pairMasks;

  public PlanarDepthwiseConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.epilogue = new Epilogue(problem.activation(), bias, 1, shape.filters());
    this.weights = new float[shape.filters() * STEP + LANES];
    for (int k = 0; k < shape.filters(); k++) {
      System.arraycopy(weights, k * 9, this.weights, k * STEP, 9);
      this.weights[k * STEP + 9] = epilogue.bias()[k];
    }
    int width = shape.outputWidth();
    this.columns = new int[Math.ceilDiv(width, LANES)];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Math.max(0, Math.min(i * LANES, width - LANES));
    }
    this.overrun = width < LANES;
    this.masks = new int[columns.length * 3 * LANES];
    for (int i = 0; i < masks.length; i++) {
      int column = columns[i / (3 * LANES)] + i % LANES;
      int x = column * shape.strideWidth() - shape.padLeft() + i / LANES % 3;
      masks[i] = x >= 0 && x < shape.width() ? -1 : 0;
    }
    int stride = shape.strideHeight();
    int rowFloats = width + stride * shape.width();
    int most = Math.clamp(BLOCK_FLOATS / rowFloats, 1, shape.outputHeight());
    this.blocks = Math.ceilDiv(shape.outputHeight(), most);
    int rows = Math.ceilDiv(shape.outputHeight(), blocks);
    this.group =
        blocks > 1 || shape.groupFilters() > 1
            ? 1
            : Math.clamp(BLOCK_FLOATS / (rowFloats * rows), 1, shape.filters());
    this.window = shape.strideWidth() == 1 ? LANES + 2 : 2 * LANES + 1;
    this.stagingFloats =
        Math.max(group * rows * width, (stride * rows + 1) * shape.width()) + 4 * LANES;
    this.residualFloats = group * rows * width + LANES;
    boolean paired = LANES > STEP && group > 1 && width <= LANES / 2 && shape.width() <= LANES;
    this.pairIndices = paired ? new int[3 * LANES] : null;
    this.pairMasks = paired ? new int[3 * LANES] : null;
    for (int i = 0; paired && i < 3 * LANES; i++) {
      int lane = i % LANES;
      int x = lane % (LANES / 2) * shape.strideWidth() - shape.padLeft() + i / LANES;
      boolean inside = x >= 0 && x < shape.width();
      pairIndices[i] = (lane < LANES / 2 ? 0 : LANES) + (inside ? x : 0);
      pairMasks[i] = inside ? -1 : 0;
    }
  }

  /** Whether this way is possible and pays. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    int stride = s.strideHeight();
    long below = (s.outputHeight() - 1L) * stride - s.padTop() + 3 - s.height();
    return !problem.channelsLast()
        && s.kernelHeight() == 3
        && s.kernelWidth() == 3
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && stride <= 2
        && s.strideWidth() == stride
        && s.padTop() <= 1
        && below <= 1
        && s.padLeft() <= LANES
        && s.padRight() <= LANES
        && Math.max(s.width(), s.outputWidth()) <= MAX_WIDTH
        // What a row's last vector stores beyond the row lies inside the next block.
        && s.outputHeight() * s.outputWidth() >= LANES;
  }

  @Override
  public Algorithm algorithm() {
    return Algorithm.DEPTHWISE;
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes() + (weights.length + columns.length + masks.length) * 4L;
  }

  @Override
  public int scratchFloats() {
    return stagingFloats * 2 + residualFloats;
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
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(items(), unit + 1, units);
    for (int item = Split.start(items(), unit, units), count; item < end; item += count) {
      int plane = item / blocks;
      int left = Math.min(end - item, shape.filters() - plane % shape.filters());
      count = blocks > 1 ? 1 : Math.min(group, left);
      int row = Split.start(shape.outputHeight(), item % blocks, blocks);
      int endRow = Split.start(shape.outputHeight(), item % blocks + 1, blocks);
      block(operands, plane, count, row, endRow, item + count == end, scratch.floats);
    }
  }

  private void block(
      Operands operands, int plane, int count, int row, int endRow, boolean last, float[] scratch) {
    int stride = shape.strideHeight();
    int width = shape.width();
    int inputPlane = shape.height() * width;
    int outputPlane = shape.outputHeight() * shape.outputWidth();
    int first = Math.max(0, row * stride - shape.padTop());
    int end = Math.min(shape.height(), (endRow - 1) * stride - shape.padTop() + 3);
    int base = operands.srcOffset + plane / shape.groupFilters() * inputPlane;
    int low = base + first * width - shape.padLeft();
    int high =
        base
            + (count - 1) * inputPlane
            + (end - 1) * width
            - shape.padLeft()
            + columns[columns.length - 1] * stride
            + window;
    boolean outside = low < 0 || high > operands.src.length;
    boolean direct = operands.residual == null && epilogue.isClamp();
    if (pairIndices != null && count > 1 && !outside) {
      pairs(operands, plane, count / 2, scratch);
      if (count % 2 == 1) {
        block(operands, plane + count - 1, 1, row, endRow, last, scratch);
      }
      return;
    }
    if (count > 1 && (outside || (direct && overrun && last))) {
      int half = count - 1;
      if (low < 0) {
        half = 1;
      }
      block(operands, plane, half, row, endRow, false, scratch);
      block(operands, plane + half, count - half, row, endRow, last, scratch);
      return;
    }
    float[] src = operands.src;
    int top = row * stride >= shape.padTop() ? -1 : 0;
    int bottom = (endRow - 1) * stride - shape.padTop() + 3 <= shape.height() ? -1 : 0;
    int at = base + (row * stride - shape.padTop() + 1) * width - shape.padLeft();
    if (outside) {
      int length = (end - first) * width;
      int to = stagingFloats + LANES;
      System.arraycopy(src, base + first * width, scratch, to, length);
      at += to - (base + first * width);
      src = scratch;
    }
    int y = plane * outputPlane + row * shape.outputWidth();
    boolean staged = !direct || (overrun && last);
    float[] dst = staged ? scratch : operands.dst;
    int to = staged ? 0 : operands.dstOffset + y;
    float least = direct ? epilogue.low() : Float.NEGATIVE_INFINITY;
    float most = direct ? epilogue.high() : Float.POSITIVE_INFINITY;
    int w = plane % shape.filters() * STEP;
    if (stride == 1) {
      PlanarKernels.stride1(
          count,
          endRow - row,
          src,
          at,
          inputPlane,
          width,
          top,
          bottom,
          masks,
          columns,
          weights,
          w,
          dst,
          to,
          outputPlane,
          shape.outputWidth(),
          least,
          most);
    } else {
      PlanarKernels.stride2(
          count,
          endRow - row,
          src,
          at,
          inputPlane,
          width,
          top,
          bottom,
          masks,
          columns,
          weights,
          w,
          dst,
          to,
          outputPlane,
          shape.outputWidth(),
          least,
          most);
    }
    if (staged) {
      finish(operands, y, 0, count * (endRow - row) * shape.outputWidth(), direct, scratch);
    }
  }

  /**
   * Whole planes, each of the first {@code pairs} together with one of the next. The last pair goes
   * through scratch, since its lanes beyond the plane would fall on planes written before.
   */
  private void pairs(Operands operands, int plane, int pairs, float[] scratch) {
    int length = shape.outputHeight() * shape.outputWidth();
    int y = plane * length;
    int distance = pairs * length;
    boolean direct = operands.residual == null && epilogue.isClamp();
    int through = direct ? 1 : pairs;
    int beside = through * length + LANES;
    if (direct) {
      pairs(operands, plane, pairs, pairs - 1, operands.dst, operands.dstOffset + y, distance);
    }
    int first = pairs - through;
    pairs(operands, plane + first, pairs, through, scratch, 0, beside);
    finish(operands, y + first * length, 0, through * length, direct, scratch);
    finish(operands, y + distance + first * length, beside, through * length, direct, scratch);
  }

  private void pairs(
      Operands operands, int plane, int distance, int pairs, float[] dst, int to, int toDistance) {
    int stride = shape.strideHeight();
    int rows = shape.outputHeight();
    int width = shape.width();
    int inputPlane = shape.height() * width;
    int at = operands.srcOffset + plane * inputPlane + (1 - shape.padTop()) * width;
    int top = shape.padTop() == 0 ? -1 : 0;
    int bottom = (rows - 1) * stride - shape.padTop() + 3 <= shape.height() ? -1 : 0;
    int w = plane % shape.filters() * STEP;
    boolean direct = operands.residual == null && epilogue.isClamp();
    float least = direct ? epilogue.low() : Float.NEGATIVE_INFINITY;
    float most = direct ? epilogue.high() : Float.POSITIVE_INFINITY;
    if (stride == 1) {
      PlanarPairKernels.stride1(
          pairs,
          rows,
          operands.src,
          at,
          distance * inputPlane,
          inputPlane,
          width,
          top,
          bottom,
          pairIndices,
          pairMasks,
          weights,
          w,
          distance * STEP,
          STEP,
          dst,
          to,
          toDistance,
          rows * shape.outputWidth(),
          shape.outputWidth(),
          least,
          most);
    } else {
      PlanarPairKernels.stride2(
          pairs,
          rows,
          operands.src,
          at,
          distance * inputPlane,
          inputPlane,
          width,
          top,
          bottom,
          pairIndices,
          pairMasks,
          weights,
          w,
          distance * STEP,
          STEP,
          dst,
          to,
          toDistance,
          rows * shape.outputWidth(),
          shape.outputWidth(),
          least,
          most);
    }
  }

  private void finish(
      Operands operands, int y, int from, int length, boolean clamped, float[] scratch) {
    if (operands.residual != null) {
      int residual = 2 * stagingFloats;
      System.arraycopy(operands.residual, operands.residualOffset + y, scratch, residual, length);
      add(scratch, from, residual, length);
    }
    if (!clamped) {
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

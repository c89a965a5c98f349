package dev.convector.internal.separable;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.Sight;
import dev.convector.internal.dense.DensePixelConv;
import dev.convector.internal.depthwise.DepthwisePixelCall;
import dev.convector.internal.depthwise.DepthwisePixelRows;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.pack.PixelGather;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.AlignedFloats;

/**
 * A depthwise convolution whose output, some rows of all planes at a time, is the right operand of
 * the pointwise one's matrix product: lanes along the pixels in both, nothing is transposed, the
 * output is written in place.
 */
final class SeparablePixelConv implements SeparableWork {
  private static final int NR = DenseWeights.NR;

  /**
   * With 32 to 128 channels this way takes 0.82 to 1.0 of the time of the other; with 256 at 28x28
   * 0.96 in some JVMs and 1.3 in others.
   */
  private static final int MOST_CHANNELS = 128;

  private static final int LINE_FLOATS = 16;

  /** What vectors at the end of the intermediate's last plane touch beyond it. */
  private static final int BEYOND = Math.max(NR, LANES);

  private final ConvShape depthwise;
  private final ConvShape pointwise;
  private final DepthwisePixelRows planes;
  private final Epilogue between;
  private final Epilogue epilogue;

  /** The pointwise ones, the plan's own: rows of the left operand as they lie. */
  private final float[] weights;

  private final int rows;
  private final int blocks;
  private final int plane;
  private final Sight sight;
  private final ImageOrder outputOrder;

  SeparablePixelConv(
      ConvProblem depthwiseProblem,
      ConvProblem pointwiseProblem,
      float[] depthwiseWeights,
      float[] depthwiseBias,
      float[] pointwiseWeights,
      float[] pointwiseBias) {
    this.depthwise = depthwiseProblem.shape();
    this.pointwise = pointwiseProblem.shape();
    this.between = new Epilogue(depthwiseProblem.activation(), depthwiseBias, depthwise.filters());
    this.planes = new DepthwisePixelRows(depthwise, depthwiseWeights, between.bias());
    this.epilogue = new Epilogue(pointwiseProblem.activation(), pointwiseBias, pointwise.filters());
    this.weights = pointwiseWeights;
    this.sight = Sight.of(depthwise, false);
    this.outputOrder = ImageOrder.output(pointwise, false);
    this.rows = rows(pointwise);
    this.blocks = Math.ceilDiv(pointwise.height(), rows);
    this.plane = plane(pointwise, rows);
  }

  /** Whether this way is possible and faster. */
  static boolean pays(ConvProblem depthwiseProblem, ConvProblem pointwiseProblem) {
    ConvShape shape = pointwiseProblem.shape();
    return !pointwiseProblem.channelsLast()
        && DepthwisePixelRows.accepts(depthwiseProblem.shape())
        && shape.height() * shape.width() >= DensePixelConv.LARGE_PLANE
        && shape.channels() <= MOST_CHANNELS
        && plane(shape, 1) * (long) shape.channels() <= BLOCK_FLOATS;
  }

  /** Floats from plane to plane of the intermediate: an odd number of lines, for all cache sets. */
  private static int plane(ConvShape shape, int rows) {
    return (Math.ceilDiv(rows * shape.width(), LINE_FLOATS) | 1) * LINE_FLOATS;
  }

  /** Rows of a block: as many as fit, if there are enough so many that no panel is cut. */
  private static int rows(ConvShape shape) {
    int rows = 1;
    while (rows < shape.height()
        && plane(shape, rows + 1) * (long) shape.channels() <= BLOCK_FLOATS) {
      rows++;
    }
    int whole = NR / Math.min(NR, Integer.lowestOneBit(shape.width()));
    return rows < shape.height() && rows > whole ? rows / whole * whole : rows;
  }

  @Override
  public long intermediateBytes() {
    return (long) plane * pointwise.channels() * Float.BYTES;
  }

  @Override
  public long packedBytes() {
    return planes.bytes() + between.bytes() + epilogue.bytes();
  }

  /** Scratch: the intermediate, results of a last panel that is not full, a packed panel, input. */
  @Override
  public int scratchFloats() {
    return copies() + planes.scratchFloats(rows);
  }

  private int staging() {
    return plane * pointwise.channels() + BEYOND;
  }

  private int packed() {
    return AlignedFloats.next(staging() + Blocking.MAX_BLOCK_ROWS * NR);
  }

  private int copies() {
    return packed() + pointwise.channels() * NR;
  }

  @Override
  public int scratchInts() {
    return 3 * Blocking.MAX_BLOCK_ROWS;
  }

  /**
   * Where there are fewer blocks than threads, several units share a block's filters. Rows are not
   * cut again: a depthwise sum's order depends on where its block begins.
   */
  @Override
  public int units(int threads) {
    int outer = pointwise.batch() * blocks;
    return outer * Math.min(pointwise.filters(), Math.ceilDiv(threads, outer));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int outer = pointwise.batch() * blocks;
    int parts = units / outer;
    int image = unit / parts / blocks;
    int row = unit / parts % blocks * rows;
    int endRow = Math.min(pointwise.height(), row + rows);
    Elements.Region written = footprint.written.region;
    written.images(outputOrder, image, 1);
    written.rows(row, endRow);
    written.channels(
        Split.start(pointwise.filters(), unit % parts, parts),
        Split.start(pointwise.filters(), unit % parts + 1, parts));
    footprint.written.add(outputOrder);
    footprint.read.region.images(outputOrder, image, 1);
    footprint.read.region.rows(row, endRow);
    footprint.read.region.channels(0, depthwise.channels());
    sight.add(footprint.read);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int outer = pointwise.batch() * blocks;
    int parts = units / outer;
    int part = unit % parts;
    int image = unit / parts / blocks;
    int row = unit / parts % blocks * rows;
    int endRow = Math.min(pointwise.height(), row + rows);
    depthwise(operands, image, row, endRow, scratch);
    int end = Split.start(pointwise.filters(), part + 1, parts);
    int most = Blocking.blockRows(pointwise.channels());
    for (int k = Split.start(pointwise.filters(), part, parts); k < end; k += most) {
      pointwise(operands, image, row, endRow, k, Math.min(end, k + most), scratch);
    }
  }

  private void depthwise(Operands operands, int image, int row, int endRow, Scratch scratch) {
    float[] floats = scratch.floats;
    int channels = depthwise.filters();
    int count = depthwise.groupFilters() == 1 ? channels : 1;
    DepthwisePixelCall call = DepthwisePixelCall.of(scratch);
    call.clamp(between.low(), between.high());
    call.scratch(floats, copies());
    for (int k = 0; k < channels; k += count) {
      call.output(floats, k * plane, plane);
      planes.run(call, operands, image * channels + k, count, row, endRow);
    }
    for (int k = 0; !between.isClamp() && k < channels; k++) {
      between.activate(floats, k * plane, (endRow - row) * pointwise.width());
    }
  }

  private void pointwise(
      Operands operands, int image, int row, int endRow, int from, int to, Scratch scratch) {
    int size = operands.resultPlane(pointwise.height() * pointwise.width());
    int[] table = scratch.ints;
    for (int k = from; k < to; k++) {
      int at = k - from;
      table[at] = k * pointwise.channels();
      table[Blocking.MAX_BLOCK_ROWS + at] = (image * pointwise.filters() + k) * size;
      table[2 * Blocking.MAX_BLOCK_ROWS + at] = at * NR;
    }
    int pixels = (endRow - row) * pointwise.width();
    int first = operands.dstOffset + row * pointwise.width();
    float[] residual = operands.residual;
    boolean inStore = residual == null && epilogue.isClamp();
    for (int pixel = 0; pixel < pixels; pixel += NR) {
      int count = Math.min(NR, pixels - pixel);
      int vectors = Math.ceilDiv(count, LANES);
      boolean staged = residual != null || count < vectors * LANES;
      float[] dst = staged ? scratch.floats : operands.dst;
      int rowTable = (staged ? 2 : 1) * Blocking.MAX_BLOCK_ROWS;
      int offset = staged ? staging() : first + pixel;
      PixelGather.neighbours(
          scratch.floats,
          pixel,
          plane,
          pointwise.channels(),
          vectors * LANES,
          scratch.floats,
          packed(),
          vectors * LANES);
      TileCall product = TileCall.of(scratch);
      product.rows(table, 0, rowTable);
      product.left(weights, 0, pointwise.channels());
      product.right(scratch.floats, packed(), vectors);
      product.start(epilogue.bias(), from, false);
      product.result(dst, offset);
      product.clamp(
          inStore ? epilogue.low() : Float.NEGATIVE_INFINITY,
          inStore ? epilogue.high() : Float.POSITIVE_INFINITY);
      product.runPixels(0, to - from);
      for (int k = 0; k < to - from && (staged || !inStore); k++) {
        int at = table[rowTable + k] + offset;
        int y = table[Blocking.MAX_BLOCK_ROWS + k] + first + pixel;
        if (residual != null) {
          int added = y - operands.dstOffset + operands.residualOffset;
          for (int i = 0; i < count; i++) {
            dst[at + i] += residual[added + i];
          }
        }
        if (!inStore) {
          epilogue.activate(dst, at, count);
        }
        if (staged) {
          System.arraycopy(dst, at, operands.dst, y, count);
        }
      }
    }
  }
}

package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Channels-last 1x1 convolution, and so the fully connected layer, to few filters: each output is a
 * product of two vectors, with the depth in the lanes. Filters in the lanes would compute a whole
 * vector of them for one.
 *
 * <p>Results are staged a block of pixels at a time, as they follow one another in the output.
 */
public final class DenseDotConv implements PackedWork {
  /** Pixels of a block: enough to share, and few enough that their results stay in cache. */
  private static final int BLOCK = 128;

  /** Of several tiles of filters: more weights than outputs make up for are read once a pixel. */
  private static final int MOST_OUTPUTS = 32;

  /** Filters up to which a vector of channels is enough to be worth adding lanes. */
  private static final int FEW_FILTERS = 4;

  private final ConvShape shape;
  private final Epilogue epilogue;

  /** {@code [filters][step]}: whole vectors, then the one that ends with the pixel. */
  private final AlignedFloats weights;

  private final int step;

  /** Of a tile's results, which with few filters are those of several pixels. */
  private final float[] bias;

  private final int[] mask;

  /**
   * Pixels of a tile at most. A pixel alone has several sums for each filter, so that its bits
   * depend on whether neighbours, maybe of other images, are computed with it.
   */
  private final int mostRows;

  /** Of all images. */
  private final int pixels;

  private final int tiles;
  private final int blocks;

  public DenseDotConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.flattened().shape();
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.step = Simd.roundUp(shape.channels());
    this.weights = AlignedFloats.allocate(shape.filters() * step);
    this.bias = new float[shape.filters() + DenseDotKernels.MOST_LANES];
    this.mask = new int[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      mask[lane] = shape.channels() + lane >= step ? -1 : 0;
    }
    for (int filter = 0; filter < shape.filters(); filter++) {
      pack(weights, filter);
    }
    boolean alone = shape.filters() <= DenseDotCall.MOST_FILTERS;
    for (int i = 0; bias != null && i < this.bias.length; i++) {
      this.bias[i] = alone || i < shape.filters() ? bias[i % shape.filters()] : 0;
    }
    this.mostRows = problem.batchInvariant() ? 1 : DenseDotCall.mostRows(shape.filters());
    this.pixels = shape.batch() * shape.outputHeight() * shape.outputWidth();
    this.tiles = Math.ceilDiv(shape.filters(), DenseDotCall.MOST_FILTERS);
    this.blocks = Math.ceilDiv(pixels, BLOCK);
  }

  private void pack(float[] from, int filter) {
    int channels = shape.channels();
    int whole = channels / LANES * LANES;
    int at = weights.offset() + filter * step;
    System.arraycopy(from, filter * channels, weights.array(), at, whole);
    for (int channel = whole; channel < channels; channel++) {
      weights.array()[at + channel + step - channels] = from[filter * channels + channel];
    }
  }

  /**
   * Whether this way is possible and faster: for filters that fill half of the widest vectors at
   * most, and for more of them where the pixels are too few to hide the latency of sums. In
   * microseconds here and with filters in the lanes: 5408 channels to 1 0.2 and 5.3, 512 to 10 0.1
   * and 0.6, 4096 to 30 3.4 and 4.3; at 28x28 256 channels to 1 7.6 and 32.5, to 8 16.9 and 32.2,
   * 40 to 8 7.9 and 7.6, 24 to 4 5.3 and 5.8 (AMD EPYC, family 26).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.chosenBy();
    long outputs = (long) s.batch() * s.outputHeight() * s.outputWidth() * s.filters();
    return problem.channelsLast()
        && s.groups() == 1
        && (s.filters() <= DenseDotCall.MOST_FILTERS || outputs <= MOST_OUTPUTS)
        && s.channels() >= (s.filters() <= FEW_FILTERS ? LANES : 3 * LANES)
        && LANES <= DenseDotKernels.MOST_LANES
        && (long) s.filters() * Simd.roundUp(s.channels()) <= Integer.MAX_VALUE / 2;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + ((long) bias.length + mask.length) * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return Math.min(pixels, BLOCK) * shape.filters() + DenseDotKernels.MOST_LANES;
  }

  @Override
  public int units(int threads) {
    return blocks * Split.parts(blocks, tiles, threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks;
    int block = unit / parts;
    int part = unit % parts;
    int from = Split.start(pixels, block, blocks);
    int end = Split.start(pixels, block + 1, blocks);
    int most = DenseDotCall.MOST_FILTERS;
    int first = Split.start(tiles, part, parts) * most;
    int last = Math.min(shape.filters(), Split.start(tiles, part + 1, parts) * most);
    DenseDotCall call = DenseDotCall.of(scratch);
    call.left(operands.src, shape.strideWidth() * shape.channels(), shape.channels(), mask);
    call.c = scratch.floats;
    int width = shape.outputWidth();
    for (int pixel = from, count; pixel < end; pixel += count) {
      count = Math.min(end, (pixel / width + 1) * width) - pixel;
      row(operands, call, pixel, count, first, last, (pixel - from) * (last - first));
    }
    call.clear();
    int runs = parts == 1 ? 1 : end - from;
    int count = (end - from) / runs * (last - first);
    for (int i = 0; i < runs; i++) {
      int at = (from + i) * shape.filters() + first;
      finish(operands, at, scratch.floats, i * count, count);
    }
  }

  /**
   * The filters {@code [first, last)} of neighbouring pixels of one row, to an index of scratch.
   */
  private void row(
      Operands operands, DenseDotCall call, int pixel, int count, int first, int last, int to) {
    int row = pixel / shape.outputWidth();
    int column = pixel % shape.outputWidth() * shape.strideWidth();
    int height = shape.outputHeight();
    int y = row / height * shape.height() + row % height * shape.strideHeight();
    int source = operands.srcOffset + (y * shape.width() + column) * shape.channels();
    if (tiles == 1) {
      right(call, 0);
      call.run(shape.filters(), mostRows, count, source, to);
      return;
    }
    for (int i = 0; i < count; i++) {
      for (int filter = first; filter < last; filter += DenseDotCall.MOST_FILTERS) {
        right(call, filter);
        int filters = Math.min(DenseDotCall.MOST_FILTERS, last - filter);
        call.run(filters, 1, 1, source + i * call.aStep, to + i * (last - first) + filter - first);
      }
    }
  }

  private void right(DenseDotCall call, int filter) {
    call.right(weights.array(), weights.offset() + filter * step, step, bias, filter);
  }

  /** Adds the residual to neighbouring results, applies the activation and moves them. */
  private void finish(Operands operands, int at, float[] staged, int from, int count) {
    if (operands.residual != null) {
      for (int i = 0; i < count; i++) {
        staged[from + i] += operands.residual[operands.residualOffset + at + i];
      }
    }
    epilogue.activate(staged, from, count);
    System.arraycopy(staged, from, operands.dst, operands.dstOffset + at, count);
  }
}

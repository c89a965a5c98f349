package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.function.Supplier;

/**
 * Channels-last 1x1 convolution, and so the fully connected layer, to few filters, or few of each
 * group: each output is a product of two vectors, with the depth in the lanes. Filters in the lanes
 * would compute a whole vector of them for one.
 *
 * <p>Results are staged a block of pixels at a time, as they follow one another in the output.
 */
public final class DenseDotConv implements PackedWork {
  /** Pixels of a block: enough to share, and few enough that their results stay in cache. */
  private static final int BLOCK = 128;

  private static final int BLOCK_FLOATS = 4096;

  /** In fewer groups others weren't slower. */
  private static final int LEAST_GROUPS = 8;

  /** Least channels of a group for each of its filters, and most vectors of them. */
  private static final int LEAST_DEPTH = 3;

  private static final int MOST_DEPTH_VECTORS = 8;

  /**
   * Channels of pixels that are read ahead from memory, in their order: a tile reads several pixels
   * in turn. To one filter from 64 channels at 400x400 it takes 0.61 of the time, from 128 to four
   * at 270x270 0.76 to 0.98, from 256 to three at 200x200 0.60 to 0.68, from 512 to two at 150x150
   * 0.81, in 32 images of 28x28 0.65 (Regression, Zen 4 without AVX-512).
   */
  private static final int LEAST_AHEAD_CHANNELS = 48;

  private static final int MOST_AHEAD_CHANNELS = 512;

  // Cycles of a pixel here, for its vector of channels and each filter, and with filters in lanes.
  private static final double PIXEL = 3.3;

  private static final double FILTER = 4;

  private static final double VECTOR = 1;

  private static final double FILTER_VECTOR = 0.35;

  private static final double TILE_END = 2.8;

  private static final double CHANNEL = 0.62;

  private final ConvShape shape;
  private final Epilogue epilogue;

  private final DenseDotWeights weights;

  /** Of all filters; of one group repeated for the pixels of a tile. */
  private final float[] bias;

  /** Pixels of a block at most. */
  private final int block;

  /** Of all images. */
  private final int pixels;

  private final UnitGrid units;

  private final boolean mayReadAhead;

  public DenseDotConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.flattened().shape();
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.weights = new DenseDotWeights(weights, shape.filters(), shape.groupChannels());
    this.bias = new float[shape.filters() + DenseDotKernels.MOST_LANES];
    for (int i = 0; bias != null && i < this.bias.length; i++) {
      this.bias[i] = bias[i % shape.filters()];
    }
    this.pixels = shape.batch() * shape.outputHeight() * shape.outputWidth();
    this.block = Math.clamp(BLOCK_FLOATS / shape.filters(), 1, BLOCK);
    UnitCost cost =
        UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize());
    this.units = new UnitGrid(1, pixels, pixels, Math.ceilDiv(pixels, block), 1, 1, cost);
    this.mayReadAhead =
        shape.groups() == 1
            && shape.channels() >= LEAST_AHEAD_CHANNELS
            && shape.channels() <= MOST_AHEAD_CHANNELS
            && shape.strideHeight() == 1
            && shape.strideWidth() == 1
            && ReadAhead.paysByParts((long) shape.inputSize() * Float.BYTES);
  }

  /**
   * Whether this way is possible and faster, by cost: for filters that fill half of a vector at
   * most. In microseconds here and with filters in the lanes: 5408 channels to 1 0.4 and 5.0; at
   * 28x28 256 channels to 1 7.6 and 32.5, to 8 16.9 and 32.2; 10 to 1 at 417x417 265 and 390; at
   * 100x100 5 to 2 27 and 14, 12 to 3 32 and 24, 15 to 4 52 and 29; at 60x60 24 to 6 32 and 15, 64
   * to 8 39 and 36 (AMD EPYC, family 26).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int vectors = Math.ceilDiv(s.channels(), LANES);
    double here = PIXEL + FILTER * s.filters() + (VECTOR + FILTER_VECTOR * s.filters()) * vectors;
    return problem.channelsLast()
        && s.groups() == 1
        && s.filters() <= LANES / 2
        && here < TILE_END + CHANNEL * s.channels()
        && isPossible(s);
  }

  /**
   * The same of some groups of few filters, of which others compute a vector for one group, or one
   * by one. At 24x24 in twelve groups, of the time of listed taps: to 1 filter from 12 channels a
   * group 0.65, from 40 0.58; to 2 from 12 0.65, from 20 1.4, from 40 0.85, from 64 0.71; to 3 from
   * 12 1.0, from 40 1.3, from 64 0.99, from 100 0.83; to 4 from 12 1.1, from 40 1.6, from 64 1.2,
   * from 100 1.01 (Xeon, family 6 model 207). In 4 groups 0.8 to 1.1 of what there was before, in
   * two from 32 to 2 2.0. With AVX2 from 10 to 2 0.47, from 6 to 1 0.47, from 4 1.25.
   */
  public static boolean groupsPay(ConvProblem problem) {
    ConvShape s = problem.shape();
    int filters = s.groupFilters();
    int least = filters == 1 ? LANES / 2 : LANES * 5 / 8;
    int vectors = Math.ceilDiv(s.groupChannels(), LANES);
    boolean isDeep =
        vectors == 1
            ? s.groupChannels() >= Math.max(least, LEAST_DEPTH * filters)
            : vectors >= 2 * filters - 1;
    return problem.channelsLast()
        && s.groups() >= LEAST_GROUPS
        && filters <= LANES / 4
        && isDeep
        && s.groupChannels() <= MOST_DEPTH_VECTORS * LANES
        && isPossible(s);
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast() && s.groupFilters() <= LANES / 2 && isPossible(s);
  }

  private static boolean isPossible(ConvShape s) {
    return LANES <= DenseDotKernels.MOST_LANES
        && DenseDotWeights.fits(s.filters(), s.groupChannels());
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + (long) bias.length * Float.BYTES;
  }

  @Override
  public Supplier<float[]> original() {
    return weights::original;
  }

  @Override
  public boolean mayReadAhead() {
    return mayReadAhead;
  }

  @Override
  public int scratchFloats() {
    return tail() + (weights.isShort() ? shape.channels() + LANES : 0);
  }

  /** Where in scratch a pixel lies behind which its array has not enough for a vector. */
  private int tail() {
    return Math.min(pixels, block) * shape.filters() + DenseDotKernels.MOST_LANES;
  }

  @Override
  public int units(int threads) {
    return this.units.units(threads);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int from = Split.start(pixels, unit, units);
    int end = Split.start(pixels, unit + 1, units);
    footprint.written.add(from * shape.filters(), (end - from) * shape.filters());
    int x = source(from) * shape.channels();
    footprint.read.add(x, (source(end - 1) + 1) * shape.channels() - x);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int from = Split.start(pixels, unit, units);
    int end = Split.start(pixels, unit + 1, units);
    DenseDotCall call = DenseDotCall.of(scratch);
    left(call, operands.src);
    weights.give(call, 0, bias);
    call.c = scratch.floats;
    if (operands.readsAhead) {
      int at = operands.srcOffset + from * shape.channels();
      call.read += ReadAhead.read(operands.src, at, (end - from) * shape.channels());
    }
    int width = shape.outputWidth();
    for (int pixel = from, count; pixel < end; pixel += count) {
      count = Math.min(end, (pixel / width + 1) * width) - pixel;
      int source = operands.srcOffset + source(pixel) * shape.channels();
      int whole = weights.isShort() ? wholePixels(operands, source, count) : count;
      int to = (pixel - from) * shape.filters();
      pixels(call, whole, source, to);
      if (whole < count) {
        tail(operands, call, source, whole, count, to, scratch.floats);
      }
    }
    int first = from * shape.filters();
    epilogue.finish(operands, first, scratch.floats, (end - from) * shape.filters());
  }

  private void left(DenseDotCall call, float[] from) {
    call.left(from, shape.strideWidth() * shape.channels(), shape.groupChannels(), weights.mask());
  }

  private void pixels(DenseDotCall call, int count, int from, int to) {
    if (shape.groups() == 1) {
      call.run(shape.filters(), count, from, to);
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = to + i * shape.filters();
      call.runGroups(shape.groups(), shape.groupFilters(), from + i * call.aStep, at);
    }
  }

  /** Pixels, of so many neighbours, behind which the array has a vector's floats. */
  private int wholePixels(Operands operands, int source, int count) {
    int last = shape.channels() - shape.groupChannels();
    int room = operands.src.length - LANES - source - last;
    int step = shape.strideWidth() * shape.channels();
    return Math.clamp(Math.floorDiv(room, step) + 1, 0, count);
  }

  /** The neighbours from one on, each by way of scratch. */
  private void tail(
      Operands operands,
      DenseDotCall call,
      int source,
      int from,
      int end,
      int to,
      float[] scratch) {
    int step = shape.strideWidth() * shape.channels();
    left(call, scratch);
    for (int i = from; i < end; i++) {
      System.arraycopy(operands.src, source + i * step, scratch, tail(), shape.channels());
      pixels(call, 1, tail(), to + i * shape.filters());
    }
    left(call, operands.src);
  }

  /** The input pixel that an output pixel sees, of all images. */
  private int source(int pixel) {
    int row = pixel / shape.outputWidth();
    int column = pixel % shape.outputWidth() * shape.strideWidth();
    int height = shape.outputHeight();
    int y = row / height * shape.height() + row % height * shape.strideHeight();
    return y * shape.width() + column;
  }
}

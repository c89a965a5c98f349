package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.PixelGather;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/**
 * Channels-first 1x1 convolution to few filters a group, neighbouring pixels in the lanes, on the
 * kernels of the codegen folder's GroupedPixelKernels. All pixels of a plane are one row; without
 * stride they are read where they lie, else gathered a block at a time.
 */
public final class GroupedPixelPointConv implements PackedWork {
  /** More weren't measured. */
  private static final int MOST_FILTERS = 32;

  /** So few leave so many lanes empty elsewhere that pixels may leave half a vector empty here. */
  private static final int FEW_FILTERS = 8;

  /** From so many filters on docs/numbers.md promises one order of sums, which cuts the depth. */
  private static final int ORDERED_FILTERS = 24;

  /** Most vectors of a tile. */
  private static final int MOST_VECTORS = Simd.MANY_REGISTERS ? 8 : 2;

  /** Pixels of a tile follow one another: vector after vector, none of whose lanes move. */
  private static final GroupedPixelPlaces PLACES =
      new GroupedPixelPlaces(MOST_VECTORS * LANES, MOST_VECTORS * LANES, MOST_VECTORS, 1, 1);

  /**
   * Filters that are computed together.
   *
   * @param first of the group's
   * @param used less than {@code filters} only where those missing are copies of the last
   * @param vectors of pixels
   */
  private record Tile(int first, int used, int filters, int vectors) {

    int pixels() {
      return vectors * LANES;
    }
  }

  private final ConvShape shape;
  private final Epilogue epilogue;

  /** Of a group. */
  private final List<Tile> tiles;

  /** Filters of a group's tiles. */
  private final int groupFilters;

  /** {@code [groups][tiles][group channels][filters]}. */
  private final float[] weights;

  /** {@code [groups][tiles][filters]}. */
  private final float[] bias;

  private final int pixels;
  private final UnitGrid units;

  /** Null where planes are read where they lie. */
  private final PixelGather gather;

  /** From a group's channel to the next one, where they are read. */
  private final int pitch;

  private final int[] steps;
  private final GroupedPixelOutput output;
  private final ImageOrder inputOrder;

  /** Of all pixels of a plane as one row. */
  private final ImageOrder outputOrder;

  public GroupedPixelPointConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.tiles = tiles(shape.groupFilters());
    this.groupFilters = tiles.stream().mapToInt(Tile::filters).sum();
    this.weights = new float[shape.groups() * groupFilters * shape.groupChannels()];
    this.bias = new float[shape.groups() * groupFilters];
    for (int group = 0; group < shape.groups(); group++) {
      pack(group, weights, bias);
    }
    this.pixels = shape.outputHeight() * shape.outputWidth();
    UnitCost cost =
        UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize());
    this.units =
        new UnitGrid(
            shape.batch(),
            Math.ceilDiv(pixels, LANES),
            mostBlocks(shape),
            shape.batch() * blocks(shape),
            1,
            shape.groups() * tiles.size(),
            isInPlace(shape) ? cost : cost.loading(shape.inputSize(), shape.groups() == 1, 0));
    this.gather = isInPlace(shape) ? null : new PixelGather(shape);
    this.pitch = gather == null ? shape.height() * shape.width() : blockPixels(shape);
    this.steps = new int[shape.groupChannels()];
    for (int channel = 0; channel < steps.length; channel++) {
      steps[channel] = channel * pitch;
    }
    this.output = new GroupedPixelOutput(problem, epilogue, MOST_VECTORS * LANES, 0);
    this.inputOrder = ImageOrder.input(shape, false);
    this.outputOrder = new ImageOrder(shape.filters(), 1, pixels, false);
  }

  private void pack(int group, float[] weights, float[] bias) {
    int channels = shape.groupChannels();
    for (Tile tile : tiles) {
      int at = group * groupFilters + tile.first;
      for (int i = 0; i < tile.filters; i++) {
        int filter = filter(group, tile) + Math.min(i, tile.used - 1);
        this.bias[at + i] = bias == null ? 0 : bias[filter];
        for (int j = 0; j < channels; j++) {
          this.weights[at * channels + j * tile.filters + i] = weights[filter * channels + j];
        }
      }
    }
  }

  private int filter(int group, Tile tile) {
    return group * shape.groupFilters() + tile.first;
  }

  /** Eights, and what is left in a tile that suits it; only the last may have copies. */
  private static List<Tile> tiles(int filters) {
    List<Tile> tiles = new ArrayList<>();
    int most = Simd.MANY_REGISTERS ? 8 : 4;
    for (int first = 0; first < filters; first += most) {
      int used = Math.min(most, filters - first);
      int held = Simd.MANY_REGISTERS ? used <= 2 ? used : used <= 4 ? 4 : 8 : 4;
      tiles.add(new Tile(first, used, held, Simd.MANY_REGISTERS ? 16 / Math.max(2, held) : 2));
    }
    return tiles;
  }

  /** Pixels of the widest tile, the fewest that a block has room for. */
  private static int tilePixels(ConvShape s) {
    return tiles(s.groupFilters()).stream().mapToInt(Tile::pixels).max().orElseThrow();
  }

  private static boolean isInPlace(ConvShape s) {
    return s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.outputHeight() * s.outputWidth() >= tilePixels(s);
  }

  /** Of a plane: as many as keep a block's input within its budget, but each has a whole tile. */
  private static int blocks(ConvShape s) {
    int pixels = s.outputHeight() * s.outputWidth();
    long wanted =
        Math.ceilDiv((long) s.groupChannels() * pixels, Blocking.DENSE_PIXEL_STRIP_FLOATS);
    return (int) Math.min(wanted, mostBlocks(s));
  }

  /** Of which each has a whole tile. */
  private static int mostBlocks(ConvShape s) {
    int pixels = s.outputHeight() * s.outputWidth();
    return Math.max(1, (Math.ceilDiv(pixels, LANES) - 1) * LANES / tilePixels(s));
  }

  /** Pixels of the largest block, or of a tile that is larger than the plane. */
  private static int blockPixels(ConvShape s) {
    int vectors = Math.ceilDiv(s.outputHeight() * s.outputWidth(), LANES);
    return Math.max(tilePixels(s), Math.ceilDiv(vectors, blocks(s)) * LANES);
  }

  /**
   * Whether this way is possible and faster. Of GFLOP/s here, with panels of pixels and with
   * filters in the lanes, 256 channels to 24 filters at 20x20 have 221, 180 and 118, 512 to 24 at
   * 7x7 187, 128 and 106, at 4x4 96, 126 and 129; 512 to 8 at 4x4 61, 69 and 51; 192 in 12 groups
   * at 7x7 109, 58 and 49; 512 to 18 at 38x38 183 and 162 (AMD EPYC, family 26).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean few = s.groupFilters() <= FEW_FILTERS;
    int pixels = s.outputHeight() * s.outputWidth();
    return !problem.channelsLast()
        && s.groupFilters() <= MOST_FILTERS
        && s.groupFilters() * s.groupChannels() > 1
        && (s.groupFilters() < ORDERED_FILTERS || s.groupChannels() <= Blocking.KC)
        && pixels >= (few ? LANES / 2 : 2 * LANES)
        && s.weightsSize() <= Integer.MAX_VALUE / 8
        && (isInPlace(s) || (long) s.groupChannels() * blockPixels(s) <= Blocking.STRIP_FLOATS);
  }

  @Override
  public long packedBytes() {
    return ((long) weights.length + bias.length + steps.length) * Float.BYTES + PLACES.bytes();
  }

  @Override
  public int scratchFloats() {
    int most = tiles.stream().mapToInt(Tile::filters).max().orElseThrow();
    return staging() + most * output.stagingPlane();
  }

  /** Where in scratch results are staged. */
  private int staging() {
    return gather == null ? 0 : shape.groupChannels() * pitch;
  }

  @Override
  public int units(int threads) {
    return units.units(threads);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int parts = this.units.parts(units);
    int each = this.units.blocksOfOuter(units);
    int image = this.units.outer(unit, units);
    int block = this.units.block(unit, units);
    int all = shape.groups() * tiles.size();
    int first = Split.start(all, unit % parts, parts);
    int last = Split.start(all, unit % parts + 1, parts) - 1;
    int firstGroup = first / tiles.size();
    int lastGroup = last / tiles.size();
    Tile end = tiles.get(last % tiles.size());
    Elements.Region written = footprint.written.region;
    written.images(outputOrder, image, 1);
    written.channels(
        filter(firstGroup, tiles.get(first % tiles.size())), filter(lastGroup, end) + end.used);
    written.columns(start(block, each), start(block + 1, each));
    footprint.written.add(outputOrder);
    Elements.Region read = footprint.read.region;
    read.images(inputOrder, image, 1);
    read.channels(firstGroup * shape.groupChannels(), (lastGroup + 1) * shape.groupChannels());
    int width = shape.outputWidth();
    read.rows(
        start(block, each) / width * shape.strideHeight(),
        (start(block + 1, each) - 1) / width * shape.strideHeight() + 1);
    // Their distances are in the steps.
    footprint.read.keepPlanes();
    footprint.read.add(inputOrder);
  }

  /** The first pixel of one of so many blocks of an image. */
  private int start(int block, int each) {
    return Math.min(pixels, Split.start(Math.ceilDiv(pixels, LANES), block, each) * LANES);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = this.units.parts(units);
    int each = this.units.blocksOfOuter(units);
    int image = this.units.outer(unit, units);
    int block = this.units.block(unit, units);
    int from = start(block, each);
    int count = start(block + 1, each) - from;
    int all = shape.groups() * tiles.size();
    int end = Split.start(all, unit % parts + 1, parts);
    int loaded = -1;
    int first = 0;
    GroupedPixelCall call = GroupedPixelCall.of(scratch);
    call.input(gather == null ? operands.src : scratch.floats, steps);
    boolean isLater = operands.residual != null;
    call.clamp(
        isLater ? Float.NEGATIVE_INFINITY : epilogue.low(),
        isLater ? Float.POSITIVE_INFINITY : epilogue.high());
    for (int i = Split.start(all, unit % parts, parts); i < end; i++) {
      int group = i / tiles.size();
      Tile tile = tiles.get(i % tiles.size());
      if (group != loaded) {
        loaded = group;
        first = load(operands, image * shape.groups() + group, from, count, scratch.floats);
      }
      int at = group * groupFilters + tile.first;
      call.tile(tile.filters, tile.vectors, PLACES);
      call.weights(weights, at * shape.groupChannels(), bias, at, tile.used - 1);
      int place = output.place(operands, image, filter(group, tile), 0);
      tile(call, operands, place, from, first, count, scratch.floats);
    }
  }

  /** Where the first channel's first pixel of a block is read. */
  private int load(Operands operands, int group, int from, int count, float[] scratch) {
    int channels = shape.groupChannels();
    int planes = operands.srcOffset + group * channels * shape.height() * shape.width();
    if (gather == null) {
      return planes + from;
    }
    gather.run(operands.src, planes, channels, from, count, scratch, 0, pitch);
    return 0;
  }

  /**
   * A block's pixels for one tile of filters; the last vectors are moved back so that they end with
   * the block.
   *
   * @param place of the first filter's first pixel in the output
   * @param from the block's first pixel
   * @param first where its input is read
   */
  private void tile(
      GroupedPixelCall call,
      Operands operands,
      int place,
      int from,
      int first,
      int count,
      float[] scratch) {
    int width = call.vectors * LANES;
    boolean inPlace = output.isInPlace(operands) && count >= width;
    for (int pixel = 0; pixel < count; pixel += width) {
      int moved = Math.max(0, Math.min(pixel, count - width));
      if (inPlace) {
        int at = operands.dstOffset + place + from + moved;
        call.result(operands.dst, at, output.plane(operands));
        call.run(0, first + moved);
        continue;
      }
      call.result(scratch, staging(), output.stagingPlane());
      call.run(0, first + moved);
      int staged = staging() + pixel - moved;
      int size = Math.min(width, count - pixel);
      output.finish(operands, place, from + pixel, call.last + 1, size, scratch, staged);
    }
  }
}

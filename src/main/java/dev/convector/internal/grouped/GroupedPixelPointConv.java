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
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/**
 * Channels-first 1x1 convolution to few filters a group, neighbouring pixels in the lanes, on the
 * kernels of the codegen folder's GroupedPixelKernels. All pixels of a plane are one row; without
 * stride they are read where they lie, else gathered a block at a time. Of many channels some are
 * added at a time, and the others to these sums: the order of an output's sum stays the same.
 */
public final class GroupedPixelPointConv implements PackedWork {
  private static final Scratch.Slot<Unit> UNITS = new Scratch.Slot<>(Unit::new);

  /** More weren't measured. */
  private static final int MOST_FILTERS = 32;

  /** The same of a group of a few channels, with 16 registers. */
  private static final int MOST_GROUP_FILTERS = 64;

  private static final int FEW_CHANNELS = 16;

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

  /** Channels whose products are added at a time. */
  private final int pass;

  /** From a group's channel to the next one, where they are read. */
  private final int pitch;

  private final int[] steps;
  private final GroupedPixelOutput output;

  /** Where in scratch the sums of some passes are kept, tile by tile. */
  private final int sums;

  /** Room for a block's pixels, and for a last tile that is not full. */
  private final int sumPixels;

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
    this.pass = pass(shape);
    this.pitch = gather == null ? shape.height() * shape.width() : pitch(shape);
    this.steps = new int[pass];
    for (int channel = 0; channel < steps.length; channel++) {
      steps[channel] = channel * pitch;
    }
    this.output = new GroupedPixelOutput(problem, epilogue, MOST_VECTORS * LANES, 0);
    int mostFilters = tiles.stream().mapToInt(Tile::filters).max().orElseThrow();
    this.sums = staging() + mostFilters * output.stagingPlane();
    this.sumPixels = blockPixels(shape) + MOST_VECTORS * LANES;
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

  /**
   * Without stride, unless all planes' lines meet in a set or two of a first-level cache, where a
   * tile's evict one another before the next tile reads what is left of them: from copies 50
   * channels at 160x160 to 23 filters take 0.43 to 0.46 of the time, 24 at 64x64 to 8 0.66 to 0.78,
   * to 16 0.60 to 0.82, 128 at 32x32 to 8 0.72 to 0.76, 16 at 64x64 to 4 0.94 (Zen 4 without
   * AVX-512).
   */
  private static boolean isInPlace(ConvShape s) {
    int pixels = s.outputHeight() * s.outputWidth();
    boolean meets = pixels % Blocking.TWO_SETS_FLOATS == 0 && pass(s) > Blocking.nearLines(pixels);
    return s.strideHeight() == 1 && s.strideWidth() == 1 && pixels >= tilePixels(s) && !meets;
  }

  /** Channels of a pass: equal parts of them. */
  private static int pass(ConvShape s) {
    int channels = s.groupChannels();
    return Math.ceilDiv(channels, Math.ceilDiv(channels, Blocking.POINT_CHANNELS));
  }

  /** Of a plane: as many as keep a block's input within its budget, but each has a whole tile. */
  private static int blocks(ConvShape s) {
    int pixels = s.outputHeight() * s.outputWidth();
    long wanted = Math.ceilDiv((long) pass(s) * pixels, Blocking.DENSE_PIXEL_STRIP_FLOATS);
    return (int) Math.min(wanted, mostBlocks(s));
  }

  /** Floats from one gathered channel to the next: an odd number of lines. */
  private static int pitch(ConvShape s) {
    int lines = Math.ceilDiv(blockPixels(s), AlignedFloats.LINE);
    return (lines | 1) * AlignedFloats.LINE;
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
   * at 7x7 109, 58 and 49; 512 to 18 at 38x38 183 and 162 (AMD EPYC, family 26). With 16 registers
   * groups of 2 and 4 channels to 64 filters, 12 to 48 and 16 to 64, at 14x14, 28x28 and 63x63, are
   * 1.1 to 2.5 times as fast as with filters in the lanes or panels of pixels (Choices, Zen 4
   * without AVX-512).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean isShallow = !Simd.MANY_REGISTERS && s.groups() > 1 && s.groupChannels() <= FEW_CHANNELS;
    boolean few = s.groupFilters() <= FEW_FILTERS;
    int pixels = s.outputHeight() * s.outputWidth();
    return !problem.channelsLast()
        && s.groupFilters() <= (isShallow ? MOST_GROUP_FILTERS : MOST_FILTERS)
        && s.groupFilters() * s.groupChannels() > 1
        && (s.groupFilters() < ORDERED_FILTERS || s.groupChannels() <= Blocking.KC)
        && pixels >= (few ? LANES / 2 : 2 * LANES)
        && s.weightsSize() <= Integer.MAX_VALUE / 8
        && (isInPlace(s) || (long) pass(s) * pitch(s) <= Blocking.STRIP_FLOATS);
  }

  @Override
  public long packedBytes() {
    return ((long) weights.length + bias.length + steps.length) * Float.BYTES + PLACES.bytes();
  }

  @Override
  public int scratchFloats() {
    return sums + (pass < shape.groupChannels() ? groupFilters * sumPixels : 0);
  }

  /** Where in scratch results are staged: behind what is gathered. */
  private int staging() {
    return gather == null ? 0 : AlignedFloats.FIRST + pass * pitch;
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
    int block = this.units.block(unit, units);
    int all = shape.groups() * tiles.size();
    int end = Split.start(all, unit % parts + 1, parts);
    Unit run = scratch.get(UNITS);
    run.enter(operands, scratch);
    run.image = this.units.outer(unit, units);
    run.from = start(block, each);
    run.count = start(block + 1, each) - run.from;
    run.call.input(gather == null ? operands.src : scratch.floats, steps);
    for (int i = Split.start(all, unit % parts, parts); i < end; ) {
      int group = i / tiles.size();
      int next = Math.min(end, (group + 1) * tiles.size());
      for (int channel = 0; channel < shape.groupChannels(); channel += pass) {
        load(run, group, channel);
        for (int tile = i; tile < next; tile++) {
          tile(run, group, tiles.get(tile % tiles.size()));
        }
      }
      i = next;
    }
  }

  /** The channels of a group's pass. */
  private void load(Unit run, int group, int channel) {
    Operands operands = run.operands;
    int first = (run.image * shape.groups() + group) * shape.groupChannels() + channel;
    int planes = operands.srcOffset + first * shape.height() * shape.width();
    run.channel = channel;
    run.call.depth = Math.min(pass, shape.groupChannels() - channel);
    if (gather == null) {
      run.input = planes + run.from;
      return;
    }
    run.input = AlignedFloats.FIRST;
    gather.run(
        operands.src,
        planes,
        run.call.depth,
        run.from,
        run.count,
        run.scratch.floats,
        run.input,
        pitch);
  }

  /** A block's pixels for one tile of filters: the products of a pass. */
  private void tile(Unit run, int group, Tile tile) {
    int at = group * groupFilters + tile.first;
    int channels = shape.groupChannels();
    boolean isLast = run.channel + run.call.depth == channels;
    boolean isLater = !isLast || run.operands.residual != null;
    GroupedPixelCall call = run.call;
    call.tile(tile.filters, tile.vectors, PLACES);
    int b = at * channels + run.channel * tile.filters;
    call.weights(weights, b, bias, at, (isLast ? tile.used : tile.filters) - 1);
    call.clamp(
        isLater ? Float.NEGATIVE_INFINITY : epilogue.low(),
        isLater ? Float.POSITIVE_INFINITY : epilogue.high());
    int tileSums = sums + tile.first * sumPixels;
    if (isLast) {
      finish(run, output.place(run.operands, run.image, filter(group, tile), 0), tileSums);
    } else {
      add(run, tileSums);
    }
  }

  /**
   * A pass that isn't the last: sums stay in scratch. The last vectors are moved back so that they
   * end with the block.
   */
  private void add(Unit run, int tileSums) {
    GroupedPixelCall call = run.call;
    float[] scratch = run.scratch.floats;
    int count = run.count;
    int width = call.vectors * LANES;
    for (int pixel = 0; pixel < count; pixel += width) {
      int moved = Math.max(0, Math.min(pixel, count - width));
      int at = tileSums + pixel * call.filters;
      call.result(scratch, at, width);
      if (run.channel == 0) {
        call.run(0, run.input + moved);
      } else {
        call.resume(0, run.input + moved, scratch, at);
      }
    }
  }

  /**
   * The last pass.
   *
   * @param place of the first filter's first pixel in the output
   */
  private void finish(Unit run, int place, int tileSums) {
    Operands operands = run.operands;
    GroupedPixelCall call = run.call;
    float[] scratch = run.scratch.floats;
    int from = run.from;
    int count = run.count;
    int input = run.input;
    int width = call.vectors * LANES;
    boolean isFirst = run.channel == 0;
    boolean inPlace = output.isInPlace(operands) && count >= width;
    float[] results = inPlace ? operands.dst : scratch;
    int first = operands.dstOffset + place + from;
    int plane = inPlace ? output.plane(operands) : output.stagingPlane();
    for (int pixel = 0; pixel < count; pixel += width) {
      int moved = Math.max(0, Math.min(pixel, count - width));
      call.result(results, inPlace ? first + moved : staging(), plane);
      if (isFirst) {
        call.run(0, input + moved);
      } else {
        call.resume(0, input + moved, scratch, tileSums + pixel * call.filters);
      }
      if (!inPlace) {
        int staged = staging() + pixel - moved;
        int size = Math.min(width, count - pixel);
        output.finish(operands, place, from + pixel, call.last + 1, size, scratch, staged);
      }
    }
  }

  /** A unit at work: a block of pixels and a range of tiles of filters. */
  private static final class Unit implements Scratch.Kept {
    Operands operands;
    Scratch scratch;
    GroupedPixelCall call;
    int image;

    /** The block's pixels. */
    int from;

    int count;

    /** The first channel of the pass at hand, in its group. */
    int channel;

    /** Where that channel's first pixel is read. */
    int input;

    void enter(Operands operands, Scratch scratch) {
      if (this.operands != operands) {
        this.operands = operands;
      }
      if (this.scratch != scratch) {
        this.scratch = scratch;
        this.call = GroupedPixelCall.of(scratch);
      }
    }

    /** Lets go of the caller's arrays. */
    @Override
    public void clear() {
      operands = null;
    }
  }
}

package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;

/**
 * Convolution with few channels a group, or of one group with few channels or filters, neighbouring
 * pixels in the lanes: each group's planes are copied to a {@link GroupedPixelStrip}, from which
 * the kernels of the codegen folder's GroupedPixelKernels read all taps and write planes in place.
 * Channels-last images, of one group, are turned on the way in and out.
 */
public final class GroupedPixelConv implements PackedWork {
  private static final boolean MANY = Simd.REGISTERS >= 32;

  /** Fewer would leave most of a tile of 4 empty, where that is the smallest. */
  private static final int LEAST_FILTERS = MANY ? 1 : 3;

  /** So few of a group would leave most lanes empty elsewhere, or want many permutations. */
  private static final int FEW_GROUP_FILTERS = 2;

  /** More weren't measured. */
  private static final int MOST_CHANNELS = 32;

  /** Channels of a group whose filters fill vectors, from which the other way is faster. */
  private static final int LEAST_BROADCAST = 8;

  /** Most filters of one group that are worth turning, channels-last, and most in planes. */
  private static final int MOST_TURNED = LANES / 4 * 3;

  private static final int MOST_FILTERS = 2 * LANES;

  /** Most channels and products of a sum where filters are more. */
  private static final int FEW = 8;

  private static final int MOST_DEPTH = 256;

  /** Longer ones weren't measured. */
  private static final int MOST_STRIDE = 4;

  /**
   * Channels and filters from which the order of an output's sum is promised, which is another one
   * here (docs/numbers.md).
   */
  private static final int LEAST_ORDERED = 24;

  /** Least share of the lanes that pixels fill. */
  private static final double LEAST_FILLED = 0.8;

  /** The same of groups of very few filters or dilated kernels. */
  private static final double LEAST_FILLED_OF_FEW = 0.5;

  private final ConvShape shape;
  private final Epilogue epilogue;

  /** Of a tile, as its vectors. */
  private final int filters;

  private final int vectors;

  /** Of a group. */
  private final int tiles;

  /** {@code [groups][tiles][depth][filters]}. */
  private final float[] weights;

  /** {@code [groups][tiles][filters]}. */
  private final float[] bias;

  private final GroupedPixelStrip strip;

  private final int strips;
  private final UnitGrid units;
  private final int[] steps;
  private final GroupedPixelPlaces places;
  private final GroupedPixelOutput output;
  private final ImageOrder inputOrder;
  private final ImageOrder outputOrder;

  public GroupedPixelConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.filters = tileFilters(shape);
    this.vectors = tileVectors(shape);
    this.tiles = Math.ceilDiv(shape.groupFilters(), filters);
    int depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    this.weights = new float[shape.groups() * tiles * filters * depth];
    this.bias = new float[shape.groups() * tiles * filters];
    for (int i = 0; i < this.bias.length; i++) {
      int filter = filter(i / filters, i % filters);
      this.bias[i] = bias == null ? 0 : bias[filter];
      for (int j = 0; j < depth; j++) {
        this.weights[(i / filters * depth + j) * filters + i % filters] =
            weights[filter * depth + j];
      }
    }
    this.strips = strips(problem);
    int rows = Math.ceilDiv(shape.outputHeight(), strips);
    this.strip = new GroupedPixelStrip(shape, problem.channelsLast(), rows);
    this.steps = strip.steps();
    // Strips for many threads are lower, but have a tile's pixels.
    int leastRows = Math.min(rows, Math.ceilDiv(vectors * LANES, shape.outputWidth()));
    this.places =
        new GroupedPixelPlaces(strip.pitch(), shape.outputWidth(), vectors, rows, leastRows);
    this.units = grid(Math.max(strips, shape.outputHeight() / leastRows));
    this.inputOrder = ImageOrder.input(shape, problem.channelsLast());
    this.outputOrder = ImageOrder.output(shape, problem.channelsLast());
    int plane = vectors * LANES;
    this.output =
        new GroupedPixelOutput(problem, epilogue, plane, strip.floats() + filters * plane);
  }

  private UnitGrid grid(int mostStrips) {
    // Each tile of filters of a group reads the group's planes.
    double extraRows =
        Math.max(0, shape.effectiveKernelHeight() - shape.strideHeight())
            / (double) shape.strideHeight();
    UnitCost cost =
        UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize())
            // Cleared, too, and parted by the stride.
            .loading(2L * shape.inputSize(), shape.groups() == 1, extraRows);
    return new UnitGrid(
        shape.batch(),
        shape.outputHeight(),
        mostStrips,
        shape.batch() * strips,
        1,
        shape.groups() * tiles,
        cost);
  }

  private static int mostStripFloats(ConvShape s) {
    return s.groups() == 1
        ? Blocking.DENSE_PIXEL_STRIP_FLOATS
        : Blocking.GROUPED_PIXEL_STRIP_FLOATS;
  }

  /** A filter of a tile; the last one in place of those missing. */
  private int filter(int tile, int i) {
    int inGroup = Math.min(tile % tiles * filters + i, shape.groupFilters() - 1);
    return tile / tiles * shape.groupFilters() + inGroup;
  }

  private static int tileFilters(ConvShape shape) {
    int filters = shape.groupFilters();
    if (!MANY) {
      return 4;
    }
    return filters <= 2 ? filters : filters % 8 == 0 ? 8 : 4;
  }

  private static int tileVectors(ConvShape shape) {
    return MANY ? Math.min(8, 16 / tileFilters(shape)) : 2;
  }

  private static int strips(ConvProblem problem) {
    int height = problem.shape().outputHeight();
    int rows = height;
    while (rows > 1
        && GroupedPixelStrip.floats(problem.shape(), rows) > mostStripFloats(problem.shape())) {
      rows--;
    }
    return Math.ceilDiv(height, rows);
  }

  /**
   * Whether this way is possible and faster than {@link GroupedConv}, as measured with 4 to 32
   * channels a group, 7x7 to 56x56: where few lanes stay empty (of 14x14 pixels fill 88 %, of 7x7
   * 77 %) while filters would not fill theirs or share them with other groups'. With 8 channels a
   * group at 28x28 that is 215 against 275 us on Granite Rapids, with 16 and stride 2 290 against
   * 255. Groups of 2 channels to 2 filters take 0.12 of the time at 28x28 and 0.52 at 14x14, to 1
   * 0.35; dilated, whose rows lie far apart, 4 to 4 at 17x17 0.81, at 14x14 0.6, 8 to 8 at 21x21
   * 0.86 (Zen 5).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!isPossible(problem)) {
      return false;
    }
    return s.groups() == 1 ? densePays(problem) : groupedPays(problem);
  }

  private static boolean isPossible(ConvProblem problem) {
    ConvShape s = problem.shape();
    if ((problem.channelsLast() && s.groups() > 1)
        || GroupedPixelStrip.floats(s, 1) > mostStripFloats(s)) {
      return false;
    }
    int strips = strips(problem);
    long packed = s.weightsSize() / s.groupFilters() * (s.groupFilters() + 3L);
    return positions(problem) <= mostStripFloats(s)
        && packed <= Integer.MAX_VALUE / 2
        && s.outputHeight() / strips * s.outputWidth() >= tileVectors(s) * LANES;
  }

  /** From a strip's first output pixel to its last, in the input. */
  private static long positions(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.ceilDiv(s.outputHeight(), strips(problem));
    return (rows - 1) * GroupedPixelStrip.pitch(s) + s.outputWidth();
  }

  /** The share of the lanes that have pixels. */
  private static double filled(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.ceilDiv(s.outputHeight(), strips(problem));
    int tile = tileVectors(s) * LANES;
    double computed = Math.ceilDiv(positions(problem), tile) * (double) tile;
    return rows * s.outputWidth() / computed;
  }

  private static double leastFilled(ConvShape s) {
    boolean isFew = s.groupFilters() <= FEW_GROUP_FILTERS || s.dilationWidth() > 1;
    return isFew ? LEAST_FILLED_OF_FEW : LEAST_FILLED;
  }

  private static boolean groupedPays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return filled(problem) >= leastFilled(s)
        && s.groupFilters() >= LEAST_FILTERS
        && s.groupChannels() <= MOST_CHANNELS
        && GroupedWeights.vectors(s) != 2
        && !fillsVectors(s);
  }

  /**
   * One group, by cost. Few filters would leave their lanes empty: 7x7 from 32 channels to 3 at
   * 128x128 has 155 GFLOP/s channels-first where filters in the lanes have 30, 31x31 of one channel
   * 98 instead of 12; 11x11, dilated, from 7 channels to 2 at 37x37, channels-last, takes 0.15 of
   * the time, though rows of padding leave a quarter of the lanes empty. Channels-first there is
   * nothing to turn, which counts where windows are small: 3x3 from 3 channels to 64 at 224x224 176
   * instead of 101, 7x7 with stride 2 220 instead of 209, 19x1 from 16 to 16 222 instead of 162
   * (AMD EPYC, family 26).
   */
  private static boolean densePays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int taps = s.kernelHeight() * s.kernelWidth();
    boolean isPoint = problem.channelsLast() && taps == 1;
    boolean isOrdered = s.channels() >= LEAST_ORDERED && s.filters() >= LEAST_ORDERED;
    if (isPoint || isOrdered || s.strideWidth() > MOST_STRIDE) {
      return false;
    }
    if (s.filters() > (problem.channelsLast() ? MOST_TURNED : MOST_FILTERS)) {
      boolean isShallow = s.channels() <= FEW && s.channels() * taps <= MOST_DEPTH;
      return !problem.channelsLast()
          && s.strideWidth() <= 2
          && isShallow
          && filled(problem) >= LEAST_FILLED;
    }
    double pixels =
        GroupedPixelCost.ofPixels(problem, tileFilters(s), tileVectors(s), filled(problem));
    return pixels < GroupedPixelCost.ofOthers(problem);
  }

  /** Whether the other way has whole kernel rows and leaves no lane empty. */
  private static boolean fillsVectors(ConvShape s) {
    return GroupedTile.wholeRows(s)
        && s.groupFilters() % LANES == 0
        && s.groupChannels() >= LEAST_BROADCAST;
  }

  @Override
  public long packedBytes() {
    long floats = (long) weights.length + bias.length + steps.length;
    return floats * Float.BYTES + places.bytes();
  }

  @Override
  public int scratchFloats() {
    return strip.floats() + filters * output.stagingPlane() + output.spareFloats();
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
    int index = this.units.block(unit, units);
    int row = Split.start(shape.outputHeight(), index, each);
    int endRow = Split.start(shape.outputHeight(), index + 1, each);
    int first = Split.start(shape.groups() * tiles, unit % parts, parts);
    int last = Split.start(shape.groups() * tiles, unit % parts + 1, parts) - 1;
    footprint.written.region.images(outputOrder, image, 1);
    footprint.written.region.rows(row, endRow);
    footprint.written.region.channels(filter(first, 0), filter(last, filters - 1) + 1);
    footprint.written.add(outputOrder);
    footprint.read.region.images(inputOrder, image, 1);
    footprint.read.region.channels(
        first / tiles * shape.groupChannels(), (last / tiles + 1) * shape.groupChannels());
    strip.rows(footprint.read.region, row, endRow);
    footprint.read.add(inputOrder);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = this.units.parts(units);
    int each = this.units.blocksOfOuter(units);
    int image = this.units.outer(unit, units);
    int index = this.units.block(unit, units);
    int row = Split.start(shape.outputHeight(), index, each);
    int endRow = Split.start(shape.outputHeight(), index + 1, each);
    int plane = operands.sourcePlane(shape.height() * shape.width());
    int groupFloats = shape.groupChannels() * plane;
    int loaded = -1;
    strip.clear(scratch.floats, endRow - row);
    int end = Split.start(shape.groups() * tiles, unit % parts + 1, parts);
    GroupedPixelCall call = GroupedPixelCall.of(scratch);
    call.tile(filters, vectors, places);
    call.input(scratch.floats, steps);
    if (operands.residual == null) {
      call.clamp(epilogue.low(), epilogue.high());
    } else {
      call.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }
    for (int tile = Split.start(shape.groups() * tiles, unit % parts, parts); tile < end; tile++) {
      int group = tile / tiles;
      if (group != loaded) {
        loaded = group;
        int planes = operands.srcOffset + (image * shape.groups() + group) * groupFloats;
        strip.load(operands, planes, row, endRow, scratch.floats);
      }
      int last = filter(tile, filters - 1) - filter(tile, 0);
      int bOffset = tile * filters * steps.length;
      call.weights(weights, bOffset, bias, tile * filters, last);
      int place = output.place(operands, image, filter(tile, 0), row);
      tile(call, operands, place, endRow - row, scratch.floats);
    }
  }

  /**
   * All pixels of a strip for one tile of filters.
   *
   * @param at place of its output
   */
  private void tile(GroupedPixelCall call, Operands operands, int at, int rows, float[] scratch) {
    int first = strip.start();
    int staging = strip.floats();
    int count = places.count(rows);
    int pixels = rows * shape.outputWidth();
    boolean inPlace = output.isInPlace(operands);
    boolean isTurned = output.isTurnedInPlace(operands, filters);
    for (int t = 0; t < count; t += vectors) {
      boolean isLast = t + vectors >= count;
      int v = isLast ? places.lastTile(rows) : t;
      int aOffset = first + (isLast ? places.lastTilePosition(rows) : t * LANES);
      if (inPlace && places.endsBefore(v, pixels)) {
        call.result(operands.dst, operands.dstOffset + at, output.plane(operands));
        call.run(v, aOffset);
        continue;
      }
      if (isTurned && places.endsBefore(v, pixels)) {
        call.result(operands.dst, operands.dstOffset + output.turned(at, 0), 0);
        call.runTurned(v, aOffset);
        continue;
      }
      call.result(scratch, staging - places.places[v], output.stagingPlane());
      call.run(v, aOffset);
      int from = places.places[t];
      int to = isLast ? pixels : places.places[t + vectors];
      int staged = staging + from - places.places[v];
      output.finish(operands, at, from, call.last + 1, to - from, scratch, staged);
    }
  }
}

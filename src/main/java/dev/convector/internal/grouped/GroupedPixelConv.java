package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
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
 * Channels-last images are turned on the way in, some groups at a time, and out, the filters of as
 * many tiles together as fill a vector.
 */
public final class GroupedPixelConv implements PackedWork {
  private static final boolean MANY = Simd.REGISTERS >= 32;

  /** Fewer would leave most of a tile of 4 empty, where that is the smallest. */
  private static final int LEAST_FILTERS = MANY ? 1 : 3;

  /** So few of a group would leave most lanes empty elsewhere, or want many permutations. */
  private static final int FEW_GROUP_FILTERS = 2;

  /** More weren't measured. */
  private static final int MOST_CHANNELS = 32;

  /** Of a window of groups, channels-last. */
  private static final int WINDOW_CHANNELS = 2 * LANES;

  /** Channels of a group whose filters fill vectors, from which the other way is faster. */
  private static final int LEAST_BROADCAST = 8;

  /** Most filters of one group that are worth turning, channels-last, and most in planes. */
  private static final int MOST_TURNED = LANES / 4 * 3;

  private static final int MOST_FILTERS = 2 * LANES;

  /** Most filters of a group that are worth turning, and taps from which on all such are. */
  private static final int MOST_TURNED_GROUP = 8;

  private static final int MANY_TAPS = 25;

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

  /** The first and the last filter of each tile. */
  private final int[] firsts;

  private final int[] lasts;

  private final GroupedPixelStrip strip;

  /** Groups that it holds. */
  private final int window;

  /** Most filters that are staged together: of the tiles of a vector, or of one tile. */
  private final int together;

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
    this.firsts = new int[shape.groups() * tiles];
    this.lasts = new int[firsts.length];
    for (int tile = 0; tile < firsts.length; tile++) {
      firsts[tile] = filter(tile, 0);
      lasts[tile] = filter(tile, filters - 1);
    }
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
    this.window = window(problem);
    boolean stagesMore =
        problem.channelsLast() && (shape.groups() > 1 || Transpose.isFast(shape.filters()));
    this.together = stagesMore ? Math.max(LANES, filters) : filters;
    this.strip = new GroupedPixelStrip(shape, problem.channelsLast(), window, rows);
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
        new GroupedPixelOutput(problem, epilogue, plane, strip.floats() + stagedPlanes() * plane);
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

  /** A tile stores copies of its last filter behind it. */
  private int stagedPlanes() {
    return together + filters - 1;
  }

  private static int mostStripFloats(ConvProblem problem) {
    return problem.shape().groups() == 1 || problem.channelsLast()
        ? Blocking.DENSE_PIXEL_STRIP_FLOATS
        : Blocking.GROUPED_PIXEL_STRIP_FLOATS;
  }

  /** Groups that are loaded together: so many that lines are read once or twice. */
  private static int window(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!problem.channelsLast()) {
      return 1;
    }
    int windows = Math.ceilDiv(s.channels(), WINDOW_CHANNELS);
    return Math.ceilDiv(s.groups(), windows);
  }

  private static long stripFloats(ConvProblem problem, int rows) {
    return GroupedPixelStrip.floats(problem.shape(), window(problem), rows);
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
    while (rows > 1 && stripFloats(problem, rows) > mostStripFloats(problem)) {
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
    if (stripFloats(problem, 1) > mostStripFloats(problem)) {
      return false;
    }
    int strips = strips(problem);
    long packed = s.weightsSize() / s.groupFilters() * (s.groupFilters() + 3L);
    return positions(problem) <= mostStripFloats(problem)
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
    boolean suits =
        problem.channelsLast()
            ? turningPays(s) && filled(problem) >= LEAST_FILLED
            : GroupedWeights.vectors(s) != 2
                && !fillsVectors(s)
                && filled(problem) >= leastFilled(s);
    return suits && s.groupFilters() >= LEAST_FILTERS && s.groupChannels() <= MOST_CHANNELS;
  }

  /**
   * Channels-last, where many multiply-adds a pixel pay for turning it, or fewer filters than
   * channels, or rows that lie far apart, leave lanes of the other way empty. 5x5 from 2 channels a
   * group to 6 filters takes 0.35 of the time, from 3 to 3 0.87 and 1.03, from 4 to 4 0.64 to 0.73,
   * to 8 0.61, from 8 to 4 0.35, 7x7 from 3 to 2 0.41, from 8 to 8 0.57, but 5x5 from 16 to 16
   * 1.05; 3x3 from 8 to 2 0.57, to 4 0.82, from 16 to 8 at 145x70 0.8, at 14x14 to 4 0.87; dilated,
   * 4 to 4 0.82 and 0.92, 8 to 8 0.73 and 0.77. Of other 3x3, 4 to 4 1.25 to 1.4, 3 to 3 1.6 to
   * 2.5; strided, 5x5 from 2 to 3 1.17 (Xeon, family 6 model 207).
   */
  private static boolean turningPays(ConvShape s) {
    boolean isStrided = s.strideHeight() > 1 || s.strideWidth() > 1;
    boolean isDilated = s.dilationHeight() > 1 || s.dilationWidth() > 1;
    int taps = s.kernelHeight() * s.kernelWidth();
    return !isStrided
        && taps > 1
        && (s.channels() >= LANES || Transpose.isFast(s.channels()))
        && s.groupFilters() <= MOST_TURNED_GROUP
        && (taps >= MANY_TAPS
            || isDilated && s.groupChannels() > FEW_GROUP_FILTERS
            || s.groupChannels() >= 2 * s.groupFilters());
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
    long floats = (long) weights.length + bias.length + steps.length + 2L * firsts.length;
    return floats * Float.BYTES + places.bytes();
  }

  @Override
  public int scratchFloats() {
    return strip.floats() + stagedPlanes() * output.stagingPlane() + output.spareFloats();
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
    footprint.written.region.channels(firsts[first], lasts[last] + 1);
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
    int loadedEnd = 0;
    int loaded = 0;
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
    int tile = Split.start(shape.groups() * tiles, unit % parts, parts);
    for (int next; tile < end; tile = next) {
      int group = tile / tiles;
      if (group >= loadedEnd) {
        loaded = group;
        loadedEnd = Math.min(group + window, (end - 1) / tiles + 1);
        strip.load(operands, image, group, loadedEnd, row, endRow, scratch.floats);
      }
      next = stagedEnd(tile, Math.min(end, loadedEnd * tiles));
      int place = output.place(operands, image, firsts[tile], row);
      tiles(call, operands, place, endRow - row, scratch.floats, loaded, tile, next);
    }
  }

  /** One past the last tile that is staged together with one: as many as are turned fast. */
  private int stagedEnd(int tile, int end) {
    int staged = tile + 1;
    for (int next = staged; next < end; next++) {
      int count = lasts[next] - firsts[tile] + 1;
      if (count > together) {
        break;
      }
      staged = Transpose.isFast(count) ? next + 1 : staged;
    }
    return staged;
  }

  /**
   * All pixels of a strip for the tiles of filters from one to another.
   *
   * @param at place of the first one's output
   * @param loaded the first group in the strip
   */
  private void tiles(
      GroupedPixelCall call,
      Operands operands,
      int at,
      int rows,
      float[] scratch,
      int loaded,
      int tile,
      int end) {
    int count = places.count(rows);
    int pixels = rows * shape.outputWidth();
    boolean single = end == tile + 1;
    boolean inPlace = single && output.isInPlace(operands);
    boolean isTurned = single && output.isTurnedInPlace(operands, filters);
    int staged = lasts[end - 1] - firsts[tile] + 1;
    int start = begin(call, tile, loaded);
    for (int t = 0; t < count; t += vectors) {
      boolean isLast = t + vectors >= count;
      int v = isLast ? places.lastTile(rows) : t;
      int position = isLast ? places.lastTilePosition(rows) : t * LANES;
      if (inPlace && places.endsBefore(v, pixels)) {
        call.result(operands.dst, operands.dstOffset + at, output.plane(operands));
        call.run(v, start + position);
        continue;
      }
      if (isTurned && places.endsBefore(v, pixels)) {
        call.result(operands.dst, operands.dstOffset + output.turned(at, 0), 0);
        call.runTurned(v, start + position);
        continue;
      }
      int staging = strip.floats() - places.places[v];
      for (int i = tile; i < end; i++) {
        int plane = (firsts[i] - firsts[tile]) * output.stagingPlane();
        call.result(scratch, staging + plane, output.stagingPlane());
        call.run(v, (single ? start : begin(call, i, loaded)) + position);
      }
      int from = places.places[t];
      int to = isLast ? pixels : places.places[t + vectors];
      output.finish(operands, at, from, staged, to - from, scratch, staging + from);
    }
  }

  /** Sets a tile's weights; returns where in the strip its group's first pixel lies. */
  private int begin(GroupedPixelCall call, int tile, int loaded) {
    int last = lasts[tile] - firsts[tile];
    call.weights(weights, tile * filters * steps.length, bias, tile * filters, last);
    return strip.start() + (tile / tiles - loaded) * strip.groupFloats();
  }
}

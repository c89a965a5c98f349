package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
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

/**
 * Convolution with few channels a group, or of one group with few channels or filters, neighbouring
 * pixels in the lanes: each group's planes are copied to a {@link GroupedPixelStrip}, from which
 * the kernels of the codegen folder's GroupedPixelKernels read all taps and write planes in place.
 * Channels-last images are turned on the way in, some groups at a time, and out, the filters of as
 * many tiles together as fill a vector.
 */
public final class GroupedPixelConv implements PackedWork {
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
    this.filters = GroupedPixelTiling.filters(shape);
    this.vectors = GroupedPixelTiling.vectors(shape);
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
    this.strips = GroupedPixelTiling.strips(problem);
    int rows = Math.ceilDiv(shape.outputHeight(), strips);
    this.window = GroupedPixelTiling.window(problem);
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

  /** A filter of a tile; the last one in place of those missing. */
  private int filter(int tile, int i) {
    int inGroup = Math.min(tile % tiles * filters + i, shape.groupFilters() - 1);
    return tile / tiles * shape.groupFilters() + inGroup;
  }

  /** Whether this way is possible and faster than others. */
  public static boolean pays(ConvProblem problem) {
    return GroupedPixelChoice.pays(problem);
  }

  /** The same of a depthwise convolution that no other way for planes is made for. */
  public static boolean depthwisePays(ConvProblem problem) {
    return GroupedPixelChoice.depthwisePays(problem);
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(ConvProblem problem) {
    return GroupedPixelTiling.isPossible(problem);
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

package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;

/**
 * Channels-first convolution with few channels a group, neighbouring pixels in the lanes: each
 * group's planes are copied to a {@link GroupedPixelStrip}, from which the kernels of the codegen
 * folder's GroupedPixelKernels read all taps and write the output in place.
 */
public final class GroupedPixelConv implements PackedWork {
  /** Fewer would leave most of a tile of 4 empty. */
  private static final int LEAST_FILTERS = 3;

  /** More weren't measured. */
  private static final int MOST_CHANNELS = 32;

  /** Channels of a group whose filters fill vectors, from which the other way is faster. */
  private static final int LEAST_BROADCAST = 8;

  private static final boolean MANY = Simd.REGISTERS >= 32;

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
  private final int[] steps;
  private final GroupedPixelPlaces places;

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
    this.strips = strips(shape);
    int rows = Math.ceilDiv(shape.outputHeight(), strips);
    this.strip = new GroupedPixelStrip(shape, rows);
    this.steps = strip.steps();
    this.places = new GroupedPixelPlaces(strip.pitch(), shape.outputWidth(), vectors, rows);
  }

  /** A filter of a tile; the last one in place of those missing. */
  private int filter(int tile, int i) {
    int inGroup = Math.min(tile % tiles * filters + i, shape.groupFilters() - 1);
    return tile / tiles * shape.groupFilters() + inGroup;
  }

  private static int tileFilters(ConvShape shape) {
    return MANY && shape.groupFilters() % 8 == 0 ? 8 : 4;
  }

  private static int tileVectors(ConvShape shape) {
    return MANY && tileFilters(shape) == 4 ? 4 : 2;
  }

  private static int strips(ConvShape shape) {
    int rows = shape.outputHeight();
    while (rows > 1
        && GroupedPixelStrip.floats(shape, rows) > Blocking.GROUPED_PIXEL_STRIP_FLOATS) {
      rows--;
    }
    return Math.ceilDiv(shape.outputHeight(), rows);
  }

  /**
   * Whether this way is possible and faster than {@link GroupedConv}, as measured with 4 to 32
   * channels a group, 7x7 to 56x56: where few lanes stay empty (of 14x14 pixels fill 88 %, of 7x7
   * 77 %) while filters would not fill theirs or share them with other groups'. With 8 channels a
   * group at 28x28 that is 215 against 275 us on Granite Rapids, with 16 and stride 2 290 against
   * 255; of 1x1 kernels on 16 channels a group 107 against 169.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (problem.channelsLast()
        || s.groups() == 1
        || s.groupFilters() < LEAST_FILTERS
        || s.groupChannels() > MOST_CHANNELS
        || GroupedWeights.vectors(s) == 2
        || fillsVectors(s)
        || GroupedPixelStrip.floats(s, 1) > Blocking.GROUPED_PIXEL_STRIP_FLOATS) {
      return false;
    }
    int strips = strips(s);
    int rows = Math.ceilDiv(s.outputHeight(), strips);
    long packed = s.weightsSize() / s.groupFilters() * (s.groupFilters() + 3L);
    int tile = tileVectors(s) * LANES;
    long positions = (rows - 1) * GroupedPixelStrip.pitch(s) + s.outputWidth();
    double filled = rows * s.outputWidth() / (double) (Math.ceilDiv(positions, tile) * tile);
    return filled >= 0.8
        && packed <= Integer.MAX_VALUE / 2
        && s.outputHeight() / strips * s.outputWidth() >= tile;
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
    return strip.floats() + filters * stagingPlane();
  }

  /** Floats of a filter's results in scratch, behind the strip. */
  private int stagingPlane() {
    return vectors * LANES;
  }

  @Override
  public int units(int threads) {
    int blocks = shape.batch() * strips;
    return blocks * Split.parts(blocks, shape.groups() * tiles, threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / (shape.batch() * strips);
    int image = unit / parts / strips;
    int index = unit / parts % strips;
    int row = Split.start(shape.outputHeight(), index, strips);
    int endRow = Split.start(shape.outputHeight(), index + 1, strips);
    int groupFloats = shape.groupChannels() * shape.height() * shape.width();
    int loaded = -1;
    strip.clear(scratch.floats);
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
        strip.load(operands.src, planes, row, endRow, scratch.floats);
      }
      int last = filter(tile, filters - 1) - filter(tile, 0);
      int bOffset = tile * filters * steps.length;
      call.weights(weights, bOffset, bias, tile * filters, last);
      int plane = image * shape.filters() + filter(tile, 0);
      tile(call, operands, plane, row, endRow - row, scratch.floats);
    }
    call.clear();
  }

  /** All pixels of a strip for one tile of filters. */
  private void tile(
      GroupedPixelCall call, Operands operands, int plane, int row, int rows, float[] scratch) {
    int planeSize = shape.outputHeight() * shape.outputWidth();
    int at = plane * planeSize + row * shape.outputWidth();
    int count = places.count(rows);
    int pixels = rows * shape.outputWidth();
    boolean inPlace = operands.residual == null && epilogue.isClamp();
    for (int t = 0; t < count; t += vectors) {
      boolean isLast = t + vectors >= count;
      int v = isLast ? places.lastTile(rows) : t;
      int aOffset = strip.start() + (isLast ? places.lastTilePosition(rows) : t * LANES);
      if (inPlace && places.endsBefore(v, pixels)) {
        call.result(operands.dst, operands.dstOffset + at, planeSize);
        call.run(v, aOffset);
        continue;
      }
      int staging = strip.floats();
      call.result(scratch, staging - places.places[v], stagingPlane());
      call.run(v, aOffset);
      int from = places.places[t];
      int to = isLast ? pixels : places.places[t + vectors];
      for (int f = 0; f <= call.last; f++) {
        int staged = staging + f * stagingPlane() + from - places.places[v];
        finish(operands, at + f * planeSize + from, to - from, scratch, staged);
      }
    }
  }

  /** Adds the residual to staged results, applies the activation and moves them to the output. */
  private void finish(Operands operands, int at, int count, float[] scratch, int staged) {
    if (operands.residual != null) {
      for (int i = 0; i < count; i++) {
        scratch[staged + i] += operands.residual[operands.residualOffset + at + i];
      }
    }
    if (operands.residual != null || !epilogue.isClamp()) {
      epilogue.activate(scratch, staged, count);
    }
    System.arraycopy(scratch, staged, operands.dst, operands.dstOffset + at, count);
  }
}

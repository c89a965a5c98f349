package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
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

/**
 * Channels-first convolution as the classic matrix product, filters x depth times depth x pixels:
 * lanes along the pixels, weights broadcast as they are given, output written in place. Nothing is
 * transposed; the unfolded input is packed a few panels of pixels at a time, also that of a 1x1
 * kernel with stride 1, whose planes are panels already: read where they lie, on pages and in few
 * sets of the caches, they took 1.0 to 1.3 times as long (Granite Rapids, 28x28 to 112x112, 64 to
 * 512 filters).
 *
 * <p>With few pixels lanes stay empty (7x7 fills 49 of 64), and turning the input to channels-last,
 * as the direct algorithm does, is faster; from 28x28 on a 1x1 kernel is up to 16 % faster here.
 */
public final class DensePixelConv implements PackedWork {
  private static final int NR = DenseWeights.NR;

  private static final Scratch.Slot<Unit> UNITS = new Scratch.Slot<>(Unit::new);

  /**
   * Pixels of a plane from which on lanes along them pay: 28x28, with 32 registers 20x20. There and
   * at 27x27 32 and 64 channels to 64 filters take 0.63 to 0.79 of the time, 64 to 128 and 256 0.77
   * to 0.83, 128 to 64, 128 and 256 0.81 to 0.9, 256 to 64 0.81 to 0.84, to 256 0.93; at 14x14 0.85
   * to 1.04 (Choices, Xeon, family 6 model 207).
   */
  public static final int LARGE_PLANE = Simd.MANY_REGISTERS ? 400 : 784;

  /** Of an image and its result, with 16 registers: 4 MiB. */
  private static final int MOST_FLOATS = 1024 * 1024;

  /** Filters of a unit, at most; bounds the staging of the last pixels. */
  private static final int MAX_FILTERS = 2048;

  /** Filters of a unit of many threads, over which packing its pixels is spread. */
  private static final int LEAST_FILTERS = 32;

  private final ConvShape shape;
  private final float[] weights;

  /** A zero for every filter, then the bias. */
  private final float[] bias;

  private final Epilogue epilogue;
  private final DensePixelPanels input;
  private final int depth;
  private final int kc;
  private final int pixels;
  private final int panels;
  private final int blocks;
  private final UnitGrid units;
  private final Sight sight;
  private final ImageOrder outputOrder;

  public DensePixelConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.flattened().shape();
    this.weights = weights.clone();
    this.bias = new float[2 * shape.filters()];
    if (bias != null) {
      System.arraycopy(bias, 0, this.bias, shape.filters(), bias.length);
    }
    this.epilogue = new Epilogue(problem.activation(), null, 0);
    this.input = new DensePixelPanels(shape);
    this.depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    this.kc = Math.min(depth, Blocking.KC);
    this.pixels = shape.outputHeight() * shape.outputWidth();
    this.panels = Math.ceilDiv(pixels, NR);
    this.blocks = Math.ceilDiv(panels, Math.ceilDiv(Blocking.blockRows(kc), NR));
    this.sight = Sight.of(shape, false);
    this.outputOrder = new ImageOrder(shape.filters(), 1, pixels, false);
    int filterParts = Math.ceilDiv(shape.groupFilters(), MAX_FILTERS);
    int outer = shape.batch() * shape.groups();
    this.units =
        new UnitGrid(
            outer,
            panels,
            panels,
            outer * blocks,
            filterParts,
            Math.max(filterParts, shape.groupFilters() / LEAST_FILTERS),
            cost());
  }

  /** Every part of the filters packs the block's pixels. */
  private UnitCost cost() {
    return UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize())
        // Copied, in half the time of turning them.
        .loading((long) shape.groups() * shape.batch() * depth * pixels / 2, true, 0)
        .weighing(shape.weightsSize() / shape.groups());
  }

  /**
   * Whether a convolution is faster this way: 1x1 on large planes, and on others where filters
   * leave lanes of a last panel empty or the other way would turn pixels that the stride leaves
   * out. 256 channels to 72 filters at 20x20 have 221 GFLOP/s, turned 169; to 40 at 14x14 187 and
   * 150, to 64 there as many; with stride 2, 256 to 64 at 14x14 174 and 96, 256 to 512 at 7x7 176
   * and 181 (AMD EPYC, family 26). With 16 registers turned pixels pay beyond the caches of a core,
   * where each panel's pixels are stored to all planes: at 75x75 80 channels to 112 filters are
   * 1.16 times as fast, 128 to 128 1.10, at 100x100 40 to 128 1.19, at 135x135 24 to 56 1.5, 64 to
   * 64 and 256 1.2 and 1.3, 96 to 192 1.15 to 1.26, 256 to 64 1.03 to 1.09 (Regression, Zen 4
   * without AVX-512).
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int plane = s.outputHeight() * s.outputWidth();
    int filters = s.groupFilters();
    boolean isStrided = s.strideHeight() > 1 || s.strideWidth() > 1;
    boolean isUneven = filters % NR != 0 && filters < 2 * NR;
    long floats = (long) plane * (s.channels() + s.filters());
    boolean isBeyond = floats > MOST_FLOATS && s.groups() == 1 && !isStrided && !isUneven;
    return !problem.channelsLast()
        && (Simd.MANY_REGISTERS || !isBeyond)
        && s.kernelHeight() == 1
        && s.kernelWidth() == 1
        && (plane >= LARGE_PLANE
            || (plane >= 6 * LANES && (isStrided || isUneven))
            || (plane >= 2 * LANES && isStrided && filters <= 4 * NR));
  }

  @Override
  public long packedBytes() {
    return (weights.length + (long) bias.length) * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return staging() + mostFilters() * NR;
  }

  /** Scratch: the packed panels of a block, then the results of a last panel that is not full. */
  private int staging() {
    return AlignedFloats.FIRST + Math.ceilDiv(panels, blocks) * kc * NR;
  }

  private int mostFilters() {
    return Math.min(shape.groupFilters(), MAX_FILTERS);
  }

  @Override
  public int scratchInts() {
    return 3 * mostFilters();
  }

  @Override
  public int units(int threads) {
    return units.units(threads);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int parts = this.units.parts(units);
    int each = this.units.blocksOfOuter(units);
    int block = this.units.block(unit, units);
    int imageGroup = this.units.outer(unit, units);
    int image = imageGroup / shape.groups();
    int group = imageGroup % shape.groups();
    int first = Split.start(panels, block, each) * NR;
    int end = Math.min(pixels, Split.start(panels, block + 1, each) * NR);
    int filter = group * shape.groupFilters();
    Elements.Region written = footprint.written.region;
    written.image = image;
    written.images = 1;
    written.channels(
        filter + Split.start(shape.groupFilters(), unit % parts, parts),
        filter + Split.start(shape.groupFilters(), unit % parts + 1, parts));
    // The pixels as those of one row.
    written.rows(0, 1);
    written.columns(first, end);
    footprint.written.add(outputOrder);
    Elements.Region read = footprint.read.region;
    int width = shape.outputWidth();
    int row = first / width;
    int endRow = (end - 1) / width + 1;
    boolean alone = endRow == row + 1;
    read.image = image;
    read.images = 1;
    read.channels(group * shape.groupChannels(), (group + 1) * shape.groupChannels());
    read.rows(row, endRow);
    read.columns(alone ? first - row * width : 0, alone ? end - row * width : width);
    sight.add(footprint.read);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = this.units.parts(units);
    int part = unit % parts;
    int each = this.units.blocksOfOuter(units);
    int block = this.units.block(unit, units);
    int imageGroup = this.units.outer(unit, units);
    int group = imageGroup % shape.groups() * shape.groupFilters();
    Unit run = scratch.get(UNITS);
    run.enter(operands, scratch);
    run.plane = operands.sourcePlane(shape.height() * shape.width());
    run.planes = operands.srcOffset + imageGroup * shape.groupChannels() * run.plane;
    run.outputPlane = operands.resultPlane(pixels);
    run.image = imageGroup / shape.groups() * shape.filters() * run.outputPlane;
    run.first = group + Split.start(shape.groupFilters(), part, parts);
    run.end = group + Split.start(shape.groupFilters(), part + 1, parts);
    run.firstPanel = Split.start(panels, block, each);
    run.endPanel = Split.start(panels, block + 1, each);
    fillTable(run);
    for (int from = 0; from < depth; from += kc) {
      pass(run, from, Math.min(depth, from + kc));
    }
  }

  /** Tables of where each filter's weights, output plane and staged results start. */
  private void fillTable(Unit run) {
    int[] table = run.scratch.ints;
    for (int k = run.first; k < run.end; k++) {
      int row = k - run.first;
      table[row] = k * depth;
      table[mostFilters() + row] = run.image + k * run.outputPlane;
      table[2 * mostFilters() + row] = row * NR;
    }
  }

  /** All products of depth {@code from} to {@code to}: packs the block's panels, multiplies. */
  private void pass(Unit run, int from, int to) {
    DensePixelPack call = DensePixelPack.of(run.scratch);
    call.arrays(run.operands.src, run.scratch.floats);
    call.group = run.planes;
    call.plane = run.plane;
    call.from = from;
    call.to = to;
    call.at = packedOffset(run, run.firstPanel);
    int whole = Math.min(run.endPanel, pixels / NR) - run.firstPanel;
    int packed = input.packWhole(call, run.firstPanel * NR, whole, kc * NR);
    for (int p = run.firstPanel + packed; p < run.endPanel; p++) {
      call.at = packedOffset(run, p);
      call.step = step(p);
      input.pack(call, p * NR, Math.min(NR, pixels - p * NR));
    }
    int rows = Math.min(run.end - run.first, Blocking.blockRows(to - from));
    for (int k = run.first; k < run.end; k += rows) {
      int endRow = Math.min(run.end, k + rows);
      for (int p = run.firstPanel; p < run.endPanel; p++) {
        panel(run, p, k, endRow, from, to);
      }
    }
  }

  /** Where a block's panel is packed in scratch. */
  private int packedOffset(Unit run, int panel) {
    return AlignedFloats.FIRST + (panel - run.firstPanel) * kc * NR;
  }

  /** Floats of a panel's step: only as many vectors as hold the last pixels. */
  private int step(int panel) {
    return Math.min(NR, Simd.roundUp(pixels - panel * NR));
  }

  private void panel(Unit run, int panel, int k, int endRow, int from, int to) {
    int step = step(panel);
    boolean staged = pixels - panel * NR < step;
    boolean last = to == depth;
    if (staged) {
      run.write(run.scratch.floats, staging());
    } else {
      run.write(run.operands.dst, run.operands.dstOffset + panel * NR);
    }
    run.results = (staged ? 2 : 1) * mostFilters();
    if (from == 0 && run.operands.residual != null) {
      loadResidual(run, panel, k, endRow);
    }
    TileCall call = TileCall.of(run.scratch);
    call.rows(run.scratch.ints, 0, run.results);
    call.left(weights, from, to - from);
    call.right(run.scratch.floats, packedOffset(run, panel), step / LANES);
    call.start(
        bias,
        run.first + (from == 0 ? shape.filters() : 0),
        from > 0 || run.operands.residual != null);
    call.result(run.output, run.outputOffset);
    call.clamp(
        last ? epilogue.low() : Float.NEGATIVE_INFINITY,
        last ? epilogue.high() : Float.POSITIVE_INFINITY);
    call.runPixels(k - run.first, endRow - run.first);
    if (last) {
      finish(run, panel, k, endRow);
    }
  }

  private void loadResidual(Unit run, int panel, int k, int endRow) {
    Operands operands = run.operands;
    int count = Math.min(NR, pixels - panel * NR);
    for (int row = k; row < endRow; row++) {
      int from = operands.residualOffset + run.image + row * run.outputPlane + panel * NR;
      int to = run.scratch.ints[run.results + row - run.first] + run.outputOffset;
      System.arraycopy(operands.residual, from, run.output, to, count);
    }
  }

  /** Applies an activation that the kernels' store could not, and moves what was staged. */
  private void finish(Unit run, int panel, int k, int endRow) {
    Operands operands = run.operands;
    int count = Math.min(NR, pixels - panel * NR);
    for (int row = k; row < endRow; row++) {
      int from = run.scratch.ints[run.results + row - run.first] + run.outputOffset;
      if (!epilogue.isClamp()) {
        epilogue.activate(run.output, from, count);
      }
      if (run.output != operands.dst) {
        int to = operands.dstOffset + run.image + row * run.outputPlane + panel * NR;
        System.arraycopy(run.output, from, operands.dst, to, count);
      }
    }
  }

  /** A unit at work: a block of pixels' panels and a range of filters. */
  private static final class Unit implements Scratch.Kept {
    Operands operands;
    Scratch scratch;

    /** Index of the input's first plane. */
    int planes;

    /** Floats from one input plane to the next. */
    int plane;

    /** Floats from one output plane to the next. */
    int outputPlane;

    /** Index of the image's first output plane, from the operands' offset on. */
    int image;

    int first;
    int end;
    int firstPanel;
    int endPanel;

    /** Where the panel at hand is computed, and which table lists its rows there. */
    float[] output;

    int outputOffset;
    int results;

    void enter(Operands operands, Scratch scratch) {
      if (this.operands != operands) {
        this.operands = operands;
      }
      if (this.scratch != scratch) {
        this.scratch = scratch;
      }
    }

    void write(float[] output, int offset) {
      if (this.output != output) {
        this.output = output;
      }
      this.outputOffset = offset;
    }

    /** Lets go of the caller's arrays. */
    @Override
    public void clear() {
      operands = null;
      output = null;
    }
  }
}

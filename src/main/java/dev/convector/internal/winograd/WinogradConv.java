package dev.convector.internal.winograd;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/**
 * Winograd's minimal filtering F(m x m, r x r) after Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks" (2015), fused over blocks of tiles.
 *
 * <p>For a block of tiles: transform the input (V), multiply each frequency's tiles by channels
 * with its channels by filters (M), transform back into the output. V and M stay in the
 * second-level cache; only image, weights and output move. {@link TileBlocking} chooses the sizes,
 * from the shape alone, so that the order of every sum is the plan's.
 */
public final class WinogradConv implements PackedWork {
  /** Share of the input's transformation, which every range of slices of one group repeats. */
  private static final double INPUT_SHARE = 0.1;

  /** Most inputs along one axis of a tile: errors grow with their number, whatever the kernel. */
  private static final int STANDARD_N = 6;

  private static final int RELAXED_N = 8;

  private final ConvShape shape;
  private final TileGrid grid;
  private final TileBlocking blocking;
  private final TransformedWeights weights;
  private final Epilogue epilogue;
  private final InputTransform input;
  private final OutputTransform output;

  /** Slices of one group. */
  private final int slices;

  private final int scratchFloats;

  /** For every slice width, where each tile's row starts: in V, then in M. */
  private final int[] table;

  private final int[] lastTable;

  private final Sight sight;
  private final ImageOrder outputOrder;

  public WinogradConv(Algorithm algorithm, ConvProblem problem, float[] weights, float[] bias) {
    int m = m(algorithm);
    this.shape = problem.shape();
    this.grid = new TileGrid(m, shape);
    this.blocking = TileBlocking.choose(m, problem);
    this.weights = new TransformedWeights(CookToom.of(m, r(algorithm)), shape, blocking, weights);
    this.epilogue = Epilogue.of(problem, bias);
    this.slices = Math.ceilDiv(shape.groupFilters(), blocking.sliceFilters());
    int tiles = blocking.tiles();
    int vRow = blocking.channels();
    int mRow = blocking.row(shape, 0);
    boolean channelsLast = problem.channelsLast();
    this.scratchFloats =
        blocking.workOffset(shape)
            + Math.max(
                InputTransform.workFloats(channelsLast, grid, tiles, vRow),
                OutputTransform.workFloats(shape, channelsLast, grid, tiles, mRow));
    this.input = new InputTransform(problem, grid, blocking);
    this.output = new OutputTransform(problem, grid, blocking, epilogue);
    this.table = table(tiles, vRow, mRow);
    this.sight = Sight.of(shape, channelsLast);
    this.outputOrder = ImageOrder.output(shape, channelsLast);
    this.lastTable = table(tiles, vRow, blocking.row(shape, slices - 1));
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(Algorithm algorithm, ConvProblem problem) {
    ConvShape s = problem.shape();
    int r = r(algorithm);
    if (s.kernelHeight() != r || s.kernelWidth() != r) {
      return "needs a " + r + "x" + r + " kernel, not " + s.kernelHeight() + "x" + s.kernelWidth();
    }
    if (s.strideHeight() != 1 || s.strideWidth() != 1) {
      return "needs stride 1";
    }
    if (s.dilationHeight() != 1 || s.dilationWidth() != 1) {
      return "needs dilation 1";
    }
    long n = m(algorithm) + r - 1L;
    long packed = DenseWeights.size(s.groups(), s.groupChannels() * n * n, s.groupFilters());
    return packed > Integer.MAX_VALUE - 8
        ? "needs packed weights of at most " + (Integer.MAX_VALUE - 8) + " elements, not " + packed
        : null;
  }

  /**
   * Whether it is estimated to be the fastest of the sizes that the accuracy allows, and direct.
   */
  public static boolean pays(Algorithm algorithm, ConvProblem problem) {
    int largest = problem.accuracy() == Accuracy.RELAXED ? RELAXED_N : STANDARD_N;
    return WinogradCost.pays(
        m(algorithm), problem.chosenBy(), problem.channelsLast(), largest - r(algorithm) + 1);
  }

  /** What a problem must allow. */
  public static Accuracy leastAccuracy(Algorithm algorithm) {
    int n = m(algorithm) + r(algorithm) - 1;
    return n > STANDARD_N ? Accuracy.RELAXED : Accuracy.STANDARD;
  }

  private static int m(Algorithm algorithm) {
    return switch (algorithm) {
      case WINOGRAD_F2X2_3X3, WINOGRAD_F2X2_5X5 -> 2;
      case WINOGRAD_F4X4_3X3, WINOGRAD_F4X4_5X5 -> 4;
      case WINOGRAD_F6X6_3X3 -> 6;
      default -> throw new AssertionError(algorithm + " is not Winograd's");
    };
  }

  private static int r(Algorithm algorithm) {
    return switch (algorithm) {
      case WINOGRAD_F2X2_5X5, WINOGRAD_F4X4_5X5 -> 5;
      default -> 3;
    };
  }

  private static int[] table(int tiles, int vRow, int mRow) {
    int[] table = new int[2 * tiles];
    for (int t = 0; t < tiles; t++) {
      table[t] = t * vRow;
      table[tiles + t] = t * mRow;
    }
    return table;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  public int scratchFloats() {
    return scratchFloats;
  }

  @Override
  public int units(int threads) {
    int blocks = blocking.blocks();
    return shape.groups() > 1
        ? blocks * Split.parts(blocks, shape.groups() * slices, threads)
        : blocks * Split.parts(blocks, slices, threads, INPUT_SHARE);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int parts = units / blocking.blocks();
    int all = shape.groups() * slices;
    int first = Split.start(all, unit % parts, parts);
    int last = Split.start(all, unit % parts + 1, parts) - 1;
    if (first > last) {
      return;
    }
    int filter = first / slices * shape.groupFilters() + first % slices * blocking.sliceFilters();
    int endFilter =
        last / slices * shape.groupFilters()
            + last % slices * blocking.sliceFilters()
            + blocking.filtersOf(shape, last % slices);
    int channel = first / slices * shape.groupChannels();
    int endChannel = (last / slices + 1) * shape.groupChannels();
    int to = blocking.start(grid, unit / parts + 1);
    int end;
    for (int tile = blocking.start(grid, unit / parts); tile < to; tile = end) {
      end = grid.rectangleEnd(tile, to);
      footprint.written.region.channels(filter, endFilter);
      grid.outputs(footprint.written.region, tile, end, shape);
      footprint.read.region.channels(channel, endChannel);
      grid.outputs(footprint.read.region, tile, end, shape);
      footprint.written.add(outputOrder);
      sight.add(footprint.read);
    }
  }

  /** A unit is a block of tiles and a range of slices of all groups. */
  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int blocks = blocking.blocks();
    int parts = units / blocks;
    int block = unit / parts;
    int part = unit % parts;
    int from = blocking.start(grid, block);
    int to = blocking.start(grid, block + 1);
    int all = shape.groups() * slices;
    int end = Split.start(all, part + 1, parts);
    int loadedGroup = -1;
    WinogradUnit work = WinogradUnit.of(scratch, operands, from, to);
    for (int i = Split.start(all, part, parts); i < end; i++) {
      int group = i / slices;
      int slice = i % slices;
      for (int c = 0; c < shape.groupChannels(); c += blocking.channels()) {
        int channels = blocking.channelsFrom(shape, c);
        if (group != loadedGroup || channels < shape.groupChannels()) {
          work.channel = group * shape.groupChannels() + c;
          work.channels = channels;
          input.run(work);
          loadedGroup = group;
        }
        multiply(group, slice, c, to - from, scratch);
      }
      output.run(work, group, slice);
    }
    work.clear();
  }

  /** Adds the products of a block of channels to M, or starts it with the first. */
  private void multiply(int group, int slice, int channel, int tiles, Scratch scratch) {
    int channels = blocking.channelsFrom(shape, channel);
    int panels = Math.ceilDiv(blocking.filtersOf(shape, slice), DenseWeights.NR);
    int vPlane = blocking.vPlane();
    int mPlane = blocking.mPlane(shape);
    int mOffset = blocking.mOffset();
    int step = weights.frequencyStep(slice, channel);
    int[] rows = slice == slices - 1 ? lastTable : table;
    TileCall product = TileCall.of(scratch);
    product.rows(rows, 0, blocking.tiles());
    product.start(null, 0, channel > 0);
    product.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    for (int f = 0; f < blocking.frequencies(); f++) {
      product.left(scratch.floats, TileBlocking.V_OFFSET + f * vPlane, channels);
      for (int panel = 0; panel < panels; panel++) {
        product.right(
            weights.floats(),
            weights.offset(group, slice, channel, panel) + f * step,
            weights.vectors(slice, panel),
            weights.isFar());
        product.result(scratch.floats, mOffset + f * mPlane + panel * DenseWeights.NR);
        product.run(0, tiles);
      }
    }
    product.clear();
  }
}

package dev.convector.internal.winograd;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.block.Sight;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.ImageOrder;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;

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

  /** Of filters, of one group. */
  private final int panels;

  private final int scratchFloats;

  /** For every width of a row of M in vectors where each tile's row starts: in V, then in M. */
  private final int[][] tables;

  private final UnitGrid units;
  private final Sight sight;
  private final ImageOrder outputOrder;

  public WinogradConv(Algorithm algorithm, ConvProblem problem, float[] weights, float[] bias) {
    int m = m(algorithm);
    this.shape = problem.shape();
    this.grid = new TileGrid(m, shape);
    this.blocking = TileBlocking.choose(m, problem);
    this.weights = new TransformedWeights(CookToom.of(m, r(algorithm)), shape, blocking, weights);
    this.epilogue = Epilogue.of(problem, bias);
    this.panels = blocking.panels(shape);
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
    this.tables = new int[mRow / Simd.LANES + 1][];
    for (int first = 0; first < panels; first++) {
      for (int end = first + 1; end <= Math.min(panels, first + blocking.slicePanels()); end++) {
        int row = Simd.roundUp(filters(first, end));
        if (tables[row / Simd.LANES] == null) {
          tables[row / Simd.LANES] = table(tiles, vRow, row);
        }
      }
    }
    this.units =
        new UnitGrid(
            blocking.quanta(grid),
            blocking.quantum(),
            blocking.quantum(),
            blocking.blocks(),
            1,
            shape.groups() * panels,
            WinogradCost.units(grid.n(), shape, channelsLast, grid.total(), blocking.quantum()));
    this.sight = Sight.of(shape, channelsLast);
    this.outputOrder = ImageOrder.output(shape, channelsLast);
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
  public boolean allowsResultDistance() {
    return outputOrder.channelsLast();
  }

  @Override
  public int units(int threads) {
    return units.units(threads);
  }

  /** Filters of a range of a group's panels. */
  private int filters(int first, int end) {
    return Math.min(shape.groupFilters(), end * DenseWeights.NR) - first * DenseWeights.NR;
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int parts = this.units.parts(units);
    int all = shape.groups() * panels;
    int first = Split.start(all, unit % parts, parts);
    int last = Split.start(all, unit % parts + 1, parts) - 1;
    int group = first / panels;
    int filter = group * shape.groupFilters() + first % panels * DenseWeights.NR;
    int endFilter = last / panels * shape.groupFilters() + filters(0, last % panels + 1);
    int channel = group * shape.groupChannels();
    int endChannel = (last / panels + 1) * shape.groupChannels();
    int to = blocking.start(grid, unit / parts + 1, units / parts);
    int end;
    for (int tile = blocking.start(grid, unit / parts, units / parts); tile < to; tile = end) {
      end = grid.rectangleEnd(tile, to);
      footprint.written.region.channels(filter, endFilter);
      grid.outputs(footprint.written.region, tile, end, shape);
      footprint.read.region.channels(channel, endChannel);
      grid.outputs(footprint.read.region, tile, end, shape);
      footprint.written.add(outputOrder);
      sight.add(footprint.read);
    }
  }

  /** A unit is a block of tiles and a range of panels of all groups, worked on slice by slice. */
  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = this.units.parts(units);
    int part = unit % parts;
    int from = blocking.start(grid, unit / parts, units / parts);
    int to = blocking.start(grid, unit / parts + 1, units / parts);
    int all = shape.groups() * panels;
    int end = Split.start(all, part + 1, parts);
    int loadedGroup = -1;
    WinogradUnit work = WinogradUnit.of(scratch, operands, from, to);
    int next;
    for (int i = Split.start(all, part, parts); i < end; i = next) {
      int group = i / panels;
      int first = i % panels;
      int endPanel = Math.min(panels, blocking.endOfSlice(first));
      next = Math.min(end, i - first + endPanel);
      work.filter = group * shape.groupFilters() + first * DenseWeights.NR;
      work.filters = filters(first, first + next - i);
      work.row = Simd.roundUp(work.filters);
      for (int c = 0; c < shape.groupChannels(); c += blocking.channels()) {
        int channels = blocking.channelsFrom(shape, c);
        if (group != loadedGroup || channels < shape.groupChannels()) {
          work.channel = group * shape.groupChannels() + c;
          work.channels = channels;
          input.run(work);
          loadedGroup = group;
        }
        multiply(work, group, c, scratch);
      }
      output.run(work);
    }
  }

  /** Adds the products of a block of channels to M, or starts it with the first. */
  private void multiply(WinogradUnit work, int group, int channel, Scratch scratch) {
    int channels = blocking.channelsFrom(shape, channel);
    int firstPanel = (work.filter - group * shape.groupFilters()) / DenseWeights.NR;
    int slice = firstPanel / blocking.slicePanels();
    int inSlice = firstPanel % blocking.slicePanels();
    int count = Math.ceilDiv(work.filters, DenseWeights.NR);
    int vPlane = blocking.vPlane();
    int mPlane = blocking.mPlane(shape);
    int mOffset = blocking.mOffset();
    int step = weights.frequencyStep(slice, channel);
    TileCall product = TileCall.of(scratch);
    product.rows(tables[work.row / Simd.LANES], 0, blocking.tiles());
    product.start(null, 0, channel > 0);
    product.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    for (int f = 0; f < blocking.frequencies(); f++) {
      product.left(scratch.floats, TileBlocking.V_OFFSET + f * vPlane, channels);
      for (int panel = 0; panel < count; panel++) {
        product.right(
            weights.floats(),
            weights.offset(group, slice, channel, inSlice + panel) + f * step,
            weights.vectors(slice, inSlice + panel),
            weights.isFar());
        product.result(scratch.floats, mOffset + f * mPlane + panel * DenseWeights.NR);
        product.run(0, work.to - work.from);
      }
    }
  }
}

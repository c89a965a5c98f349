package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * The product over pixels on the dense micro-kernel, filters in the lanes. A row of the left
 * operand is a channel at a tap: the run of pixels in that channel's plane from the tap's shift on.
 * The right operand is the output's gradient, packed a panel of filters at a time. Its depth is the
 * pixels of a block, and blocks are added to each other in scratch; at the end that is transposed
 * into the weights' shape.
 *
 * <p>A unit has some rows and some panels of a group, and goes through all pixels.
 */
final class DenseGradient implements GradientWork {
  private static final int NR = DenseWeights.NR;

  /** The fewest rows of a unit: two tiles. */
  private static final int LEAST_ROWS = 12;

  /** Rows whose products take as long as packing a panel, copied or turned. */
  private static final int COPIED_ROWS = 4;

  private static final int TURNED_ROWS = 12;

  private final GradientProblem problem;
  private final GradientRows rows;
  private final int panels;

  /** Into how many parts the panels of a group are cut at least, so that results fit scratch. */
  private final int panelParts;

  private final GradientBlocks blocks;
  private final ChannelPlanes planes;
  private final GradientPanel panel;

  DenseGradient(GradientProblem problem) {
    this.problem = problem;
    this.rows = new GradientRows(problem, Blocking.GRADIENT_ROWS);
    this.panels = Math.ceilDiv(problem.groupFilters(), NR);
    int together = Math.max(1, Blocking.GRADIENT_SUMS_FLOATS / (rows.most() * NR));
    this.panelParts = Math.ceilDiv(panels, together);
    this.blocks =
        GradientBlocks.of(problem, rows.mostChannels(), 0, false, Blocking.GRADIENT_PLANES_FLOATS);
    this.planes = ChannelPlanes.ofInput(problem, blocks, rows.mostChannels());
    this.panel = new GradientPanel(problem);
  }

  /** Whether scratch suffices. */
  static boolean accepts(GradientProblem problem) {
    GradientRows rows = new GradientRows(problem, Blocking.GRADIENT_ROWS);
    GradientBlocks blocks =
        GradientBlocks.of(problem, rows.mostChannels(), 0, false, Blocking.GRADIENT_PLANES_FLOATS);
    return blocks.floats(rows.mostChannels(), 0) <= Blocking.MAX_GRADIENT_FLOATS;
  }

  /** Whether filters fill the lanes, and enough channels share a panel. */
  static boolean pays(GradientProblem problem) {
    int filters = problem.groupFilters();
    boolean full = 5 * filters >= 3 * Simd.roundUp(filters);
    return full && (problem.groups() == 1 || problem.groupChannels() >= LANES / 2);
  }

  /** The planes leave their place to the weights in the end, where these are added. */
  @Override
  public int scratchFloats() {
    return planesStart() + Math.max(planes.floats(), rows.most() * NR);
  }

  /** Scratch: a packed panel, the sums panel by panel, the planes. */
  private int sumsStart() {
    return AlignedFloats.next(AlignedFloats.FIRST + blocks.largest().depth() * NR);
  }

  /** Floats of a panel's sums. */
  private int sumsFloats() {
    return rows.most() * NR;
  }

  private int planesStart() {
    return AlignedFloats.next(sumsStart() + Math.ceilDiv(panels, panelParts) * sumsFloats());
  }

  /** What the planes need, where rows of results lie, where rows of planes lie. */
  @Override
  public int scratchInts() {
    return planes.ints() + rows.most() + rows.ints(rows.most());
  }

  @Override
  public int units(int threads) {
    int least = problem.groups() * rows.leastParts() * panelParts;
    int packing = problem.channelsLast() ? COPIED_ROWS : TURNED_ROWS;
    double repeated = packing / (double) (packing + rows.most());
    int more = Split.parts(least, Math.ceilDiv(rows.most(), LEAST_ROWS), threads, repeated);
    int parts = Math.min(mostRowParts(), rows.leastParts() * more);
    boolean few = problem.groups() * parts * panelParts < threads;
    return problem.groups() * (few ? mostRowParts() * panels : parts * panelParts);
  }

  private int mostRowParts() {
    return Math.max(rows.leastParts(), rows.count() / LEAST_ROWS);
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int parts = units / problem.groups();
    // More parts than the rows can be cut into mean that each panel is apart.
    int across = parts > mostRowParts() * panelParts ? panels : panelParts;
    int down = parts / across;
    int group = unit / parts;
    int part = unit % parts;
    int first = rows.first(part % down, down);
    int end = rows.first(part % down + 1, down);
    int firstPanel = Split.start(panels, part / down, across);
    int endPanel = Split.start(panels, part / down + 1, across);
    GradientBlock block = GradientBlock.of(scratch);
    for (int i = 0; i < blocks.count(); i++) {
      blocks.at(i, block);
      load(operands, block, group, first, end, scratch);
      for (int p = firstPanel; p < endPanel; p++) {
        int filter = group * problem.groupFilters() + p * NR;
        panel.pack(
            operands.y,
            operands.yOffset,
            block,
            filter,
            filters(p),
            scratch.floats,
            AlignedFloats.FIRST);
        multiply(block, end - first, p, sumsStart() + (p - firstPanel) * sumsFloats(), i, scratch);
      }
    }
    for (int p = firstPanel; p < endPanel; p++) {
      int filter = group * problem.groupFilters() + p * NR;
      int to = filter * rows.count() + first;
      int sums = sumsStart() + (p - firstPanel) * sumsFloats();
      store(operands, to, filters(p), end - first, sums, scratch.floats);
    }
  }

  /** Filters of a panel. */
  private int filters(int p) {
    return Math.min(NR, problem.groupFilters() - p * NR);
  }

  /** Brings the rows of a block to scratch. */
  private void load(
      GradientOperands operands,
      GradientBlock block,
      int group,
      int first,
      int end,
      Scratch scratch) {
    int channel = group * problem.groupChannels() + rows.channel(first);
    int channels = rows.channels(first, end);
    int at = planesStart();
    planes.load(operands.x, operands.xOffset, block, channel, channels, scratch, at);
    int results = planes.ints();
    for (int i = 0; i < end - first; i++) {
      scratch.ints[results + i] = i * NR;
    }
    int lefts = results + rows.most();
    rows.list(planes, block, channels, first, end, at, scratch.ints, lefts);
  }

  /** Adds the products of a block to the sums of a panel. */
  private void multiply(
      GradientBlock block, int count, int p, int sums, int index, Scratch scratch) {
    TileCall product = TileCall.of(scratch);
    product.rows(scratch.ints, planes.ints() + rows.most(), planes.ints());
    product.left(scratch.floats, 0, block.depth());
    product.right(scratch.floats, AlignedFloats.FIRST, Math.ceilDiv(filters(p), LANES));
    product.start(null, 0, index > 0);
    product.clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    product.result(scratch.floats, sums);
    product.run(0, count);
  }

  /** Turns a panel's sums into the weights of its filters, or adds them to these. */
  private void store(
      GradientOperands operands, int to, int filters, int count, int sums, float[] floats) {
    if (!operands.accumulating && !problem.isApart()) {
      int at = operands.weightsOffset + to;
      Transpose.run(floats, sums, NR, count, filters, operands.weights, at, rows.count());
      return;
    }
    int turned = planesStart();
    Transpose.run(floats, sums, NR, count, filters, floats, turned, count);
    for (int k = 0; k < filters; k++) {
      operands.putWeights(problem, floats, turned + k * count, to + k * rows.count(), count);
    }
  }
}

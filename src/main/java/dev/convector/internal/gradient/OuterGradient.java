package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * The gradient of channels-last images as a sum of outer products: of a pixel's channels at a tap,
 * the rows, and its filters, a panel of vectors. Both are copied to scratch as they lie, a vector
 * of channels at a time. Blocks of pixels are added to each other in scratch.
 *
 * <p>Kernels of one tap have filters as rows and channels in the lanes, so that what a row sums is
 * a stretch of the weights as it is; others' sums are turned in the end.
 *
 * <p>A unit has some vectors of rows and some panels of a group, or some small groups, and goes
 * through all pixels.
 */
final class OuterGradient implements GradientWork {
  private static final int NR = DenseWeights.NR;
  private static final int PANEL = NR / LANES;

  /** Channels from which on 1x1 kernels' planes are turned. */
  private static final int TURNED = 256;

  /** Floats that are refused, however many more they are. */
  private static final int TOO_MANY = 2 * Blocking.MAX_GRADIENT_FLOATS;

  private final GradientProblem problem;

  /** Whether filters are the rows. */
  private final boolean exchanged;

  private final int area;

  /** Of a group: rows' channels, and the panels' filters, or the other way around. */
  private final int rows;

  private final int lanes;

  /** Into how many parts a group's vectors of rows, and its panels, are cut at least. */
  private final int rowParts;

  private final int panelParts;

  /** Groups at a time, which aren't cut then. */
  private final int together;

  private final GradientBlocks blocks;
  private final ChannelVectors inputs;
  private final ChannelVectors outputs;

  /** Whether a tile's sums are weights as they are. */
  private final boolean direct;

  private final int biasStart;
  private final int panelStart;
  private final int sumsStart;
  private final int rowsStart;

  OuterGradient(GradientProblem problem) {
    this.problem = problem;
    this.area = problem.area();
    this.exchanged = isExchanged(problem);
    this.rows = exchanged ? problem.groupFilters() : problem.groupChannels();
    this.lanes = exchanged ? problem.groupChannels() : problem.groupFilters();
    int most = Math.max(1, Blocking.GRADIENT_ROWS / (area * LANES));
    this.rowParts = Math.ceilDiv(vectors(rows), most);
    int fitting = Math.max(1, Blocking.GRADIENT_SUMS_FLOATS / panelFloats());
    this.panelParts = Math.ceilDiv(panels(), fitting);
    int small = Math.max(vectors(rows), vectors(lanes));
    boolean whole = rowParts * panelParts == 1;
    this.together = whole ? Math.clamp(ChannelVectors.VECTORS / small, 1, problem.groups()) : 1;
    this.blocks = blocks(problem, mostRowVectors() * together);
    this.inputs = ChannelVectors.ofInput(problem, blocks);
    this.outputs = ChannelVectors.ofOutput(problem, blocks);
    this.biasStart = AlignedFloats.FIRST;
    int biased = exchanged ? mostRowVectors() : PANEL * Math.ceilDiv(panels(), panelParts);
    this.panelStart = biasStart + biased * together * LANES;
    this.direct = exchanged && blocks.count() == 1 && lanes % LANES == 0 && !problem.isApart();
    long panel = lanesOperand().floats(together * Math.min(PANEL, vectors(lanes)));
    this.sumsStart = AlignedFloats.next(panelStart + (int) Math.min(panel, TOO_MANY));
    int held = together * Math.ceilDiv(panels(), panelParts);
    this.rowsStart = AlignedFloats.next(sumsStart + held * panelFloats());
  }

  private static GradientBlocks blocks(GradientProblem problem, int vectors) {
    return GradientBlocks.of(problem, vectors * LANES, 0, false, Blocking.GRADIENT_PLANES_FLOATS);
  }

  private static boolean isExchanged(GradientProblem problem) {
    return problem.area() == 1 && isFull(problem.groupChannels());
  }

  /** Whether channels and filters of groups are whole vectors, and scratch suffices. */
  static boolean accepts(GradientProblem problem) {
    boolean whole = problem.groupChannels() % LANES == 0 && problem.groupFilters() % LANES == 0;
    return ChannelVectors.accepts(problem)
        && (whole || problem.groups() == 1)
        && (long) problem.area() * LANES * NR <= Blocking.MAX_GRADIENT_FLOATS / 2
        && new OuterGradient(problem).floats() <= 3L * Blocking.MAX_GRADIENT_FLOATS / 2;
  }

  /**
   * Whether the lanes are full, and enough rows share their loads. Planes are turned for it, which
   * 1x1 kernels of fewer channels don't pay for: 24 channels and 96 filters at 56x56 would take 1.2
   * times the time, 128 and 512 at 28x28 1.05 (Zen 5).
   */
  static boolean pays(GradientProblem problem) {
    if (!problem.channelsLast() && problem.area() == 1 && problem.groupChannels() < TURNED) {
      return false;
    }
    return isExchanged(problem)
        ? problem.groupFilters() >= LANES / 2
        : isFull(problem.groupFilters()) && problem.groupChannels() >= LANES / 2;
  }

  private static boolean isFull(int elements) {
    return 5 * elements >= 3 * Simd.roundUp(elements);
  }

  private static int vectors(int elements) {
    return Math.ceilDiv(elements, LANES);
  }

  /** Of a group. */
  private int panels() {
    return Math.ceilDiv(lanes, NR);
  }

  private int mostRowVectors() {
    return Math.ceilDiv(vectors(rows), rowParts);
  }

  /** Floats of a panel's sums: {@code [row][tap][NR]}. */
  private int panelFloats() {
    return mostRowVectors() * LANES * area * NR;
  }

  private ChannelVectors rowsOperand() {
    return exchanged ? outputs : inputs;
  }

  private ChannelVectors lanesOperand() {
    return exchanged ? inputs : outputs;
  }

  /** Scratch: a panel, its sums, the rows, which leave their place to the turned sums. */
  private long floats() {
    long brought = rowsOperand().floats(mostRowVectors() * together);
    return rowsStart + Math.max(brought, panelFloats());
  }

  @Override
  public int scratchFloats() {
    return Math.toIntExact(floats());
  }

  @Override
  public int scratchInts() {
    return 0;
  }

  @Override
  public boolean sumsBias() {
    return problem.hasBiasOfImages();
  }

  private int groupParts() {
    return Math.ceilDiv(problem.groups(), together);
  }

  @Override
  public int units(int threads) {
    if (together > 1) {
      return groupParts();
    }
    int least = problem.groups() * rowParts * panelParts;
    int more = Split.parts(least, Math.ceilDiv(vectors(rows), rowParts), threads, 0.1);
    return problem.groups() * panelParts * Math.min(vectors(rows), rowParts * more);
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int parts = units / groupParts();
    int down = parts / panelParts;
    int part = unit % parts;
    int group = unit / parts * together;
    int groups = Math.min(together, problem.groups() - group);
    int first = Split.start(vectors(rows), part % down, down) * LANES;
    int end = Math.min(rows, Split.start(vectors(rows), part % down + 1, down) * LANES);
    int firstPanel = Split.start(panels(), part / down, panelParts);
    int endPanel = Split.start(panels(), part / down + 1, panelParts);
    boolean biased = operands.bias != null && sumsBias() && (exchanged ? firstPanel : first) == 0;
    Arrays.fill(scratch.floats, biasStart, panelStart, 0);
    GradientBlock block = GradientBlock.of(scratch);
    int count = blocks.count();
    for (int i = 0; i < count; i++) {
      blocks.at(i, block);
      int brought = (groups - 1) * rows + end - first;
      load(operands, exchanged, block, group * rows + first, brought, scratch, rowsStart);
      if (biased && exchanged) {
        outputs.addPixels(block, vectors(brought), scratch.floats, rowsStart, biasStart);
      }
      for (int p = firstPanel; p < endPanel; p++) {
        int lane = group * lanes + p * NR;
        int width = (groups - 1) * lanes + width(p);
        load(operands, !exchanged, block, lane, width, scratch, panelStart);
        if (biased && !exchanged) {
          int sums = biasStart + (p - firstPanel) * NR;
          outputs.addPixels(block, vectors(width), scratch.floats, panelStart, sums);
        }
        for (int g = 0; g < groups; g++) {
          OuterCall call = OuterCall.of(scratch);
          if (direct) {
            int to = ((group + g) * rows + first) * lanes + p * NR;
            call.result(operands.weights, operands.weightsOffset + to, lanes);
            call.onto = operands.accumulating;
          } else {
            call.result(scratch.floats, sums(g, p - firstPanel), NR);
            call.onto = i > 0;
          }
          multiply(block, g, end - first, p, call);
        }
      }
    }
    if (biased) {
      int from = exchanged ? group * rows + first : group * lanes + firstPanel * NR;
      int to =
          exchanged
              ? (group + groups - 1) * rows + end
              : (group + groups - 1) * lanes + Math.min(lanes, endPanel * NR);
      operands.putBias(from, scratch.floats, biasStart, to - from);
    }
    for (int g = 0; g < groups && !direct; g++) {
      for (int p = firstPanel; p < endPanel; p++) {
        store(operands, group + g, first, end, p, sums(g, p - firstPanel), scratch.floats);
      }
    }
  }

  /** Where the sums of a group at hand, or of a panel at hand, are. */
  private int sums(int group, int panel) {
    return sumsStart + (group + panel) * panelFloats();
  }

  /** Lanes of a panel. */
  private int width(int p) {
    return Math.min(NR, lanes - p * NR);
  }

  private void load(
      GradientOperands o,
      boolean output,
      GradientBlock block,
      int channel,
      int channels,
      Scratch scratch,
      int at) {
    if (output) {
      outputs.load(o.y, o.yOffset, block, channel, channels, scratch.floats, at);
    } else {
      inputs.load(o.x, o.xOffset, block, channel, channels, scratch.floats, at);
    }
  }

  /** Multiplies a block's rows at each tap with a panel; a row's results lie tap after tap. */
  private void multiply(GradientBlock block, int g, int count, int p, OuterCall call) {
    call.bStep = lanesOperand().vectorFloats(block);
    call.b = panelStart + g * vectors(lanes) * call.bStep;
    call.vectors = vectors(width(p));
    call.depth = block.depth() * LANES;
    int pitch = call.pitch;
    call.cStep = area * pitch;
    int step = rowsOperand().vectorFloats(block);
    int at = rowsStart + g * vectors(rows) * step;
    for (int row = 0; row < count; row += LANES, at += step) {
      for (int tap = 0; tap < area; tap++) {
        int r = tap / problem.columns().taps();
        int s = tap % problem.columns().taps();
        int place = exchanged ? 0 : inputs.place(block, r, s);
        int to = row * area + problem.place(r, s);
        call.run(Math.min(LANES, count - row), at + place, call.cStart + to * pitch);
      }
    }
  }

  /** Brings a panel's sums to the weights, or adds them to these. */
  private void store(
      GradientOperands operands, int group, int first, int end, int p, int sums, float[] floats) {
    int width = width(p);
    if (exchanged) {
      for (int row = first; row < end; row++) {
        int from = sums + (row - first) * NR;
        int to = (group * rows + row) * lanes + p * NR;
        operands.putWeights(problem, floats, from, to, width);
      }
      return;
    }
    int count = (end - first) * area;
    int to = (group * lanes + p * NR) * rows * area + first * area;
    if (!operands.accumulating && !problem.isApart()) {
      int at = operands.weightsOffset + to;
      Transpose.run(floats, sums, NR, count, width, operands.weights, at, rows * area);
      return;
    }
    Transpose.run(floats, sums, NR, count, width, floats, rowsStart, count);
    for (int k = 0; k < width; k++) {
      operands.putWeights(problem, floats, rowsStart + k * count, to + k * rows * area, count);
    }
  }
}

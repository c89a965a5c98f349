package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The product over pixels with the pixels in the lanes: of groups of few filters or channels,
 * depthwise ones among them, and of few filters. Planes of input and output's gradient are
 * multiplied whole vectors at a time, and each weight has as many sums as a vector has lanes, which
 * are added to each other after all blocks.
 *
 * <p>A unit has some groups, or some rows of one group's weights, and goes through all pixels.
 */
final class DotGradient implements GradientWork {
  /** Units for each thread from which on it is no matter whether all have as many. */
  private static final int UNITS_PER_THREAD = 4;

  private final GradientProblem problem;
  private final GradientRows rows;

  /** Groups of the largest unit. */
  private final int mostGroups;

  private final GradientBlocks blocks;
  private final ChannelPlanes inputs;
  private final ChannelPlanes outputs;

  DotGradient(GradientProblem problem) {
    this.problem = problem;
    this.rows = rows(problem);
    this.mostGroups = mostGroups(problem, rows);
    this.blocks = blocks(problem, rows, mostGroups);
    this.inputs = ChannelPlanes.ofInput(problem, blocks, channels(rows, mostGroups));
    this.outputs = ChannelPlanes.ofOutput(problem, blocks, mostGroups * problem.groupFilters());
  }

  private static GradientRows rows(GradientProblem problem) {
    int fitting = Blocking.GRADIENT_SUMS_FLOATS / (problem.groupFilters() * LANES);
    return new GradientRows(problem, Math.clamp(fitting, 1, Blocking.GRADIENT_ROWS));
  }

  /** So many that channels and filters are whole vectors, by which pixels are turned fast. */
  private static int mostGroups(GradientProblem problem, GradientRows rows) {
    if (rows.leastParts() > 1) {
      return 1;
    }
    int filled = Math.ceilDiv(LANES, Math.min(problem.groupChannels(), problem.groupFilters()));
    int sums = problem.groupFilters() * rows.count() * LANES;
    int fitting = Math.max(1, Blocking.GRADIENT_SUMS_FLOATS / sums);
    return Math.min(problem.groups(), Math.min(filled, fitting));
  }

  private static GradientBlocks blocks(GradientProblem problem, GradientRows rows, int groups) {
    return GradientBlocks.of(
        problem,
        channels(rows, groups),
        groups * problem.groupFilters(),
        true,
        Blocking.GRADIENT_PLANES_FLOATS);
  }

  private static int channels(GradientRows rows, int groups) {
    return groups * rows.mostChannels();
  }

  /** Whether scratch suffices. */
  static boolean accepts(GradientProblem problem) {
    GradientRows rows = rows(problem);
    int groups = mostGroups(problem, rows);
    int filters = groups * problem.groupFilters();
    long floats = blocks(problem, rows, groups).floats(channels(rows, groups), filters);
    long sums = (long) filters * rows.most() * LANES;
    return floats <= Blocking.MAX_GRADIENT_FLOATS
        && sums <= Math.max(Blocking.GRADIENT_SUMS_FLOATS, Blocking.MAX_GRADIENT_FLOATS / 4);
  }

  /** Scratch: a square of sums to be turned, the sums, the planes of the output, of the input. */
  @Override
  public int scratchFloats() {
    return inputsStart() + inputs.floats();
  }

  private static int sumsStart() {
    return AlignedFloats.FIRST + LANES * LANES;
  }

  private int outputsStart() {
    int weights = mostGroups * problem.groupFilters() * rows.most();
    return AlignedFloats.next(sumsStart() + weights * LANES);
  }

  private int inputsStart() {
    return AlignedFloats.next(outputsStart() + outputs.floats());
  }

  @Override
  public int scratchInts() {
    return tableStart() + rows.ints(rows.most());
  }

  private int tableStart() {
    return Math.max(inputs.ints(), outputs.ints());
  }

  private int leastGroupParts() {
    return Math.ceilDiv(problem.groups(), mostGroups);
  }

  /** A few units are made as many for each thread; but channels of a vector stay together. */
  @Override
  public int units(int threads) {
    int least = leastGroupParts() * rows.leastParts();
    int even = Math.ceilDiv(least, threads) * threads;
    if (problem.groups() == 1) {
      return Math.max(least, Math.min(even, rows.count() / LANES));
    }
    boolean few = rows.leastParts() == 1 && least < UNITS_PER_THREAD * threads;
    return few ? Math.min(even, problem.groups()) : least;
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int down = problem.groups() > 1 ? rows.leastParts() : units;
    int across = units / down;
    int group = Split.start(problem.groups(), unit / down, across);
    int groups = Split.start(problem.groups(), unit / down + 1, across) - group;
    int first = rows.first(unit % down, down);
    int end = rows.first(unit % down + 1, down);
    int weights = groups * problem.groupFilters() * (end - first);
    Arrays.fill(scratch.floats, sumsStart(), sumsStart() + weights * LANES, 0);
    GradientBlock block = GradientBlock.of(scratch);
    for (int i = 0; i < blocks.count(); i++) {
      blocks.at(i, block);
      load(operands, block, group, groups, first, end, scratch);
      multiply(block, groups, first, end, scratch);
    }
    store(operands, group, groups, first, end, scratch.floats);
  }

  private void load(
      GradientOperands o,
      GradientBlock block,
      int group,
      int groups,
      int first,
      int end,
      Scratch scratch) {
    int filter = group * problem.groupFilters();
    int filters = groups * problem.groupFilters();
    outputs.load(o.y, o.yOffset, block, filter, filters, scratch, outputsStart());
    int channel = group * problem.groupChannels() + rows.channel(first);
    int channels = groups * rows.channels(first, end);
    inputs.load(o.x, o.xOffset, block, channel, channels, scratch, inputsStart());
    rows.list(inputs, block, channels, first, end, inputsStart(), scratch.ints, tableStart());
  }

  private void multiply(GradientBlock block, int groups, int first, int end, Scratch scratch) {
    int count = end - first;
    DotCall call = DotCall.of(scratch);
    call.rows(scratch, tableStart(), count);
    call.depth = Math.ceilDiv(block.depth(), LANES) * LANES;
    call.yStep = block.planeFloats();
    for (int g = 0; g < groups; g++) {
      int filter = g * problem.groupFilters();
      call.xOffset = g * rows.channels(first, end) * block.planeFloats();
      call.run(
          count,
          problem.groupFilters(),
          outputsStart() + filter * block.planeFloats(),
          sumsStart() + filter * count * LANES);
    }
  }

  /** Adds the lanes' sums to weights; those of whole filters are one run in memory. */
  private void store(
      GradientOperands operands, int group, int groups, int first, int end, float[] floats) {
    int count = end - first;
    int filter = group * problem.groupFilters();
    int filters = groups * problem.groupFilters();
    boolean whole = count == rows.count();
    int runs = whole ? 1 : filters;
    int length = whole ? filters * count : count;
    for (int k = 0; k < runs; k++) {
      int to = (filter + k) * rows.count() + first;
      int sums = sumsStart() + k * count * LANES;
      int squares = length / LANES;
      for (int i = 0; i < squares; i++) {
        square(operands, to + i * LANES, sums + i * LANES * LANES, floats);
      }
      for (int i = squares * LANES; i < length; i++) {
        operands.putWeight(problem, to + i, sum(floats, sums + i * LANES));
      }
    }
  }

  /** As many weights as a vector has lanes; in the order of {@link #sum}. */
  private void square(GradientOperands operands, int to, int sums, float[] floats) {
    int turned = AlignedFloats.FIRST;
    Transpose.run(floats, sums, LANES, LANES, LANES, floats, turned, LANES);
    FloatVector sum = FloatVector.fromArray(SPECIES, floats, turned);
    for (int lane = 1; lane < LANES; lane++) {
      sum = sum.add(FloatVector.fromArray(SPECIES, floats, turned + lane * LANES));
    }
    if (problem.isApart()) {
      sum.intoArray(floats, turned);
      operands.putWeights(problem, floats, turned, to, LANES);
      return;
    }
    int at = operands.weightsOffset + to;
    if (operands.accumulating) {
      sum = FloatVector.fromArray(SPECIES, operands.weights, at).add(sum);
    }
    sum.intoArray(operands.weights, at);
  }

  private static float sum(float[] floats, int at) {
    float sum = floats[at];
    for (int lane = 1; lane < LANES; lane++) {
      sum += floats[at + lane];
    }
    return sum;
  }
}

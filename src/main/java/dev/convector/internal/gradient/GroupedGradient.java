package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The gradient of groups of few channels and as many filters, depthwise ones among them, channels
 * in the lanes. A lane of the input meets each filter of its group as the lanes of the output's
 * gradient change places: {@code j} of them are as many as a group has channels, and the lane
 * {@code l} then holds that of {@code l ^ j}.
 *
 * <p>A unit has some vectors of channels and goes through all pixels.
 */
final class GroupedGradient implements GradientWork {
  private final GradientProblem problem;
  private final int group;

  /** Of channels. */
  private final int vectors;

  /** Sums of a lane. */
  private final int sums;

  /** Null where it doesn't take the problem. */
  private final DepthwiseSums depthwise;

  /** As whole vectors, so that they are turned fast. */
  private final int turned;

  private final GradientBlocks blocks;
  private final ChannelVectors inputs;
  private final ChannelVectors outputs;

  /** Vectors at a time. */
  private final int together;

  /** Scratch: the sums, the bias', the turned sums, the output's gradient, the input. */
  private final int biasStart;

  private final int turnedStart;

  private final int outputsStart;
  private final int inputsStart;

  GroupedGradient(GradientProblem problem) {
    this.problem = problem;
    this.group = problem.groupChannels();
    this.vectors = Math.ceilDiv(problem.channels(), LANES);
    this.sums = group * problem.area();
    this.turned = Simd.roundUp(sums);
    this.blocks = blocks(problem);
    this.inputs = ChannelVectors.ofInput(problem, blocks);
    this.outputs = ChannelVectors.ofOutput(problem, blocks);
    this.depthwise = DepthwiseSums.accepts(problem) ? new DepthwiseSums(problem) : null;
    this.together = together();
    this.biasStart =
        AlignedFloats.next(AlignedFloats.FIRST + (together * sums + turned - sums) * LANES);
    this.turnedStart = biasStart + together * LANES;
    this.outputsStart = AlignedFloats.next(turnedStart + turned * LANES);
    this.inputsStart =
        AlignedFloats.next(
            outputsStart + (int) Math.min(outputs.floats(together), Blocking.MAX_GRADIENT_FLOATS));
  }

  /** Of vectors in place as many as scratch has room for the sums of. */
  private int together() {
    if (depthwise != null) {
      return Math.clamp(Blocking.GRADIENT_SUMS_FLOATS / (sums * LANES), 1, vectors);
    }
    long all = ChannelVectors.VECTORS * floats(1);
    return all <= Blocking.MAX_GRADIENT_FLOATS ? ChannelVectors.VECTORS : 1;
  }

  private static GradientBlocks blocks(GradientProblem problem) {
    GradientAxis columns = problem.columns();
    // Either each pixel between rows is multiplied, or each pixel is copied for each column's tap.
    boolean shared = problem.groupChannels() * problem.area() <= 3 * columns.outputs();
    long window = (long) (problem.rows().taps() - 1) * problem.rows().dilation() + 1;
    long width = columns.outputs() + (columns.taps() - 1L) * columns.dilation();
    long least = 4 * window * width * LANES;
    long budget =
        Math.clamp(least, Blocking.GRADIENT_VECTOR_FLOATS, Blocking.GRADIENT_PLANES_FLOATS);
    return GradientBlocks.of(problem, LANES, LANES, shared, budget);
  }

  /** Whether it has such groups, which fill a vector, and scratch suffices. */
  static boolean accepts(GradientProblem problem) {
    int group = problem.groupChannels();
    return group == problem.groupFilters()
        && LANES % group == 0
        && problem.channels() >= LANES
        && ChannelVectors.accepts(problem)
        && (long) group * problem.area() * LANES <= Blocking.GRADIENT_SUMS_FLOATS
        && new GroupedGradient(problem).floats(1) <= Blocking.MAX_GRADIENT_FLOATS;
  }

  private long floats(int vectors) {
    return (vectors * sums + 2L * turned) * LANES
        + inputs.floats(vectors)
        + outputs.floats(vectors);
  }

  @Override
  public int scratchFloats() {
    return depthwise != null
        ? Math.toIntExact(outputsStart + depthwise.floats())
        : Math.toIntExact(inputsStart + inputs.floats(together));
  }

  /** Where the taps are. */
  @Override
  public int scratchInts() {
    return problem.area();
  }

  @Override
  public boolean sumsBias() {
    return problem.hasBiasOfImages();
  }

  /** Units, unless there are more threads. */
  private int chunks() {
    return Math.ceilDiv(vectors, together);
  }

  @Override
  public int units(int threads) {
    return chunks() >= threads ? chunks() : Math.min(vectors, threads);
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    boolean few = units > chunks();
    int first = few ? Split.start(vectors, unit, units) : unit * together;
    int end = few ? Split.start(vectors, unit + 1, units) : Math.min(vectors, first + together);
    int channels = Math.min(end * LANES, problem.channels()) - first * LANES;
    Arrays.fill(scratch.floats, AlignedFloats.FIRST, turnedStart, 0);
    if (depthwise != null) {
      depthwise.add(operands, first, end, scratch, AlignedFloats.FIRST, biasStart, outputsStart);
      moveTail(channels, scratch.floats);
    } else {
      GradientBlock block = GradientBlock.of(scratch);
      int parts = blocks.count();
      for (int i = 0; i < parts; i++) {
        blocks.at(i, block);
        multiply(operands, block, first * LANES, channels, scratch);
      }
    }
    for (int v = first; v < end; v++) {
      int lanes = Math.min(LANES, problem.channels() - v * LANES);
      store(operands, v * LANES, lanes, v - first, scratch.floats);
    }
    if (operands.bias != null && sumsBias()) {
      operands.putBias(first * LANES, scratch.floats, biasStart, channels);
    }
  }

  /** Of the last vector in place the lanes that no other has come first. */
  private void moveTail(int channels, float[] floats) {
    int lanes = channels % LANES;
    if (lanes > 0) {
      int vector = channels / LANES;
      int at = AlignedFloats.FIRST + vector * sums * LANES;
      for (int tap = 0; tap < sums; tap++, at += LANES) {
        System.arraycopy(floats, at + LANES - lanes, floats, at, lanes);
      }
      int bias = biasStart + vector * LANES;
      System.arraycopy(floats, bias + LANES - lanes, floats, bias, lanes);
    }
  }

  private void multiply(
      GradientOperands operands, GradientBlock block, int channel, int channels, Scratch scratch) {
    float[] floats = scratch.floats;
    outputs.load(operands.y, operands.yOffset, block, channel, channels, floats, outputsStart);
    if (operands.bias != null && sumsBias()) {
      int count = Math.ceilDiv(channels, LANES);
      outputs.addPixels(block, count, floats, outputsStart, biasStart);
    }
    inputs.load(operands.x, operands.xOffset, block, channel, channels, floats, inputsStart);
    int area = problem.area();
    int across = problem.columns().taps();
    for (int tap = 0; tap < area; tap++) {
      int r = tap / across;
      int s = tap % across;
      scratch.ints[problem.place(r, s)] = inputsStart + inputs.place(block, r, s);
    }
    DotCall call = DotCall.of(scratch);
    call.rows(scratch, 0, area);
    call.depth = block.depth() * LANES;
    for (int i = 0; i * LANES < channels; i++) {
      call.xOffset = i * inputs.vectorFloats(block);
      int y = outputsStart + i * outputs.vectorFloats(block);
      call.runSwapped(area, group, y, AlignedFloats.FIRST + i * sums * LANES);
    }
  }

  /** Turns the sums of each tap into those of each lane. */
  private void store(GradientOperands operands, int channel, int lanes, int index, float[] floats) {
    int area = problem.area();
    int at = turnedStart;
    int first = AlignedFloats.FIRST + index * sums * LANES;
    Transpose.run(floats, first, LANES, turned, LANES, floats, at, turned);
    if (group == 1) {
      join(floats, lanes);
      operands.putWeights(problem, floats, at, channel * area, lanes * area);
      return;
    }
    for (int l = 0; l < lanes; l++) {
      for (int j = 0; j < group; j++) {
        int filter = channel + (l ^ j);
        int from = at + l * turned + j * area;
        operands.putWeights(problem, floats, from, (filter * group + l % group) * area, area);
      }
    }
  }

  /** Moves the turned sums of neighbouring lanes together, whole vectors at a time. */
  private void join(float[] floats, int lanes) {
    for (int l = 1; l < lanes; l++) {
      for (int i = 0; i < turned; i += LANES) {
        FloatVector.fromArray(SPECIES, floats, turnedStart + l * turned + i)
            .intoArray(floats, turnedStart + l * sums + i);
      }
    }
  }
}

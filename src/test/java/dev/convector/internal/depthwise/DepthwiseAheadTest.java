package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Far depthwise images are read ahead where a run's operands say so, and only there. */
class DepthwiseAheadTest {
  private static final int SIZE = 300;

  @Test
  void planes() {
    // Small blocks have too few rows.
    assumeTrue(Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS > 1024);
    ConvProblem problem = problem(32, 3, Layout.NCHW);
    check(
        new DepthwisePixelConv(problem, ones(problem), null),
        problem.shape(),
        scratch -> DepthwisePixelCall.of(scratch).read);
    ConvProblem near = problem(2, 3, Layout.NCHW);
    assertEquals(
        Blocking.DEPTHWISE_PIXEL_BLOCK_FLOATS < 1024,
        new DepthwisePixelConv(near, ones(near), null).mayReadAhead());
  }

  @Test
  void channelsLast() {
    ConvProblem problem = problem(64, 5, Layout.NHWC);
    check(
        new DepthwiseConv(problem, ones(problem), null),
        problem.shape(),
        scratch -> DepthwiseCall.of(scratch).read);
  }

  private static ConvProblem problem(int channels, int kernel, Layout layout) {
    Axis axis = new Axis(SIZE, kernel, 1, 1, kernel / 2, kernel / 2);
    ConvShape shape = new ConvShape(1, channels, axis, axis, channels, channels);
    return new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD);
  }

  private static float[] ones(ConvProblem problem) {
    float[] weights = new float[problem.shape().weightsSize()];
    Arrays.fill(weights, 1);
    return weights;
  }

  private static void check(PackedWork work, ConvShape shape, ToIntFunction<Scratch> read) {
    assertTrue(work.mayReadAhead());
    float[] src = new float[shape.inputSize()];
    // Read ahead is one float of each line, the first one for sure.
    src[0] = 3;
    float[] with = new float[shape.outputSize()];
    float[] without = new float[shape.outputSize()];
    Operands operands = new Operands();
    new ParallelRun()
        .run(
            (unit, scratch) -> {
              int before = read.applyAsInt(scratch);
              operands.set(src, 0, null, 0, without, 0);
              work.run(operands, 0, 1, scratch);
              assertEquals(before, read.applyAsInt(scratch));
              operands.set(src, 0, null, 0, with, 0);
              operands.readsAhead = true;
              work.run(operands, 0, 1, scratch);
              assertNotEquals(before, read.applyAsInt(scratch));
            },
            1,
            null,
            1,
            work.scratchFloats(),
            work.scratchInts());
    assertArrayEquals(without, with);
    assertEquals(3, with[0]);
  }
}

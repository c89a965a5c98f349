package dev.convector.internal.transposed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.TransposedAxis;
import dev.convector.internal.UnitChecks;
import dev.convector.internal.grouped.GroupedTransposedConv;
import dev.convector.internal.plan.TransposedList;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TransposedProblem;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each class at problems that the list would give to another too; integers, so sums are exact. */
class TransposedConvTest {
  private static final int BEHIND = 70;

  private final Random random = new Random(11);

  private interface Packer {
    PackedWork pack(TransposedProblem problem, float[] weights, float[] bias);
  }

  @Test
  void phasesHaveEachTapOnceAndEachOutputOnce() {
    for (int i = 0; i < 2000; i++) {
      TransposedAxis axis = axis(1 + random.nextInt(9), 7);
      BitSet outputs = new BitSet();
      BitSet taps = new BitSet();
      for (PhaseAxis phase : PhaseAxis.of(axis)) {
        for (int o = 0; o < phase.outputs(); o++) {
          int output = phase.first() + o * phase.step();
          assertTrue(output < axis.output() && !outputs.get(output), axis.toString());
          outputs.set(output);
          for (int t = 0; t < phase.taps(); t++) {
            int input = o * phase.stride() - phase.padding() + t * phase.dilation();
            int tap = phase.firstTap() + t * phase.tapStep();
            int place = input * axis.stride() - axis.padBefore() + tap * axis.dilation();
            assertTrue(place == output, axis.toString());
          }
        }
        for (int t = 0; t < phase.taps(); t++) {
          int tap = phase.firstTap() + t * phase.tapStep();
          assertTrue(!taps.get(tap), axis.toString());
          taps.set(tap);
        }
      }
      assertTrue(outputs.cardinality() == axis.output(), axis.toString());
      assertTrue(taps.cardinality() == axis.kernel(), axis.toString());
    }
  }

  @Test
  void dense() {
    for (int i = 0; i < 400; i++) {
      int groups = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
      TransposedProblem problem =
          problem(groups, 1 + random.nextInt(40), 1 + random.nextInt(70), 9);
      assertNull(DenseTransposedConv.refusal(problem));
      check(problem, DenseTransposedConv::new);
    }
  }

  @Test
  void grouped() {
    for (int i = 0; i < 400; i++) {
      int groups = 1 + random.nextInt(9);
      TransposedProblem problem =
          problem(groups, 1 + random.nextInt(20), 1 + random.nextInt(40), 20);
      assertNull(GroupedTransposedConv.refusal(problem));
      check(problem, GroupedTransposedConv::new);
    }
  }

  @Test
  void depthwise() {
    for (int i = 0; i < 400; i++) {
      int groups = 1 + random.nextInt(70);
      boolean many = random.nextBoolean();
      int width = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
      TransposedProblem problem = problem(groups, many ? width : 1, many ? 1 : width, 12);
      assertNull(DepthwiseTransposedConv.refusal(problem));
      check(problem, DepthwiseTransposedConv::new);
    }
  }

  /** What the tiles of all phases compute, and what lies around it. */
  @Test
  void depthwiseOfStrideTwo() {
    for (int i = 0; i < 200; i++) {
      int groups = i % 8 == 0 ? 256 + 64 * random.nextInt(3) : 1 + random.nextInt(80);
      TransposedProblem problem = strideTwo(groups, 1 + random.nextInt(9));
      check(problem, DepthwiseTransposedConv::new);
    }
  }

  /** Although a block's border is computed in another way than what lies inside. */
  @Test
  void depthwiseBitsAreTheSameInAnyBlocks() {
    for (int i = 0; i < 30; i++) {
      TransposedProblem problem = strideTwo(16 + random.nextInt(60), 8 + random.nextInt(20));
      float[] weights = floats(problem.shape().weightsSize());
      float[] src = floats(problem.shape().inputSize());
      PackedWork work = new DepthwiseTransposedConv(problem, weights, null);
      UnitChecks.requireSameBits(work, src, problem.shape().outputSize(), problem);
    }
  }

  private TransposedProblem strideTwo(int groups, int size) {
    int kernel = random.nextBoolean() ? 3 : 5;
    int before = random.nextInt(3);
    int after = random.nextInt(3);
    TransposedAxis rows =
        new TransposedAxis(size + 2, kernel, 2, 1, before, after, random.nextInt(2));
    TransposedAxis columns =
        new TransposedAxis(2 + random.nextInt(12), kernel, 2, 1, after, before, random.nextInt(2));
    return problem(Layout.values()[random.nextInt(2)], groups, 1, 1, rows, columns);
  }

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  @Test
  void choice() {
    TransposedAxis axis = new TransposedAxis(9, 3, 2, 1, 1, 1, 1);
    assertEquals(GroupedTransposedConv.class, chosen(problem(Layout.NHWC, 4, 8, 8, axis, axis)));
    assertEquals(GroupedTransposedConv.class, chosen(problem(Layout.NCHW, 4, 8, 8, axis, axis)));
    assertEquals(DenseTransposedConv.class, chosen(problem(Layout.NHWC, 4, 64, 64, axis, axis)));
    assertEquals(DenseTransposedConv.class, chosen(problem(Layout.NHWC, 1, 8, 8, axis, axis)));
    assertEquals(DepthwiseTransposedConv.class, chosen(problem(Layout.NHWC, 8, 2, 1, axis, axis)));
  }

  private static Class<?> chosen(TransposedProblem problem) {
    float[] weights = new float[problem.shape().weightsSize()];
    return TransposedList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
  }

  /** More filters than one panel has. */
  @Test
  void manyDepthwise() {
    for (int groups : new int[] {256, 257, 512, 600}) {
      check(problem(groups, 1, 1, 4), DepthwiseTransposedConv::new);
    }
  }

  @Test
  void fewFilters() {
    for (int i = 0; i < 400; i++) {
      TransposedProblem problem = problem(1, 1 + random.nextInt(40), 1 + random.nextInt(4), 60);
      assertNull(DensePixelTransposedConv.refusal(problem));
      check(problem, DensePixelTransposedConv::new);
    }
  }

  /** Several blocks, which share rows of the input. */
  @Test
  void manyBlocks() {
    for (Layout layout : Layout.values()) {
      TransposedAxis rows = new TransposedAxis(70, 5, 2, 1, 1, 2, 1);
      TransposedAxis columns = new TransposedAxis(90, 4, 2, 1, 1, 0, 0);
      check(problem(layout, 1, 3, 3, rows, columns), DensePixelTransposedConv::new);
      check(problem(layout, 1, 5, 17, rows, columns), DenseTransposedConv::new);
      check(problem(layout, 33, 1, 1, rows, columns), DepthwiseTransposedConv::new);
      check(problem(layout, 5, 4, 4, rows, columns), GroupedTransposedConv::new);
      TransposedAxis wide = new TransposedAxis(9000, 4, 2, 1, 1, 1, 0);
      TransposedAxis low = new TransposedAxis(2, 3, 2, 1, 1, 1, 0);
      check(problem(layout, 1, 17, 3, low, wide), DensePixelTransposedConv::new);
      check(problem(layout, 1, 17, 3, low, wide), DenseTransposedConv::new);
    }
  }

  private TransposedProblem problem(int groups, int channels, int filters, int width) {
    Layout layout = Layout.values()[random.nextInt(2)];
    int most = groups * Math.max(channels, filters) > 256 ? 3 : 7;
    return problem(
        layout,
        groups,
        channels,
        filters,
        axis(1 + random.nextInt(9), most),
        axis(1 + random.nextInt(width), most));
  }

  private TransposedProblem problem(
      Layout layout,
      int groups,
      int channels,
      int filters,
      TransposedAxis rows,
      TransposedAxis columns) {
    Activation[] activations = {Activation.NONE, Activation.RELU, Activation.leakyRelu(0.5f)};
    int batch = 1 + random.nextInt(2);
    return new TransposedProblem(
        new ConvTransposeShape(batch, groups * channels, rows, columns, groups * filters, groups),
        layout,
        activations[random.nextInt(activations.length)],
        Accuracy.STANDARD);
  }

  private TransposedAxis axis(int size, int mostTaps) {
    int kernel = 1 + random.nextInt(mostTaps);
    int stride = 1 + random.nextInt(4);
    int dilation = 1 + random.nextInt(3);
    int most = (size - 1) * stride + (kernel - 1) * dilation;
    int before = random.nextInt(Math.min(most, 5) + 1);
    int after = random.nextInt(Math.min(most - before, 5) + 1);
    int outputPadding = random.nextInt(Math.max(stride, dilation));
    return new TransposedAxis(size, kernel, stride, dilation, before, after, outputPadding);
  }

  private void check(TransposedProblem problem, Packer packer) {
    ConvTransposeShape shape = problem.shape();
    float[] weights = integers(shape.weightsSize());
    float[] bias = random.nextBoolean() ? integers(shape.filters()) : null;
    Operands operands = new Operands();
    float[] dst = integers(3 + shape.outputSize() + BEHIND);
    float[] expected = dst.clone();
    float[] residual = random.nextBoolean() ? integers(1 + shape.outputSize()) : null;
    float[] src = integers(2 + shape.inputSize());
    operands.set(src, 2, residual, 1, expected, 3);
    run(TransposedList.pack(problem, Algorithm.REFERENCE, weights, bias).work(), operands);
    PackedWork work = packer.pack(problem, weights, bias);
    assertTrue(work.scratchFloats() <= 1024 * 1024, "scratch of " + problem);
    operands.set(src, 2, residual, 1, dst, 3);
    run(work, operands);
    assertArrayEquals(expected, dst, problem.toString());
  }

  private static void run(PackedWork work, Operands operands) {
    UnitChecks.run(work, work.units(3), operands);
  }

  private float[] integers(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(-4, 5);
    }
    return values;
  }
}

package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.reference.ReferenceConv3d;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** On small integers, whose sums are exact. */
class Conv3dTest {
  private static Conv3d conv(Layout layout, int groups) {
    return Conv3d.builder()
        .input(2, 4, 5, 4, 6)
        .filters(6, 3, 2, 3)
        .padding(1, 0, 1)
        .groups(groups)
        .layout(layout)
        .activation(Activation.RELU)
        .build();
  }

  private static float[] integers(int size, int seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(7) - 3;
    }
    return values;
  }

  private static void check(Conv3dPlan plan, float[] weights, float[] bias) {
    Conv3d of = plan.description();
    float[] src = integers(of.shape().inputSize(), 3);
    float[] dst = new float[of.shape().outputSize()];
    plan.run(src, dst, Execution.serial());
    float[] expected =
        new ReferenceConv3d(of.shape(), of.paddingMode(), of.layout(), of.flipKernel())
            .run(weights, bias, src, null, of.activation());
    assertArrayEquals(expected, dst, of.toString());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, src);
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, dst.length);
      plan.run(in, out, Execution.serial());
      assertArrayEquals(expected, out.toArray(ValueLayout.JAVA_FLOAT), "segments, " + of);
    }
  }

  @Test
  void slicesBiasAndActivationComeTogether() {
    for (Layout layout : Layout.values()) {
      for (int groups = 1; groups <= 2; groups++) {
        Conv3d conv = conv(layout, groups);
        float[] weights = integers(conv.shape().weightsSize(), 1);
        float[] bias = integers(6, 2);
        for (Algorithm algorithm : new Algorithm[] {Algorithm.DIRECT, Algorithm.REFERENCE}) {
          Conv3dPlan plan = conv.plan(weights, bias, algorithm);
          assertEquals(algorithm, plan.algorithm());
          assertTrue(plan.packedBytes() >= 4L * (weights.length + bias.length));
          check(plan, weights, bias);
          check(plan.withInput(1, 4, 5, 5), weights, bias);
          check(plan.withInput(3, 1, 2, 4).withInput(1, 7, 2, 3), weights, bias);
        }
      }
    }
  }

  /**
   * Few channels, whose slices are computed together: rows that are read where they lie and others,
   * planes that some slices meet, or none.
   */
  @Test
  void slicesOfFewChannelsAreOneSum() {
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      int channels = 1 + random.nextInt(6);
      int width = i % 4 == 0 ? 200 / channels + 1 : 4 + random.nextInt(30);
      int pad = i % 2 * random.nextInt(3);
      Conv3d conv =
          Conv3d.builder()
              .input(1 + i % 2, channels, 2 + random.nextInt(4), 3 + random.nextInt(4), width)
              .filters(new int[] {3, 16, 17, 32, 70}[i % 5], 2 + random.nextInt(2), 1 + i % 3, 2)
              .stride(1 + random.nextInt(3), 1 + i % 2, 1 + random.nextInt(2))
              .dilation(1 + random.nextInt(2), 1, 1)
              .padding(3 + random.nextInt(3), pad, pad, random.nextInt(5), pad, random.nextInt(2))
              .layout(Layout.values()[i % 3 % 2])
              .activation(Activation.RELU)
              .build();
      float[] weights = integers(conv.shape().weightsSize(), 1);
      float[] bias = integers(conv.shape().filters(), 2);
      Conv3dPlan plan = conv.plan(weights, bias);
      check(plan, weights, bias);
      check(plan.withInput(1, 4, 3, 5 + random.nextInt(9)), weights, bias);
    }
  }

  /** The packed weights serve other sizes, also those whose slices are packed apart. */
  @Test
  void sizesThatAreComputedInAnotherWay() {
    Conv3d conv = Conv3d.builder().input(1, 3, 4, 9, 9).filters(17, 3, 5, 5).padding(2).build();
    float[] weights = integers(conv.shape().weightsSize(), 1);
    float[] bias = integers(17, 2);
    Conv3dPlan plan = conv.plan(weights, bias);
    // Of one pixel a plane most taps meet padding.
    Conv3dPlan small = plan.withInput(1, 3, 1, 1);
    check(small, weights, bias);
    check(small.withInput(2, 4, 9, 9), weights, bias);
  }

  @Test
  void planesThatAreNoConvolutionAreRefused() {
    assertTrue(conv(Layout.NHWC, 1).refusal(Algorithm.DIRECT).isEmpty());
    String refusal = conv(Layout.NHWC, 1).refusal(Algorithm.POINTWISE).orElseThrow();
    assertTrue(refusal.contains("needs a 1x1 kernel"), refusal);
  }

  /** {@code <conv(x), y> = <x, back(y)>}. */
  @Test
  void theGradientIsAdjoint() {
    for (Layout layout : Layout.values()) {
      Conv3d conv = conv(layout, 2);
      float[] weights = integers(conv.shape().weightsSize(), 1);
      float[] x = integers(conv.shape().inputSize(), 2);
      float[] y = integers(conv.shape().outputSize(), 3);
      float[] back = new float[x.length];
      conv.backwardData(weights).run(y, back);
      float[] forth =
          new ReferenceConv3d(conv.shape(), conv.paddingMode(), layout, false)
              .run(weights, null, x, null, Activation.NONE);
      assertEquals(dot(forth, y), dot(x, back));
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

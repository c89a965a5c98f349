package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.reference.ReferenceConv2d;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integer-valued data against two runs of the oracle, bit by bit. */
class DepthwiseSeparable2dTest {
  /** Elements around the output that must stay as they are. */
  private static final int GUARD = 19;

  @ParameterizedTest
  @CsvSource({
    // channels, height, width, multiplier, kernel height and width, stride, dilation, padding, K
    "32, 30, 30, 1, 3, 3, 1, 1, 1, 64",
    "33, 13, 14, 1, 3, 3, 2, 1, 1, 35",
    "128, 56, 17, 1, 3, 3, 1, 1, 1, 33",
    "512, 14, 14, 1, 3, 3, 1, 1, 1, 64",
    "512, 15, 15, 1, 3, 3, 2, 1, 1, 17",
    "512, 40, 40, 1, 3, 3, 5, 1, 1, 5",
    "1, 70, 71, 1, 5, 5, 1, 1, 2, 3",
    "5, 9, 8, 16, 3, 3, 1, 1, 1, 40",
    "7, 9, 8, 3, 5, 2, 3, 2, 4, 1",
    "21, 6, 5, 1, 3, 3, 1, 6, 6, 20",
    "16, 3, 2, 1, 7, 7, 1, 1, 3, 16",
    "8, 3, 700, 1, 9, 9, 1, 1, 4, 8",
    "4, 9, 9, 1, 1, 1, 1, 1, 0, 4",
    // A row of the intermediate larger than its bound: parts of a row
    "2048, 3, 70, 1, 3, 3, 1, 1, 1, 3",
    "2047, 3, 70, 1, 5, 5, 1, 1, 2, 3",
    "40, 3, 33, 64, 3, 3, 1, 2, 2, 3",
    // Deeper than one pass over a panel
    "1030, 4, 4, 1, 3, 3, 1, 1, 1, 40",
  })
  void equalsTheReference(
      int channels,
      int height,
      int width,
      int multiplier,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int dilation,
      int padding,
      int filters) {
    for (Layout layout : Layout.values()) {
      check(
          DepthwiseSeparable2d.builder()
              .input(2, channels, height, width)
              .kernel(kernelHeight, kernelWidth)
              .multiplier(multiplier)
              .stride(stride)
              .dilation(dilation)
              .padding(padding)
              .depthwiseActivation(Activation.clamp(-9, 12))
              .filters(filters)
              .activation(Activation.RELU)
              .layout(layout)
              .build(),
          new Random(channels + height));
    }
  }

  @Test
  void randomShapesEqualTheReference() {
    Activation[] clamps = {
      Activation.NONE, Activation.RELU, Activation.RELU6, Activation.clamp(-30, 40)
    };
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int kernelHeight = 1 + random.nextInt(7);
      int kernelWidth = 1 + random.nextInt(7);
      int dilationHeight = 1 + random.nextInt(3);
      int dilationWidth = random.nextBoolean() ? 1 : 1 + random.nextInt(3);
      int top = random.nextInt(5);
      int left = random.nextInt(5);
      int bottom = random.nextInt(5);
      int right = random.nextInt(5);
      int leastHeight = (kernelHeight - 1) * dilationHeight + 1 - top - bottom;
      int leastWidth = (kernelWidth - 1) * dilationWidth + 1 - left - right;
      DepthwiseSeparable2d conv =
          DepthwiseSeparable2d.builder()
              .input(
                  1 + random.nextInt(3),
                  1 + random.nextInt(random.nextBoolean() ? 6 : 80),
                  Math.max(1, leastHeight) + random.nextInt(12),
                  Math.max(1, leastWidth) + random.nextInt(random.nextInt(4) == 0 ? 60 : 12))
              .kernel(kernelHeight, kernelWidth)
              .multiplier(random.nextBoolean() ? 1 : 1 + random.nextInt(5))
              .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
              .dilation(dilationHeight, dilationWidth)
              .padding(top, left, bottom, right)
              .depthwiseActivation(clamps[random.nextInt(4)])
              .filters(1 + random.nextInt(70))
              .activation(clamps[random.nextInt(4)])
              .layout(Layout.values()[random.nextInt(2)])
              .build();
      check(conv, random);
    }
  }

  private static void check(DepthwiseSeparable2d conv, Random random) {
    ConvShape first = conv.depthwise();
    ConvShape second = conv.pointwise();
    float[] depthwiseWeights = integers(random, first.weightsSize());
    float[] pointwiseWeights = integers(random, second.weightsSize());
    float[] depthwiseBias = random.nextBoolean() ? integers(random, first.filters()) : null;
    float[] pointwiseBias = random.nextBoolean() ? integers(random, second.filters()) : null;
    float[] src = integers(random, first.inputSize() + 3);
    float[] untouched = integers(random, second.outputSize() + 2 * GUARD);
    float[] between = new float[first.outputSize()];
    reference(
        first,
        conv,
        conv.depthwiseActivation(),
        depthwiseWeights,
        depthwiseBias,
        src,
        3,
        null,
        between,
        0);
    DepthwiseSeparable2dPlan plan =
        conv.plan(depthwiseWeights, depthwiseBias, pointwiseWeights, pointwiseBias);
    assertTrue(plan.intermediateBytes() <= 256 * 1024, plan.toString());
    assertTrue(plan.workspaceBytes() <= 4 << 20, plan.toString());
    float[] apart = integers(random, untouched.length);
    for (float[] residual : new float[][] {null, apart, untouched}) {
      float[] expected = untouched.clone();
      reference(
          second,
          conv,
          conv.activation(),
          pointwiseWeights,
          pointwiseBias,
          between,
          0,
          residual,
          expected,
          GUARD);
      try (ForkJoinPool pool = new ForkJoinPool(3)) {
        Execution[] executions = {Execution.serial(), Execution.common(), Execution.on(pool)};
        for (Execution execution : executions) {
          float[] actual = untouched.clone();
          if (residual == null) {
            plan.run(src, 3, actual, GUARD, execution);
          } else {
            float[] added = residual == untouched ? actual : residual;
            plan.run(src, 3, added, GUARD, actual, GUARD, execution);
          }
          assertArrayEquals(expected, actual, plan.toString());
        }
      }
    }
  }

  private static void reference(
      ConvShape shape,
      DepthwiseSeparable2d conv,
      Activation activation,
      float[] weights,
      float[] bias,
      float[] src,
      int srcOffset,
      float[] residual,
      float[] dst,
      int dstOffset) {
    ReferenceConv2d.run(
        shape,
        conv.layout(),
        false,
        activation,
        weights,
        bias,
        src,
        srcOffset,
        residual,
        dstOffset,
        dst,
        dstOffset);
  }

  @Test
  void smoothActivationsFollowBothSums() {
    for (Layout layout : Layout.values()) {
      DepthwiseSeparable2d conv =
          DepthwiseSeparable2d.builder()
              .input(1, 37, 10, 11)
              .kernel(3, 3)
              .padding(AutoPad.SAME)
              .depthwiseActivation(Activation.SILU)
              .filters(45)
              .activation(Activation.HARD_SWISH)
              .layout(layout)
              .build();
      Random random = new Random(1);
      float[] depthwiseWeights = integers(random, conv.depthwise().weightsSize());
      float[] pointwiseWeights = integers(random, conv.pointwise().weightsSize());
      float[] src = integers(random, conv.depthwise().inputSize());
      float[] between = new float[conv.depthwise().outputSize()];
      float[] expected = new float[conv.pointwise().outputSize()];
      float[] actual = new float[expected.length];
      reference(
          conv.depthwise(),
          conv,
          Activation.SILU,
          depthwiseWeights,
          null,
          src,
          0,
          null,
          between,
          0);
      reference(
          conv.pointwise(),
          conv,
          Activation.HARD_SWISH,
          pointwiseWeights,
          null,
          between,
          0,
          null,
          expected,
          0);
      conv.plan(depthwiseWeights, null, pointwiseWeights, null).run(src, actual);
      for (int i = 0; i < expected.length; i++) {
        // 4e-6 of an intermediate of at most 144, in 37 products with weights of at most 4
        assertEquals(expected[i], actual[i], 37 * 4 * 144 * 4e-6);
      }
    }
  }

  @Test
  void describesItself() {
    DepthwiseSeparable2d conv =
        DepthwiseSeparable2d.builder()
            .input(1, 32, 112, 112)
            .kernel(3, 3)
            .stride(2)
            .padding(AutoPad.SAME)
            .filters(64)
            .build();
    assertEquals(56, conv.outputHeight());
    assertEquals(56, conv.outputWidth());
    assertEquals(56L * 56 * (32 * 9 + 32 * 64), conv.multiplyAdds());
    assertEquals(32 * 10 + 64 * 33, conv.parameters());
    assertEquals(Accuracy.STANDARD, conv.accuracy());
  }

  @Test
  void reportsTheAlgorithmOfEachHalf() {
    DepthwiseSeparable2d conv =
        DepthwiseSeparable2d.builder()
            .input(1, 4, 9, 9)
            .kernel(3, 3)
            .filters(2)
            .accuracy(Accuracy.STRICT)
            .build();
    DepthwiseSeparable2dPlan plan = conv.plan(new float[36], null, new float[8], null);
    assertEquals(Accuracy.STRICT, conv.accuracy());
    assertEquals(Algorithm.DEPTHWISE, plan.depthwiseAlgorithm());
    assertEquals(Algorithm.POINTWISE, plan.pointwiseAlgorithm());
  }

  @Test
  void refusesWithArgumentValueAndRule() {
    DepthwiseSeparable2d.Builder builder = DepthwiseSeparable2d.builder().input(1, 8, 5, 5);
    assertEquals(
        "kernel: not set; must be before build()",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.kernel(3, 3);
    assertEquals(
        "filters: not set; must be before build()",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.filters(0);
    refused(builder, "filters: 0; must be at least 1");
    builder.filters(4).multiplier(0);
    refused(builder, "multiplier: 0; must be at least 1");
    builder.multiplier(8193);
    refused(builder, "at most 65536 channels between depthwise and pointwise, not 65544");
    builder.multiplier(1).stride(0);
    refused(builder, "strideHeight: 0; must be at least 1");
    DepthwiseSeparable2d conv = builder.stride(1).build();
    wrong(() -> conv.plan(new float[71], null, new float[32], null), "depthwiseWeights: length 71");
    wrong(() -> conv.plan(new float[72], new float[7], new float[32], null), "depthwiseBias");
    wrong(() -> conv.plan(new float[72], null, new float[33], null), "pointwiseWeights: length 33");
    wrong(() -> conv.plan(new float[72], null, new float[32], new float[8]), "pointwiseBias");
    DepthwiseSeparable2dPlan plan = conv.plan(new float[72], null, new float[32], null);
    float[] array = new float[300];
    wrong(() -> plan.run(new float[199], new float[36]), "src: length 199");
    wrong(() -> plan.run(new float[200], new float[35]), "dst: length 35");
    wrong(() -> plan.run(array, 0, array, 199, Execution.serial()), "must not overlap");
    wrong(() -> plan.run(array, -1, array, 250, Execution.serial()), "srcOffset: -1");
    float[] src = new float[200];
    float[] residual = new float[35];
    wrong(() -> plan.run(src, 0, residual, 0, array, 0, Execution.serial()), "residual: length 35");
    wrong(
        () -> plan.run(src, 0, array, 1, array, 0, Execution.serial()),
        "residual: elements 1 to 37");
    wrong(() -> plan.withInput(0, 5, 5), "batch: 0; must be at least 1");
    wrong(() -> plan.withInput(1, 2, 5), "kernelHeight: 3; with dilation 1 it spans 3");
  }

  private static void refused(DepthwiseSeparable2d.Builder builder, String part) {
    wrong(builder::build, part);
  }

  private static void wrong(Runnable call, String part) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  private static float[] integers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(5) - 2;
    }
    return values;
  }

  /**
   * The depthwise part reads its input ahead, whose rows are fewer than those between the parts.
   */
  @Test
  void farImagesThatPaddingEnlarges() {
    DepthwiseSeparable2d conv =
        DepthwiseSeparable2d.builder()
            .input(1, 64, 300, 300)
            .kernel(5, 5)
            .padding(4, 2, 4, 2)
            .filters(48)
            .layout(Layout.NHWC)
            .build();
    float[] weights = new float[64 * 25];
    weights[12] = 1;
    float[] pointwise = new float[48 * 64];
    pointwise[0] = 2;
    DepthwiseSeparable2dPlan plan = conv.plan(weights, null, pointwise, null);
    float[] src = new float[conv.depthwise().inputSize()];
    src[0] = 3;
    float[] dst = new float[conv.pointwise().outputSize()];
    plan.run(src, dst);
    assertEquals(6, dst[2 * conv.pointwise().outputWidth() * 48]);
    float[] again = new float[dst.length];
    plan.run(src, again);
    assertArrayEquals(dst, again);
  }
}

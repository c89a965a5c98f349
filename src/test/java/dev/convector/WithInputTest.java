package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A plan for another size of image computes what a plan made for it does, bit by bit. */
class WithInputTest {
  /** Among them one with less output than a vector, for which depthwise has another form. */
  private static final int[][] SIZES = {{1, 9, 11}, {3, 5, 5}, {2, 1, 2}, {2, 40, 33}, {1, 30, 70}};

  private static Conv2d.Builder[] convolutions() {
    return new Conv2d.Builder[] {
      Conv2d.builder().filters(20, 3, 3).padding(1),
      Conv2d.builder().filters(24, 3, 3).padding(AutoPad.SAME).stride(2).groups(4),
      Conv2d.builder().filters(12, 3, 3).padding(1).groups(12).flipKernel(true),
      Conv2d.builder().filters(12, 5, 5).padding(AutoPad.SAME).stride(2).groups(12),
      Conv2d.builder().filters(24, 3, 3).padding(2).dilation(2).groups(12),
      Conv2d.builder().filters(12, 5, 5).padding(2).flipKernel(true),
      Conv2d.builder().filters(17, 1, 1),
      Conv2d.builder().filters(8, 5, 5).padding(2).stride(2),
      // Of which one size has a single output, whose stride means nothing.
      Conv2d.builder().filters(24, 3, 3).padding(1).stride(4).groups(4),
      Conv2d.builder().filters(24, 3, 3).padding(1).stride(2).groups(2),
      Conv2d.builder().filters(12, 3, 3).padding(1).stride(3).groups(12),
      Conv2d.builder().filters(8, 3, 3).padding(1).stride(4)
    };
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void equalsAPlanMadeForTheSize(Algorithm algorithm) {
    Random random = new Random(7);
    for (Conv2d.Builder builder : convolutions()) {
      for (Layout layout : Layout.values()) {
        Conv2d conv = builder.input(1, 12, 12, 12).layout(layout).build();
        if (conv.refusal(algorithm).isPresent()) {
          continue;
        }
        float[] weights = floats(random, conv.shape().weightsSize());
        float[] bias = random.nextBoolean() ? floats(random, conv.shape().filters()) : null;
        Conv2dPlan plan = conv.plan(weights.clone(), bias == null ? null : bias.clone(), algorithm);
        for (int[] size : SIZES) {
          plan = plan.withInput(size[0], size[1], size[2]);
          Conv2d other = conv.withInput(size[0], size[1], size[2]);
          same(other.plan(weights, bias, algorithm), plan, random);
          assertEquals(other.toString(), plan.description().toString());
        }
      }
    }
  }

  private static void same(Conv2dPlan expected, Conv2dPlan actual, Random random) {
    assertEquals(expected.algorithm(), actual.algorithm());
    assertEquals(expected.packedBytes(), actual.packedBytes());
    sameOutput(expected, actual, random);
  }

  private static void sameOutput(Plan expected, Plan actual, Random random) {
    float[] src = floats(random, expected.inputSize());
    float[] wanted = new float[expected.outputSize()];
    float[] dst = new float[actual.outputSize()];
    expected.run(src, wanted);
    actual.run(src, dst);
    assertArrayEquals(wanted, dst, actual.toString());
  }

  @Test
  void weightsThatAreGivenAgainAreNotKept() {
    Random random = new Random(9);
    int smaller = 0;
    for (Conv2d.Builder builder : convolutions()) {
      for (Layout layout : Layout.values()) {
        Conv2d conv = builder.input(1, 12, 48, 48).layout(layout).build();
        float[] weights = floats(random, conv.shape().weightsSize());
        float[] bias = floats(random, conv.shape().filters());
        Conv2dPlan plan = conv.plan(weights::clone, bias);
        for (int[] size : SIZES) {
          plan = plan.withInput(size[0], size[1], size[2]);
          Conv2dPlan keeps = conv.withInput(size[0], size[1], size[2]).plan(weights, bias);
          sameOutput(keeps, plan, random);
          long less = keeps.packedBytes() - plan.packedBytes();
          assertTrue(less == 0 || less == Float.BYTES * weights.length, plan.toString());
          smaller += less == 0 ? 0 : 1;
        }
      }
    }
    assertTrue(smaller > 0);
  }

  @Test
  void weightsOfAWrongLengthAreRefused() {
    Conv2d conv = Conv2d.builder().input(1, 2, 9, 9).filters(1, 3, 3).build();
    String message =
        assertThrows(IllegalArgumentException.class, () -> conv.plan(() -> new float[17], null))
            .getMessage();
    assertEquals("weights: length 17; must be 18", message);
  }

  @Test
  void separableEqualsAPlanMadeForTheSize() {
    Random random = new Random(8);
    for (Layout layout : Layout.values()) {
      DepthwiseSeparable2d conv =
          DepthwiseSeparable2d.builder()
              .input(1, 12, 12, 12)
              .kernel(3, 3)
              .stride(2)
              .padding(AutoPad.SAME)
              .filters(20)
              .activation(Activation.RELU)
              .layout(layout)
              .build();
      float[] depthwise = floats(random, 12 * 9);
      float[] pointwise = floats(random, 12 * 20);
      float[] bias = floats(random, 20);
      DepthwiseSeparable2dPlan plan =
          conv.plan(depthwise.clone(), null, pointwise.clone(), bias.clone());
      for (int[] size : SIZES) {
        plan = plan.withInput(size[0], size[1], size[2]);
        DepthwiseSeparable2d other = conv.withInput(size[0], size[1], size[2]);
        sameOutput(other.plan(depthwise, null, pointwise, bias), plan, random);
        assertEquals(other.toString(), plan.description().toString());
      }
    }
  }

  /** What an array given to plan() holds later is nothing to the plan. */
  @Test
  void weightsAreThoseOfTheFirstPlan() {
    float[] weights = {1, 2};
    float[] bias = {3};
    Conv2dPlan plan =
        Conv2d.builder().input(1, 2, 3, 3).filters(1, 1, 1).build().plan(weights, bias);
    weights[0] = 100;
    bias[0] = 100;
    float[] dst = new float[1];
    plan.withInput(1, 1, 1).run(new float[] {1, 1}, dst);
    assertEquals(6, dst[0]);
  }

  @Test
  void forcedAlgorithmRefusesASizeThatItCannot() {
    Conv2dPlan plan =
        Conv2d.builder()
            .input(1, 2, 9, 9)
            .filters(1, 3, 3)
            .build()
            .plan(new float[18], null, Algorithm.DIRECT);
    String message =
        assertThrows(IllegalArgumentException.class, () -> plan.withInput(1, 2, 9)).getMessage();
    assertTrue(message.startsWith("kernelHeight: 3; "), message);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}

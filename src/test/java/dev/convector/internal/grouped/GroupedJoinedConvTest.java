package dev.convector.internal.grouped;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Few channels a group in few groups, channels-last: neighbouring pixels computed as one. */
class GroupedJoinedConvTest {
  private final Random random = new Random(9);
  private final IntegerChecks checks = new IntegerChecks(random);
  private int joined;

  /** Of a row, of several images, and of fewer than are joined. */
  @Test
  void points() {
    for (int i = 0; i < 120; i++) {
      int pixels = 1 + random.nextInt(i % 2 == 0 ? 12 : 900);
      check(builder(i, 1 + i % 3, 1, pixels).filters(filters(i), 1, 1));
    }
    assertTrue(joined >= Simd.LANES / 2, () -> "only " + joined);
  }

  /** Of at most half a vector of channels to as many filters. */
  @Test
  void pointsOfASingleGroup() {
    for (int channels = 1; channels <= Simd.LANES / 2; channels++) {
      for (int filters = 1; filters <= Simd.LANES / 2; filters++) {
        check(Conv2d.builder().input(2, channels, 3, 7).filters(filters, 1, 1));
      }
    }
    assertEquals(Simd.LANES * Simd.LANES / 4 - 1, joined);
  }

  /** One pixel is not joined with others, so many single ones are not where that may not show. */
  @Test
  void choiceOfOneImageWhereBitsMayNotDependOnTheBatch() {
    Conv2d conv = Conv2d.builder().input(64, 2, 1, 1).filters(2, 1, 1).build();
    ConvProblem any =
        new ConvProblem(conv.shape(), Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
    ConvProblem invariant =
        new ConvProblem(conv.shape(), Layout.NHWC, Activation.NONE, Accuracy.STANDARD, true);
    assertTrue(GroupedJoinedConv.pays(any));
    assertFalse(GroupedJoinedConv.pays(invariant));
  }

  @Test
  void anyKernelStrideDilationAndPadding() {
    for (int i = 0; i < 200; i++) {
      int height = 1 + random.nextInt(4);
      int width = 1 + random.nextInt(5);
      int dilation = 1 + random.nextInt(2);
      check(
          builder(i, 1 + i % 2, (height - 1) * dilation + 1 + i % 7, 10 + random.nextInt(60))
              .filters(filters(i), height, width)
              .stride(1 + random.nextInt(2), 1 + random.nextInt(3))
              .dilation(dilation)
              .padding(random.nextInt(2), random.nextInt(3), random.nextInt(2), random.nextInt(3)));
    }
    assertTrue(joined > 0, "none");
  }

  /** What is no number stays in its group, whichever lanes it shares a vector with. */
  @Test
  void groupsKeepToThemselves() {
    for (int kernel = 1; kernel <= 3; kernel += 2) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, 6, 9, 31)
              .filters(6, kernel, kernel)
              .groups(3)
              .layout(Layout.NHWC)
              .build();
      float[] weights = new float[conv.shape().weightsSize()];
      Arrays.fill(weights, 1);
      float[] src = new float[conv.shape().inputSize()];
      for (int i = 0; i < src.length; i++) {
        src[i] = i % 6 / 2 == 1 ? Float.NaN : 1;
      }
      float[] dst = new float[conv.shape().outputSize()];
      conv.plan(weights).run(src, dst);
      for (int i = 0; i < dst.length; i++) {
        assertEquals(i % 6 / 2 == 1 ? Float.NaN : 2f * kernel * kernel, dst[i]);
      }
    }
  }

  private static int groups(int i) {
    return 1 + i % 6;
  }

  private static int filters(int i) {
    return groups(i) * (1 + i / 6 % 8);
  }

  private Conv2d.Builder builder(int i, int images, int height, int width) {
    return Conv2d.builder()
        .input(images, groups(i) * (1 + random.nextInt(8)), height, width)
        .groups(groups(i));
  }

  private void check(Conv2d.Builder builder) {
    ConvProblem problem =
        new ConvProblem(builder.build().shape(), Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
    joined += GroupedJoinedConv.pays(problem) ? 1 : 0;
    checks.withoutUnfolding(builder);
  }
}

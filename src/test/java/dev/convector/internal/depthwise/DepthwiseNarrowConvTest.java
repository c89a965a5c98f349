package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Channels-last images of fewer channels than lanes, read by vectors that reach beyond a pixel. */
class DepthwiseNarrowConvTest {
  private final Random random = new Random(12);
  private final IntegerChecks checks = new IntegerChecks(random);
  private int narrow;

  /** From one pixel a row on, whose vector is several rows, also where an array ends behind it. */
  @Test
  void anyKernelStrideDilationAndPadding() {
    for (int i = 0; i < 600; i++) {
      int kernel = 1 + random.nextInt(7);
      int height = random.nextInt(4) == 0 ? 1 + random.nextInt(7) : kernel;
      int dilation = 1 + random.nextInt(5) / 4;
      int reach = (Math.max(height, kernel) - 1) * dilation + 1;
      int channels = 2 + random.nextInt(Simd.LANES - 2);
      int padding = random.nextInt(1 + reach / 2);
      check(
          Conv2d.builder()
              .input(
                  1 + i % 3,
                  channels,
                  Math.max(1, reach - padding) + random.nextInt(20),
                  Math.max(1, reach - padding) + random.nextInt(20))
              .groups(channels)
              .filters(channels, height, kernel)
              .stride(1 + random.nextInt(3))
              .dilation(dilation)
              .padding(padding, random.nextInt(2) + padding / 2, padding, padding));
    }
    assertTrue(narrow > (Simd.LANES == 4 ? 20 : 100), () -> "only " + narrow);
  }

  /** Blocks of some rows, which several threads share. */
  @Test
  void largeImages() {
    int channels = Simd.LANES - 1;
    for (int kernel = 3; kernel <= 7; kernel += 2) {
      for (int stride = 1; stride <= 3; stride++) {
        check(
            Conv2d.builder()
                .input(2, channels, 90, 83)
                .groups(channels)
                .filters(channels, kernel, kernel)
                .stride(stride)
                .padding(kernel / 2));
      }
    }
    // With 16 registers, pixels of planes in the lanes have kernels for those without stride.
    assertEquals(Simd.LANES == 4 ? 7 : Simd.MANY_REGISTERS ? 9 : 6, narrow);
  }

  /** Neither a neighbour's channels nor what lies behind the image is seen. */
  @Test
  void channelsKeepToThemselves() {
    int channels = Simd.LANES - 1;
    for (int stride = 1; stride <= 2; stride++) {
      Conv2d conv =
          Conv2d.builder()
              .input(2, channels, 9, 7)
              .groups(channels)
              .filters(channels, 3, 3)
              .stride(stride)
              .layout(Layout.NHWC)
              .build();
      float[] weights = new float[conv.shape().weightsSize()];
      Arrays.fill(weights, 1);
      float[] src = new float[conv.shape().inputSize()];
      for (int i = 0; i < src.length; i++) {
        src[i] = i % channels == 1 ? Float.NaN : 1;
      }
      float[] dst = new float[conv.shape().outputSize()];
      conv.plan(weights).run(src, dst);
      for (int i = 0; i < dst.length; i++) {
        assertEquals(i % channels == 1 ? Float.NaN : 9, dst[i]);
      }
    }
  }

  private void check(Conv2d.Builder builder) {
    ConvProblem problem =
        new ConvProblem(builder.build().shape(), Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
    narrow += DepthwiseNarrowConv.pays(problem) ? 1 : 0;
    checks.depthwise(builder);
  }
}

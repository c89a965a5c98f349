package dev.convector.internal.grouped;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Few channels a group, on integers, so that every sum is exact. */
class GroupedConvTest {
  private final Random random = new Random(6);
  private final IntegerChecks checks = new IntegerChecks(random);

  @Test
  void everyGroupSize() {
    for (int channels = 1; channels <= 20; channels++) {
      for (int filters = 1; filters <= 20; filters++) {
        int groups = 2 + random.nextInt(9);
        Conv2d.Builder builder = builder(groups, channels, filters, 3, 9).padding(1);
        check(builder.stride(1 + random.nextInt(2)));
      }
    }
  }

  /** Every number of pixels in a tile, every cut of its ends. */
  @Test
  void everyWidth() {
    int[] channels = {3, 4, 16};
    int i = 0;
    for (int width = 1; width <= 34; width++) {
      for (int stride = 1; stride <= 2; stride++) {
        for (int sides = 0; sides < 4; sides++) {
          int left = sides & 1;
          int right = sides >> 1;
          if (width + left + right >= 3) {
            check(
                builder(5, channels[i % 3], channels[i % 3], 3, width)
                    .stride(stride)
                    .padding(1, left, 1, right));
            i++;
          }
        }
      }
    }
  }

  /**
   * Groups of whole pairs of vectors, which one tile computes; two kernel columns go tap by tap.
   */
  @Test
  void pairsOfVectors() {
    for (int width = 3; width <= 19; width++) {
      for (int kernel = 2; kernel <= 3; kernel++) {
        for (int stride = 1; stride <= 2; stride++) {
          int filters = 32 * (1 + random.nextInt(2));
          check(builder(3, 5, filters, kernel, width).stride(stride).padding(1));
        }
      }
    }
  }

  /** Windows of 64 rows whatever the block, which a block of one output would load. */
  @Test
  void blocksOfWideReachesAreNotSmall() {
    assumeTrue(Blocking.KC == 1024);
    Axis axis = Axis.of(128);
    ConvShape output = new ConvShape(1, 32, axis, axis, 32, 8);
    int pixels =
        GroupedPhaseConv.blockPixels(
            output, Simd.LANES, 1, 2, p -> 16L * (64 + p / 128) * (64 + Math.min(p, 128)));
    assertTrue(pixels >= 128, () -> "pixels: " + pixels);
  }

  /** Of which a window of channels does not fit the usual strip. */
  @Test
  void wideReaches() {
    for (int channels : new int[] {4, 8, 12}) {
      check(
          Conv2d.builder()
              .input(1, 4 * channels, 80, 90)
              .filters(4 * channels, 3, 3)
              .groups(4)
              .dilation(34)
              .padding(20));
    }
  }

  @Test
  void anyKernelStrideDilationAndPadding() {
    for (int i = 0; i < 150; i++) {
      int kernel = 1 + random.nextInt(5);
      int dilation = 1 + random.nextInt(3);
      int span = (kernel - 1) * dilation + 1;
      int groups = 2 + random.nextInt(9);
      check(
          builder(groups, 1 + random.nextInt(9), 1 + random.nextInt(9), kernel, span + i % 12)
              .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
              .dilation(dilation)
              .padding(random.nextInt(9), random.nextInt(9), random.nextInt(9), random.nextInt(9)));
    }
  }

  /** Every number of channels whose weights are kept in registers, and more; several lines. */
  @Test
  void pointwise() {
    for (int channels = 1; channels <= 18; channels++) {
      for (int filters : new int[] {1, 2, 5, 8, 16, 17}) {
        int stride = 1 + random.nextInt(3);
        check(builder(2 + random.nextInt(40), channels, filters, 1, 7).stride(stride));
      }
    }
    assertTrue(isPoint(builder(9, 3, 3, 1, 7)));
    assertTrue(isPoint(builder(9, 1, 2, 1, 7)));
  }

  /** Images of 10 MB and more, whose blocks are read ahead, with rows and columns outside. */
  @Test
  void imagesInMemory() {
    for (int kernel = 1; kernel <= 3; kernel += 2) {
      check(
          Conv2d.builder()
              .input(2, 48, 181, 149)
              .filters(48 + 16 * (kernel - 1), kernel, kernel)
              .padding(kernel - 1, 0, 0, kernel / 2)
              .groups(16));
    }
  }

  /** One and two vectors a panel of several to a group, or to all channels. */
  @Test
  void pointwiseToManyFilters() {
    for (int channels = 1; channels <= 7; channels++) {
      for (int vectors = 1; vectors <= 4; vectors++) {
        for (int groups : new int[] {1, 3}) {
          for (int stride = 1; stride <= 2; stride++) {
            check(builder(groups, channels, vectors * Simd.LANES, 1, 7).stride(stride));
          }
        }
      }
    }
    assertTrue(isPoint(builder(1, 3, 2 * Simd.LANES, 1, 7)));
    assertTrue(isPoint(builder(3, 2, 4 * Simd.LANES, 1, 7).stride(2)));
    assertTrue(isPoint(builder(1, 4, 3 * Simd.LANES, 1, 7).stride(2)));
    assertFalse(isPoint(builder(1, 8, 2 * Simd.LANES, 1, 7)));
  }

  /** Every distance of the pixels in a strip, with one vector of filters a tile and two. */
  @Test
  void everyStep() {
    for (int channels : new int[] {5, 8, 9, 16, 17, 32, 33, 47}) {
      for (int filters : new int[] {17, 32}) {
        for (int stride = 1; stride <= 2; stride++) {
          check(builder(2, channels, filters, 3, 15).padding(1).stride(stride));
        }
      }
    }
  }

  /** More floats than the windows of a strip together may have. */
  @Test
  void windowsInTurns() {
    check(builder(40, 16, 16, 5, 13).padding(40).dilation(19).stride(1));
  }

  /** So many windows that half a row would keep within a strip, where kernels cut both its ends. */
  @Test
  void cutRowsOfManyWindows() {
    Conv2d.Builder builder =
        Conv2d.builder()
            .input(1, 20 * 16, 34, 14)
            .filters(20 * 16, 33, 3)
            .groups(20)
            .padding(16, 1, 16, 1);
    check(builder);
  }

  /** Images large enough for lanes along the pixels, some narrower than a vector or the kernel. */
  @Test
  void planes() {
    int planar = 0;
    for (int i = 0; i < 60; i++) {
      int groups = 2 + random.nextInt(3);
      int channels = 1 + random.nextInt(i % 2 == 0 ? 20 : 8);
      int filters = 3 + random.nextInt(18);
      int dilation = 1 + random.nextInt(i % 4 == 0 ? 9 : 1);
      int left = random.nextInt(4 * dilation + 1);
      Conv2d.Builder builder =
          Conv2d.builder()
              .input(
                  1 + random.nextInt(2),
                  groups * channels,
                  3 + random.nextInt(48),
                  1 + random.nextInt(40))
              .filters(groups * filters, 1 + random.nextInt(5), 1 + random.nextInt(5))
              .groups(groups)
              .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
              .dilation(dilation)
              .padding(4 * dilation, left, 0, 4 * dilation - left);
      planar += isPlanar(builder) ? 1 : 0;
      check(builder);
    }
    int tried = planar;
    assertTrue(tried > 20, () -> "only " + tried);
  }

  /** More floats than one strip holds. */
  @Test
  void strips() {
    for (int stride = 1; stride <= 2; stride++) {
      for (int width : new int[] {13, 50, 201}) {
        Conv2d.Builder builder =
            Conv2d.builder()
                .input(1, 24, 10_000 / width, width)
                .filters(18, 3, 3)
                .groups(3)
                .padding(1)
                .stride(stride);
        assertTrue(isPlanar(builder));
        check(builder);
      }
    }
  }

  /** Pixels of one group, turned on the way in and out: not of four lanes by 16 registers. */
  @Test
  void turnedPixels() {
    int turned = 0;
    for (int i = 0; i < 60; i++) {
      Conv2d.Builder builder =
          Conv2d.builder()
              .input(
                  1 + random.nextInt(2),
                  1 + random.nextInt(i % 4 == 0 ? 20 : 9),
                  16 + random.nextInt(16),
                  48 + random.nextInt(60))
              .filters(1 + random.nextInt(12), 1 + random.nextInt(5), 1 + random.nextInt(7))
              .stride(1 + random.nextInt(3))
              .dilation(1 + random.nextInt(2))
              .padding(random.nextInt(4), random.nextInt(4), random.nextInt(4), random.nextInt(4));
      turned += pays(builder, Layout.NHWC) ? 1 : 0;
      check(builder);
    }
    int tried = turned;
    boolean mayPay = Simd.LANES > 4 || Simd.MANY_REGISTERS;
    assertTrue(tried > 0 || !mayPay, () -> "only " + tried);
  }

  private static boolean isPlanar(Conv2d.Builder builder) {
    return pays(builder, Layout.NCHW);
  }

  private static boolean pays(Conv2d.Builder builder, Layout layout) {
    ConvShape shape = builder.layout(layout).build().shape();
    return GroupedPixelConv.pays(
        new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD));
  }

  private static boolean isPoint(Conv2d.Builder builder) {
    ConvShape shape = builder.layout(Layout.NHWC).build().shape();
    return GroupedPointConv.pays(
        new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD));
  }

  private Conv2d.Builder builder(int groups, int channels, int filters, int kernel, int width) {
    return Conv2d.builder()
        .input(1 + random.nextInt(2), groups * channels, kernel * 3 + random.nextInt(4), width)
        .filters(groups * filters, kernel, kernel)
        .groups(groups);
  }

  private void check(Conv2d.Builder builder) {
    checks.withoutUnfolding(builder);
  }
}

package dev.convector.internal.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseTapCall;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Few channels of a group: first layers, one channel in, kernels as wide as the image. */
class DenseTapConvTest {
  private static final int[] FILTERS = {9, 16, 24, 32, 48, 64, 70};

  private final Random random = new Random(8);
  private final IntegerChecks checks = new IntegerChecks(random);

  /** Each that has tiles of its own, and others between. */
  @Test
  void everyDistance() {
    int fast = 0;
    for (int channels = 1; channels <= 9; channels++) {
      for (int stride = 1; stride <= 3; stride++) {
        fast += DenseTapCall.isFast(channels * stride) ? 1 : 0;
        int filters = FILTERS[random.nextInt(FILTERS.length)];
        checks.direct(builder(channels, filters, 3, 27).stride(stride).padding(1));
      }
    }
    int tried = fast;
    assertTrue(tried > 15, () -> "only " + tried);
  }

  /** Those that strided groups have tiles for, of one and of two vectors. */
  @Test
  void distancesOfGroups() {
    for (int groupChannels = 3; groupChannels <= 4; groupChannels++) {
      assertTrue(DenseTapCall.hasConstant(12 * groupChannels));
      for (int groupFilters : new int[] {16, 20}) {
        for (int width = 13; width <= 90; width += 1 + random.nextInt(24)) {
          checks.direct(
              Conv2d.builder()
                  .input(1, 6 * groupChannels, 7, width)
                  .filters(6 * groupFilters, 3, 3)
                  .groups(6)
                  .stride(2)
                  .padding(1));
        }
      }
    }
  }

  /** Every number of pixels in a tile. */
  @Test
  void everyWidth() {
    for (int filters : new int[] {9, 24, 48, 64}) {
      for (int width = 1; width <= 37; width += 1 + random.nextInt(8)) {
        checks.direct(builder(3, filters, 3, width).padding(1, 1, 1, 1 + random.nextInt(3)));
      }
    }
  }

  @Test
  void anyKernelStrideDilationAndPadding() {
    for (int i = 0; i < 60; i++) {
      int kernel = 1 + random.nextInt(5);
      int dilation = 1 + random.nextInt(3);
      int span = (kernel - 1) * dilation + 1;
      checks.direct(
          builder(1 + random.nextInt(8), FILTERS[i % FILTERS.length], kernel, span + i % 30)
              .stride(1 + random.nextInt(4), 1 + random.nextInt(4))
              .dilation(dilation)
              .padding(random.nextInt(9), random.nextInt(9), random.nextInt(9), random.nextInt(9)));
    }
  }

  /** Sums of more products than a pass over a panel has. */
  @Test
  void deep() {
    for (int i = 0; i < 8; i++) {
      checks.direct(Conv2d.builder().input(1, 3, 24, 24).filters(17, 20, 18));
    }
  }

  /** What is staged of a long row's panel fits a worker's scratch, whatever the filters. */
  @Test
  void longRows() {
    for (int filters : new int[] {17, 40, 100}) {
      Conv2d.Builder builder =
          Conv2d.builder().input(1, 1, 200, 200).filters(filters, 1, 1).layout(Layout.NHWC);
      Conv2dPlan plan = builder.build().plan(new float[filters]);
      assertTrue(plan.workspaceBytes() <= 4 << 20, plan.toString());
      float[] src = counted(40_000, 5);
      float[] weights = counted(filters, 7);
      float[] dst = new float[40_000 * filters];
      builder.build().plan(weights).run(src, dst);
      for (int i = 0; i < dst.length; i++) {
        assertEquals(i / filters % 5 * (i % filters % 7), dst[i]);
      }
    }
  }

  private static float[] counted(int size, int to) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i % to;
    }
    return values;
  }

  /** A strip of a row, and none of several rows, holds what a block sees. */
  @Test
  void wideReaches() {
    for (int channels : new int[] {3, 16}) {
      checks.direct(
          Conv2d.builder()
              .input(1, channels, 72, 80)
              .filters(17, 7, 7)
              .dilation(9)
              .padding(27, 20, 27, 20));
    }
    checks.direct(
        Conv2d.builder().input(1, 16, 128, 130).filters(8, 2, 2).dilation(110).padding(9));
  }

  /** Of 65 rows and columns, which a block of one output would copy. */
  @Test
  void blocksOfWideReachesAreNotSmall() {
    assumeTrue(Blocking.KC == 1024);
    Axis axis = new Axis(128, 9, 1, 8, 32, 32);
    assertTrue(DenseTapBlocks.pixels(new ConvShape(1, 32, axis, axis, 32, 1), 1) >= 128);
  }

  /** Kernels as wide as the image, and those that see more padding than image. */
  @Test
  void wide() {
    for (int i = 0; i < 8; i++) {
      checks.direct(Conv2d.builder().input(1, 8, 7, 9).filters(20, 5, 9).padding(2, 4, 2, 4));
    }
    checks.direct(Conv2d.builder().input(1, 3, 5, 5).filters(17, 21, 21).padding(10));
    checks.direct(Conv2d.builder().input(1, 1, 3, 30).filters(17, 3, 401).padding(1, 200, 1, 200));
    checks.direct(Conv2d.builder().input(1, 5, 9, 9).filters(17, 3, 3).padding(9).dilation(9));
  }

  /**
   * Kernel rows left out, and columns in pieces with weights of their own, or of nothing at all.
   */
  @Test
  void mostlyPadding() {
    for (int i = 0; i < 24; i++) {
      int kernel = 2 + random.nextInt(6);
      int dilation = 1 + random.nextInt(9);
      int padding = (kernel - 1) * dilation / 2 + random.nextInt(4);
      checks.direct(
          Conv2d.builder()
              .input(1 + i % 2, 1 + random.nextInt(9), 5 + random.nextInt(20), 5 + i)
              .filters(FILTERS[i % FILTERS.length], kernel, kernel)
              .stride(1 + random.nextInt(2), 1 + random.nextInt(2))
              .padding(padding, padding, padding + 2, padding + 2)
              .dilation(dilation));
    }
    checks.direct(Conv2d.builder().input(1, 5, 44, 50).filters(9, 7, 7).padding(30).dilation(10));
    checks.direct(Conv2d.builder().input(1, 8, 5, 5).filters(17, 2, 2).padding(6).dilation(12));
  }

  /** Rows that don't fit a strip as a whole. */
  @Test
  void partsOfRows() {
    checks.direct(Conv2d.builder().input(1, 3, 4, 9_000).filters(16, 4, 4).stride(2).padding(1));
  }

  /** Wide rows, whose windows inside the image are read where they lie. */
  @Test
  void imagesInPlace() {
    for (int filters : new int[] {3, 12, 16, 24, 32, 70, 128}) {
      for (int stride = 1; stride <= 2; stride++) {
        for (int channels : new int[] {1, 3, 8}) {
          int kernel = 2 + random.nextInt(3);
          int width = 200 / channels + 20 + random.nextInt(9);
          checks.direct(
              builder(channels, filters, kernel, width)
                  .stride(stride)
                  .padding(random.nextInt(2), random.nextInt(2), random.nextInt(3), 1));
          checks.direct(builder(channels, filters, kernel, 5 + random.nextInt(40)).stride(stride));
        }
      }
    }
  }

  /** 1x1 kernels on few channels, whose pixels are windows. */
  @Test
  void points() {
    for (int i = 0; i < 60; i++) {
      checks.withoutUnfolding(
          Conv2d.builder()
              .input(1 + i % 3, 1 + random.nextInt(33), 1 + random.nextInt(20), 21)
              .filters(FILTERS[i % FILTERS.length], 1, 1)
              .stride(1 + i % 2));
    }
  }

  /** More filters a group than a vector holds, so that each group but the last spoils the next. */
  @Test
  void groups() {
    for (int i = 0; i < 40; i++) {
      int groups = 2 + i % 4;
      int kernel = 2 + random.nextInt(3);
      checks.direct(
          Conv2d.builder()
              .input(1 + i % 2, groups * (1 + random.nextInt(12)), 9, 9 + random.nextInt(60))
              .filters(groups * FILTERS[i % FILTERS.length], kernel, kernel)
              .groups(groups)
              .stride(1 + random.nextInt(2))
              .padding(random.nextInt(kernel)));
    }
  }

  /** The few of them that don't fill a vector, pixels in the lanes; also of many channels. */
  @Test
  void fewFilters() {
    for (int filters = 1; filters <= 8; filters++) {
      for (int stride = 1; stride <= 4; stride++) {
        for (int channels : new int[] {1, 5, 17}) {
          int kernel = 1 + random.nextInt(3);
          checks.direct(
              builder(channels, filters, kernel, 30 + random.nextInt(20))
                  .stride(stride)
                  .dilation(1 + random.nextInt(3))
                  .padding(random.nextInt(2 * kernel)));
        }
      }
    }
  }

  /** Filters of which the kernels themselves make channels-last pixels, whole rows and others. */
  @Test
  void filtersThatAreTurned() {
    for (int filters : new int[] {2, 4, 8}) {
      for (int i = 0; i < 16; i++) {
        int width = 3 + random.nextInt(70);
        checks.direct(
            Conv2d.builder()
                .input(1 + i % 2, 1 + i % 5, 200 / width + 4 + random.nextInt(9), width)
                .filters(filters, 3, 3)
                .stride(1 + i % 2)
                .padding(random.nextInt(2)));
      }
    }
  }

  /** 1x1 kernels on planes that are read where they lie. */
  @Test
  void planesInPlace() {
    for (int filters : new int[] {1, 2, 3, 4, 8, 16}) {
      for (int size : new int[] {12, 19, 31}) {
        checks.direct(
            Conv2d.builder()
                .input(2, 1 + random.nextInt(12), size, size + 1)
                .filters(filters, 1, 1));
      }
    }
  }

  /** Planes of which a strip holds some rows. */
  @Test
  void rowsOfPlanesInPlace() {
    for (int filters = 1; filters <= 4; filters++) {
      checks.direct(Conv2d.builder().input(1, 70, 31, 33).filters(filters, 1, 1));
    }
  }

  @Test
  void oneChannelIsNoDepthwiseConvolution() {
    for (Layout layout : Layout.values()) {
      Conv2d.Builder audio = Conv2d.builder().input(1, 1, 1, 4000).filters(64, 1, 10).stride(1, 5);
      Conv2d conv = audio.layout(layout).build();
      assertEquals(Algorithm.DIRECT, conv.plan(new float[conv.shape().weightsSize()]).algorithm());
    }
  }

  private Conv2d.Builder builder(int channels, int filters, int kernel, int width) {
    return Conv2d.builder()
        .input(
            1 + random.nextInt(2),
            channels,
            3 * kernel + random.nextInt(4),
            Math.max(width, kernel))
        .filters(filters, kernel, kernel);
  }
}

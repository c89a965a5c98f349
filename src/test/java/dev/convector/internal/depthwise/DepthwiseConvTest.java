package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.ConvShape;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.reference.ReferenceConv2d;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integer-valued data against the oracle, bit by bit. */
class DepthwiseConvTest {

  @ParameterizedTest(name = "{0}x{1}x{2}, multiplier {3}, kernel {4}x{5}/{6}, d {7}, pad {8} {9}")
  @CsvSource({
    // channels, height, width, multiplier, kernel height and width, stride, dilation, padding
    "32, 9, 14, 1, 3, 3, 1, 1, 1, 1",
    "40, 7, 7, 1, 3, 3, 1, 1, 1, 1",
    "24, 15, 15, 1, 3, 3, 2, 1, 1, 1",
    "17, 10, 23, 1, 5, 5, 1, 1, 2, 2",
    "20, 11, 29, 1, 5, 5, 2, 1, 2, 2",
    "16, 8, 16, 1, 7, 7, 1, 1, 3, 3",
    "16, 17, 16, 1, 7, 7, 2, 1, 3, 3",
    "33, 20, 18, 1, 31, 31, 1, 1, 15, 15",
    "5, 6, 9, 1, 1, 1, 1, 1, 0, 0",
    "5, 6, 9, 1, 1, 1, 3, 1, 2, 2",
    "19, 4, 3, 1, 2, 7, 1, 1, 4, 5",
    "19, 3, 2, 1, 5, 5, 1, 1, 2, 2",
    "21, 9, 9, 1, 3, 3, 1, 2, 2, 2",
    "21, 5, 5, 1, 3, 3, 1, 12, 12, 12",
    "18, 12, 13, 1, 4, 9, 3, 1, 1, 4",
    "16, 6, 7, 1, 3, 3, 1, 1, 9, 9",
    "6, 9, 8, 3, 3, 3, 1, 1, 1, 1",
    "9, 9, 8, 16, 5, 3, 2, 1, 2, 1",
    "1, 30, 31, 1, 3, 3, 1, 1, 1, 1",
    "512, 8, 5, 1, 3, 3, 1, 1, 1, 1",
    "512, 9, 9, 1, 3, 3, 2, 1, 1, 1",
    "512, 40, 40, 1, 3, 3, 5, 1, 1, 1",
    "512, 6, 15, 1, 3, 3, 1, 1, 1, 1",
    "520, 7, 9, 1, 3, 3, 2, 1, 1, 1",
    "128, 9, 28, 1, 3, 3, 1, 1, 1, 1",
    "8, 3, 700, 1, 9, 9, 1, 1, 4, 4",
    // tap by tap: ranges of few columns and many rows, last channels
    "21, 20, 20, 1, 3, 3, 4, 1, 1, 1",
    "40, 33, 9, 1, 5, 5, 3, 1, 2, 2",
    "130, 33, 5, 1, 3, 3, 3, 1, 1, 1",
    "18, 30, 5, 1, 3, 3, 1, 2, 2, 2",
    "300, 40, 3, 1, 5, 1, 2, 1, 0, 0",
    // so large that small blocks take them to be in memory
    "40, 65, 83, 1, 5, 5, 1, 1, 2, 2",
    "40, 83, 65, 1, 4, 4, 2, 1, 1, 0",
    "75, 61, 63, 1, 3, 3, 2, 1, 1, 1",
    "300, 31, 30, 1, 5, 1, 1, 2, 0, 0",
    "20, 12, 420, 1, 5, 5, 1, 1, 2, 2",
    // ... all numbers of vectors, and pixels of whole lines
    "32, 9, 12, 1, 3, 3, 3, 1, 1, 1",
    "48, 9, 12, 1, 3, 3, 3, 1, 1, 1",
    "80, 9, 12, 1, 3, 3, 3, 1, 1, 1",
    "112, 9, 31, 1, 3, 3, 4, 1, 1, 1",
    "150, 9, 12, 1, 3, 2, 3, 1, 1, 1",
    // runs in place: of all widths, with columns inside and without, dilated
    "48, 40, 67, 1, 11, 11, 3, 1, 5, 5",
    "40, 20, 31, 1, 6, 6, 2, 1, 2, 2",
    "20, 31, 30, 1, 3, 13, 2, 1, 0, 7",
    "33, 12, 40, 1, 9, 9, 3, 1, 4, 0",
    "18, 12, 5, 1, 6, 6, 2, 1, 3, 5",
    "35, 25, 26, 1, 3, 3, 2, 2, 2, 2",
    "35, 25, 26, 1, 5, 5, 2, 3, 6, 6",
    "35, 25, 36, 1, 4, 4, 4, 6, 6, 6",
    // strips of strided kernels, tiles along the row and down the rows
    "33, 41, 9, 1, 9, 9, 2, 1, 4, 4",
    "18, 30, 70, 1, 13, 13, 3, 1, 6, 5",
    "17, 9, 66, 1, 3, 33, 2, 1, 1, 16",
    "5, 20, 19, 1, 7, 7, 3, 2, 3, 4",
    "9, 20, 40, 1, 4, 6, 3, 1, 1, 7",
    "19, 20, 40, 1, 6, 7, 5, 4, 9, 12",
    "6, 9, 30, 1, 2, 7, 9, 1, 1, 3",
    "7, 16, 18, 4, 6, 6, 2, 1, 2, 2",
    "40, 17, 17, 1, 6, 6, 1, 1, 2, 3",
    "12, 17, 33, 1, 8, 8, 1, 1, 0, 4",
    // wide reaches: tap by tap with several pixels in a vector, and strips
    "3, 60, 61, 1, 9, 9, 1, 5, 0, 0",
    "2, 33, 40, 2, 13, 13, 1, 2, 12, 12",
    "4, 45, 50, 1, 9, 9, 2, 1, 4, 4",
    "8, 45, 50, 1, 7, 7, 1, 7, 21, 21",
    "17, 100, 110, 1, 9, 9, 1, 11, 0, 0",
    // 3x3 kernels: heights and widths around the tile of rows, with and without rows outside
    "48, 1, 1, 1, 3, 3, 1, 1, 1, 1",
    "48, 1, 2, 1, 3, 3, 2, 1, 1, 1",
    "48, 2, 1, 1, 3, 3, 2, 1, 1, 1",
    "48, 5, 16, 1, 3, 3, 1, 1, 0, 1",
    "48, 6, 15, 1, 3, 3, 1, 1, 1, 0",
    "48, 13, 31, 1, 3, 3, 1, 1, 1, 1",
    "48, 14, 32, 1, 3, 3, 2, 1, 1, 1",
    "48, 9, 29, 1, 3, 3, 2, 1, 0, 1",
    "48, 8, 28, 1, 3, 3, 2, 1, 1, 0",
    "48, 7, 9, 1, 3, 3, 1, 1, 2, 1",
    "48, 7, 9, 1, 3, 3, 2, 1, 1, 2",
    "300, 3, 4, 1, 3, 3, 1, 1, 1, 1",
    "70, 7, 7, 1, 3, 3, 1, 1, 1, 1",
    "70, 14, 14, 1, 3, 3, 2, 1, 1, 1",
    "37, 15, 13, 1, 3, 3, 2, 1, 1, 1",
    "3, 90, 70, 1, 3, 3, 1, 1, 1, 1",
    "3, 120, 130, 1, 3, 3, 2, 1, 1, 1",
    "3, 120, 130, 1, 3, 3, 2, 1, 0, 0",
    // ... rows of the input 4 KiB apart, widths around the tile of columns
    "64, 23, 16, 1, 3, 3, 2, 1, 1, 1",
    "64, 8, 16, 1, 3, 3, 2, 1, 0, 0",
    "1024, 5, 3, 1, 3, 3, 2, 1, 1, 1",
    "16, 21, 64, 1, 3, 3, 2, 1, 1, 1",
    "20, 5, 28, 1, 3, 3, 1, 1, 1, 1",
    "32, 9, 57, 1, 3, 3, 1, 1, 1, 1",
    "32, 9, 115, 1, 3, 3, 2, 1, 1, 0",
    "5, 1, 1, 1, 3, 3, 1, 1, 1, 1",
    "5, 2, 17, 1, 3, 3, 1, 1, 1, 9",
    "5, 2, 2, 1, 3, 3, 2, 1, 1, 1",
    "7, 16, 18, 4, 3, 3, 2, 1, 1, 0",
    "1, 3, 4, 1, 3, 3, 1, 1, 0, 1",
    "5, 6, 7, 1, 3, 3, 1, 1, 1, 40",
    "5, 6, 7, 1, 3, 3, 1, 1, 1, 16",
    // last channels of many wide rows: the strip must not hold them all
    "1, 576, 931, 1, 3, 3, 2, 1, 0, 0",
    "1, 1200, 1300, 1, 1, 1, 2, 1, 0, 0",
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
      int padRows,
      int padColumns) {
    for (Layout layout : Layout.values()) {
      Conv2d conv =
          Conv2d.builder()
              .input(2, channels, height, width)
              .filters(channels * multiplier, kernelHeight, kernelWidth)
              .stride(stride)
              .dilation(dilation)
              .padding(padRows, padColumns)
              .groups(channels)
              .layout(layout)
              .activation(Activation.clamp(-9, 60))
              .build();
      for (int seed = 0; seed < 4; seed++) {
        check(conv, seed);
      }
    }
  }

  /**
   * Channels-first planes of every width up to some vectors, kernels that are larger than they are,
   * more planes than a group has, all paddings that a row of the image can still be seen with.
   */
  @Test
  void planesOfAllWidthsEqualTheReference() {
    Activation[] activations = {Activation.NONE, Activation.RELU, Activation.clamp(-9, 60)};
    for (int width = 1; width <= 40; width++) {
      for (int kernel = 3; kernel <= 7; kernel += 2) {
        for (int stride = 1; stride <= 2; stride++) {
          for (int dilation = 1; dilation <= (stride == 1 ? 3 : 1); dilation++) {
            Random random = new Random(width * 100 + kernel * 10 + stride * 3 + dilation);
            int reach = dilation * (kernel - 1);
            int height = 1 + random.nextInt(24);
            int pad = random.nextBoolean() ? reach / 2 : random.nextInt(reach + 1);
            int side = random.nextBoolean() ? reach / 2 : random.nextInt(reach + 1);
            int bottom = Math.max(random.nextInt(reach + 1), reach + 1 - height - pad);
            int right = Math.max(random.nextInt(reach + 1), reach + 1 - width - side);
            int channels = 1 + random.nextInt(12);
            int multiplier = random.nextInt(4) == 0 ? 2 : 1;
            Conv2d conv =
                Conv2d.builder()
                    .input(1 + random.nextInt(2), channels, height, width)
                    .filters(channels * multiplier, kernel, kernel)
                    .stride(stride)
                    .dilation(dilation)
                    .padding(pad, side, bottom, right)
                    .groups(channels)
                    .layout(Layout.NCHW)
                    .activation(activations[random.nextInt(3)])
                    .build();
            for (int seed = 0; seed < 4; seed++) {
              check(conv, seed);
            }
          }
        }
      }
    }
  }

  /** Planes that are read ahead, a block of rows at a time, with rows above and below outside. */
  @ParameterizedTest
  @CsvSource({"3, 1, 1, 0", "3, 1, 1, 2", "3, 2, 1, 1", "5, 1, 2, 3", "7, 1, 1, 1"})
  void planesInMemoryEqualTheReference(int kernel, int stride, int dilation, int seed) {
    int reach = dilation * (kernel - 1);
    Conv2d conv =
        Conv2d.builder()
            .input(1, stride == 1 ? 28 : 46, 220, 223)
            .filters(stride == 1 ? 28 : 46, kernel, kernel)
            .stride(stride)
            .dilation(dilation)
            .padding(reach, reach / 2, reach / 2, 0)
            .groups(stride == 1 ? 28 : 46)
            .layout(Layout.NCHW)
            .build();
    check(conv, seed);
  }

  /**
   * Pixels a multiple of 4 KiB apart, which tiles with channels innermost compute: all heights and
   * widths up to some tiles, with and without rows and columns outside.
   */
  @Test
  void imagesOfFewCacheSetsEqualTheReference() {
    Activation[] activations = {Activation.NONE, Activation.RELU, Activation.clamp(-9, 60)};
    for (int stride = 1; stride <= 2; stride++) {
      for (int height = 1; height <= 10; height++) {
        for (int width = 1; width <= 7; width++) {
          Random random = new Random(height * 100 + width * 10 + stride);
          int top = height < 3 ? 1 : random.nextInt(2);
          int left = width < 3 ? 1 : random.nextInt(2);
          int bottom = height < 3 ? 1 : random.nextInt(2);
          int right = width < 3 ? 1 : random.nextInt(2);
          Conv2d conv =
              Conv2d.builder()
                  .input(1, 1024, height, width)
                  .filters(1024, 3, 3)
                  .stride(stride)
                  .padding(top, left, bottom, right)
                  .groups(1024)
                  .layout(Layout.NHWC)
                  .activation(activations[random.nextInt(3)])
                  .build();
          check(conv, random.nextInt(4));
        }
      }
    }
  }

  /** Channels last, kernels of all sizes and dilations on images of a few tiles, any padding. */
  @Test
  void tilesOfAllKernelsEqualTheReference() {
    Activation[] activations = {Activation.NONE, Activation.RELU, Activation.clamp(-9, 60)};
    for (int width = 1; width <= 8; width++) {
      for (int kernel = 1; kernel <= 7; kernel++) {
        for (int dilation = 1; dilation <= 3; dilation++) {
          Random random = new Random(width * 100 + kernel * 10 + dilation);
          int kernelHeight = 1 + random.nextInt(7);
          int reach = dilation * (kernelHeight - 1);
          int side = dilation * (kernel - 1);
          int height = 1 + random.nextInt(9);
          int top = random.nextInt(reach + 1);
          int left = random.nextBoolean() ? side / 2 : random.nextInt(side + 1);
          int bottom = Math.max(random.nextInt(reach + 1), reach + 1 - height - top);
          int right = random.nextBoolean() ? side - side / 2 : random.nextInt(side + 1);
          right = Math.max(right, side + 1 - width - left);
          int channels = 16 + random.nextInt(40);
          Conv2d conv =
              Conv2d.builder()
                  .input(1 + random.nextInt(2), channels, height, width)
                  .filters(channels, kernelHeight, kernel)
                  .stride(1 + random.nextInt(2))
                  .dilation(dilation)
                  .padding(top, left, bottom, right)
                  .groups(channels)
                  .layout(Layout.NHWC)
                  .activation(activations[random.nextInt(3)])
                  .build();
          check(conv, random.nextInt(4));
        }
      }
    }
  }

  /**
   * Both layouts, few channels and some vectors of them, several filters a channel, all kernels,
   * strides up to 5, dilations, any padding.
   */
  @Test
  void allStridesEqualTheReference() {
    Activation[] activations = {Activation.NONE, Activation.RELU, Activation.clamp(-9, 60)};
    for (int i = 0; i < 300; i++) {
      Random random = new Random(i);
      int channels = i % 3 == 0 ? 16 + random.nextInt(30) : 2 + random.nextInt(15);
      int multiplier = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
      int[] sizes = {1 + random.nextInt(i % 5 == 0 ? 60 : 20), 1 + random.nextInt(40)};
      int[] kernel = {1 + random.nextInt(7), 1 + random.nextInt(7)};
      int[] dilation = {1 + random.nextInt(i % 2 * 3 + 1), 1 + random.nextInt(i % 2 * 3 + 1)};
      int[] before = new int[2];
      int[] after = new int[2];
      for (int axis = 0; axis < 2; axis++) {
        int reach = dilation[axis] * (kernel[axis] - 1);
        before[axis] = random.nextInt(reach + 2);
        after[axis] = Math.max(random.nextInt(reach + 2), reach + 1 - sizes[axis] - before[axis]);
      }
      for (Layout layout : Layout.values()) {
        Conv2d conv =
            Conv2d.builder()
                .input(1 + random.nextInt(2), channels, sizes[0], sizes[1])
                .filters(channels * multiplier, kernel[0], kernel[1])
                .stride(1 + random.nextInt(5), 1 + random.nextInt(5))
                .dilation(dilation[0], dilation[1])
                .padding(before[0], before[1], after[0], after[1])
                .groups(channels)
                .layout(layout)
                .activation(activations[random.nextInt(3)])
                .build();
        check(conv, random.nextInt(4));
      }
    }
  }

  /**
   * An image's sides have other weights in memory than its middle, and the next image of a block
   * begins with its sides again. Small plans share arrays, so that only of some plans, of many of
   * different sizes, the two lie in different ones.
   */
  @Test
  void batchesOfStridedKernelsEqualTheReference() {
    for (int i = 0; i < 1500; i++) {
      int channels = 16 * (1 + i * 7 % 5);
      Conv2d conv =
          Conv2d.builder()
              .input(3, channels, 6, 12)
              .filters(channels, 7, 7)
              .stride(3)
              .padding(4)
              .groups(channels)
              .layout(Layout.NHWC)
              .build();
      check(conv, 0);
    }
  }

  /** Images of which several are a block, of all kernels that are read in place. */
  @Test
  void batchesOfSmallImagesEqualTheReference() {
    for (int i = 0; i < 60; i++) {
      Random random = new Random(i);
      int channels = 16 + random.nextInt(80);
      int kernel = 1 + i % 7;
      int size = kernel + random.nextInt(5);
      Conv2d conv =
          Conv2d.builder()
              .input(2 + random.nextInt(30), channels, size, size + random.nextInt(3))
              .filters(channels, kernel, 1 + random.nextInt(kernel))
              .stride(1 + i % 4)
              .padding(random.nextInt(kernel))
              .groups(channels)
              .layout(Layout.NHWC)
              .activation(i % 3 == 0 ? Activation.leakyRelu(0.5f) : Activation.RELU)
              .build();
      check(conv, random.nextInt(4));
    }
  }

  /**
   * Strips of a channels-last image whose last channels don't fill a vector: those are loaded with
   * channels before them, whose padding must stay zero.
   */
  @Test
  void paddingBesideTheLastChannelsStaysZero() {
    for (int channels = 17; channels < 50; channels++) {
      for (int width = 5; width < 9; width++) {
        Conv2d conv =
            Conv2d.builder()
                .input(1, channels, 3, width)
                .filters(channels, 2, 2)
                .dilation(2)
                .padding(1, 0, 1, 4)
                .groups(channels)
                .layout(Layout.NHWC)
                .build();
        check(conv, channels % 4);
      }
    }
  }

  /** Where some before them have theirs already: those must not be computed again. */
  @Test
  void lastChannelsAreActivatedOnce() {
    for (int channels : new int[] {20, 300, 530}) {
      for (int stride = 1; stride <= 3; stride++) {
        Conv2d conv =
            Conv2d.builder()
                .input(2, channels, 7, 6)
                .filters(channels, 3, 3)
                .stride(stride)
                .padding(1)
                .groups(channels)
                .layout(Layout.NHWC)
                .activation(Activation.leakyRelu(0.5f))
                .build();
        for (int seed = 0; seed < 4; seed++) {
          check(conv, seed);
        }
      }
    }
  }

  /** Even seeds have a bias, seeds from 2 on a residual, seed 3 in the place of the output. */
  private static void check(Conv2d conv, int seed) {
    ConvShape shape = conv.shape();
    Random random = new Random(seed);
    float[] weights = integers(random, shape.weightsSize());
    float[] bias = seed % 2 == 0 ? integers(random, shape.filters()) : null;
    float[] src = integers(random, shape.inputSize() + 3);
    float[] expected = integers(random, shape.outputSize() + 7);
    float[] actual = expected.clone();
    float[] other = integers(random, shape.outputSize() + 7);
    float[] residual = seed == 2 ? other : seed == 3 ? expected.clone() : null;
    ReferenceConv2d.run(
        conv.shape(),
        conv.layout(),
        false,
        conv.activation(),
        weights,
        bias,
        src,
        3,
        residual,
        5,
        expected,
        5);
    Conv2dPlan plan = conv.plan(weights, bias, Algorithm.DEPTHWISE);
    Execution execution = seed % 2 == 0 ? Execution.serial() : Execution.common();
    plan.run(src, 3, seed == 3 ? actual : residual, 5, actual, 5, execution);
    assertArrayEquals(expected, actual, plan.toString());
    assertTrue(plan.workspaceBytes() <= 2 << 20, plan.toString());
  }

  /** 81 multiply-adds an output. */
  @ParameterizedTest
  @CsvSource({"3, 123, 11, 0", "32, 128, 8, 32"})
  void stripsOfAWideReachAreNotCopiedForEachOutput(
      int channels, int size, int dilation, int padding) {
    assumeTrue(Blocking.KC == 1024);
    Axis axis = new Axis(size, 9, 1, dilation, padding, padding);
    ConvShape shape = new ConvShape(1, channels, axis, axis, channels, channels);
    double copies =
        DepthwiseConv.copies(
            new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD));
    assertTrue(copies < 24, () -> "copies: " + copies);
  }

  @Test
  void refusesWhatIsNotDepthwise() {
    Conv2d conv = Conv2d.builder().input(1, 8, 5, 5).filters(8, 3, 3).groups(4).build();
    assertTrue(conv.refusal(Algorithm.DEPTHWISE).orElseThrow().contains("groups"));
  }

  private static float[] integers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(9) - 4;
    }
    return values;
  }
}

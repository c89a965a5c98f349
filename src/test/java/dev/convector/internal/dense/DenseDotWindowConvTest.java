package dev.convector.internal.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.UnitChecks;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Convolutions to few filters, on integers, so that every sum is exact. */
class DenseDotWindowConvTest {
  private final Random random = new Random(11);
  private final IntegerChecks checks = new IntegerChecks(random);

  /** What the list takes them for, and what it leaves to pixels in the lanes. */
  @Test
  void choice() {
    assertTrue(pays(64, 1, 3, 2));
    assertTrue(pays(64, Simd.LANES / 4, 5, 1));
    assertFalse(pays(64, 16, 3, 1));
    assertFalse(pays(3, 1, 3, 1));
  }

  private static boolean pays(int channels, int filters, int kernel, int stride) {
    Axis axis = new Axis(28, kernel, stride, 1, 1, 1);
    ConvShape shape = new ConvShape(1, channels, axis, axis, filters, 1);
    return DenseDotWindowConv.pays(
        new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD));
  }

  /** Every tile, runs of whole vectors and others, some kernel rows of which meet no padding. */
  @Test
  void filters() {
    for (int filters = 1; filters <= 17; filters++) {
      for (int i = 0; i < 4; i++) {
        int kernel = 1 + random.nextInt(4);
        check(16 + random.nextInt(30), 12, filters, kernel, 1 + random.nextInt(2), 1);
      }
    }
  }

  /** Rows and columns that see all of the kernel, few or none. */
  @Test
  void padding() {
    for (int kernel = 2; kernel <= 9; kernel++) {
      for (int stride = 1; stride <= 3; stride++) {
        checks.direct(
            Conv2d.builder()
                .input(2, 16 + random.nextInt(20), 1 + random.nextInt(9), 1 + random.nextInt(12))
                .filters(1 + random.nextInt(5), kernel, kernel)
                .stride(1 + random.nextInt(3), stride)
                .padding(kernel, kernel + 1, kernel, kernel - 1));
      }
    }
  }

  @Test
  void dilated() {
    for (int dilation = 2; dilation <= 5; dilation++) {
      for (int filters : new int[] {1, 3, 8}) {
        checks.direct(
            Conv2d.builder()
                .input(1, 16 + random.nextInt(20), 9 + random.nextInt(9), 12)
                .filters(filters, 1 + random.nextInt(3), 3)
                .dilation(1 + random.nextInt(3), dilation)
                .padding(random.nextInt(4), dilation));
      }
    }
  }

  /** Images of few pixels, which leave it to no other kernel, and many channels. */
  @Test
  void fewPixels() {
    for (int filters = 1; filters <= 8; filters++) {
      checks.direct(
          Conv2d.builder()
              .input(2, 70 + random.nextInt(70), 3 + random.nextInt(3), 4)
              .filters(filters, 3, 3)
              .padding(random.nextInt(3), random.nextInt(3)));
    }
  }

  /** More filters of single pixels, in parts. */
  @Test
  void deepPoints() {
    for (int filters = 2; filters <= 12; filters++) {
      checks.withoutUnfolding(Conv2d.builder().input(3, 2050, 1, 1).filters(filters, 1, 1));
    }
  }

  @Test
  void groups() {
    for (int filters = 1; filters <= 9; filters++) {
      check(17 + random.nextInt(20), 9, filters, 1 + random.nextInt(3), 1, 2 + random.nextInt(3));
    }
  }

  /**
   * Although a block's first and last rows may see fewer kernel rows than those inside it: floats,
   * runs of whole vectors with a rest behind.
   */
  @Test
  void bitsAreTheSameInAnyBlocks() {
    for (int filters = 1; filters <= 3; filters++) {
      for (int kernel = 3; kernel <= 5; kernel += 2) {
        Axis axis = new Axis(24, kernel, 1, 1, kernel / 2, kernel / 2);
        ConvShape shape = new ConvShape(1, 2 * Simd.LANES + 1, axis, axis, filters, 1);
        ConvProblem problem =
            new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
        PackedWork work = new DenseDotWindowConv(problem, floats(shape.weightsSize()), null);
        UnitChecks.requireSameBits(work, floats(shape.inputSize()), shape.outputSize(), problem);
      }
    }
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Of one group's channels and filters. */
  private void check(int channels, int size, int filters, int kernel, int stride, int groups) {
    checks.direct(
        Conv2d.builder()
            .input(1 + random.nextInt(2), groups * channels, size, size + random.nextInt(30))
            .filters(groups * filters, kernel, kernel)
            .stride(stride, stride)
            .padding(random.nextInt(kernel), random.nextInt(kernel))
            .groups(groups));
  }

  /** Of inputs longer than what the tiles mask indexes to: the same sums. */
  @Test
  void farTilesAreTheSame() {
    for (int filters = 1; filters <= DenseDotWindowCall.MOST_FILTERS; filters++) {
      int results = 3 * filters * Simd.LANES;
      DenseDotWindowCall p = new DenseDotWindowCall();
      p.a = random(8 * Simd.LANES);
      p.b = random(4 * filters * Simd.LANES);
      p.taps = new int[] {0, Simd.LANES + 1};
      p.steps = 2;
      p.ends = new int[] {3, Simd.LANES};
      p.endSteps = 2;
      p.bEnds = 2 * filters * Simd.LANES;
      p.mask = new int[Simd.LANES];
      p.mask[Simd.LANES - 1] = -1;
      p.sums = new float[results];
      p.cStep = filters * Simd.LANES;
      p.aTile = Simd.LANES + 1;
      p.cTile = p.cStep;
      DenseDotWindowKernels.tiles(p, 1, filters, 5, 0, 3);
      float[] expected = p.sums;
      p.sums = new float[results];
      DenseDotWindowKernels.far(p, filters, 5, 0, 3);
      assertArrayEquals(expected, p.sums);
      assertTrue(expected[results - 1] != 0);
    }
  }

  private float[] random(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 1 + random.nextInt(5);
    }
    return values;
  }
}

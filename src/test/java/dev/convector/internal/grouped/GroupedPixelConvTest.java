package dev.convector.internal.grouped;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.IntegerChecks;
import dev.convector.internal.UnitChecks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups of channels-last images with pixels in the lanes, against the oracle. */
class GroupedPixelConvTest {
  private final Random random = new Random(11);
  private final IntegerChecks checks = new IntegerChecks(random);

  @Test
  void anyGroups() {
    int turned = 0;
    for (int i = 0; i < 60; i++) {
      int groups = 2 + random.nextInt(18);
      int channels = 1 + random.nextInt(9);
      int filters = 1 + random.nextInt(8);
      Conv2d.Builder builder =
          Conv2d.builder()
              .input(1 + random.nextInt(2), groups * channels, 24 + random.nextInt(30), 33 + i)
              .filters(groups * filters, 1 + random.nextInt(6), 2 + random.nextInt(6))
              .groups(groups)
              .dilation(1 + random.nextInt(2))
              .padding(random.nextInt(4), random.nextInt(4), random.nextInt(4), random.nextInt(4));
      ConvShape shape = builder.layout(Layout.NHWC).build().shape();
      turned += GroupedPixelConv.pays(problem(shape)) ? 1 : 0;
      checks.direct(builder);
    }
    int found = turned;
    assertTrue(found >= 10 || hasSmallBlocks(), () -> "only " + found);
  }

  /** Windows of groups end within a part, and parts within a window. */
  @ParameterizedTest
  @CsvSource({"24, 3, 4", "10, 7, 3", "5, 16, 8", "9, 9, 5"})
  void partsHaveTheSameBits(int groups, int channels, int filters) {
    assumeFalse(hasSmallBlocks());
    Axis axis = new Axis(41, 5, 1, 1, 2, 2);
    ConvShape shape = new ConvShape(2, groups * channels, axis, axis, groups * filters, groups);
    float[] weights = floats(shape.weightsSize());
    GroupedPixelConv work = new GroupedPixelConv(problem(shape), weights, floats(shape.filters()));
    UnitChecks.requireSameBits(work, floats(shape.inputSize()), shape.outputSize(), shape);
  }

  @ParameterizedTest
  @CsvSource({
    // groups, channels, filters, kernel, stride, dilation
    "true, 3, 2, 6, 5, 1, 1",
    "true, 16, 4, 4, 5, 1, 1",
    "true, 8, 8, 4, 3, 1, 1",
    "true, 8, 8, 8, 3, 1, 2",
    "false, 32, 4, 4, 3, 1, 1",
    "false, 10, 2, 3, 5, 2, 1",
    "false, 5, 3, 3, 5, 1, 1",
    "false, 8, 16, 16, 5, 1, 1"
  })
  void pays(
      boolean expected,
      int groups,
      int channels,
      int filters,
      int kernel,
      int stride,
      int dilation) {
    assumeTrue(Simd.LANES == 16 && !hasSmallBlocks());
    int padding = kernel / 2 * dilation;
    Axis axis = new Axis(56, kernel, stride, dilation, padding, padding);
    ConvShape shape = new ConvShape(1, groups * channels, axis, axis, groups * filters, groups);
    assertEquals(expected, GroupedPixelConv.pays(problem(shape)));
  }

  /** Which hold no strips of these shapes. */
  private static boolean hasSmallBlocks() {
    return Blocking.KC < 1024;
  }

  private static ConvProblem problem(ConvShape shape) {
    return new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}

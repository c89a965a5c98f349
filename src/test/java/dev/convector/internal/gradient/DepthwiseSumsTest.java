package dev.convector.internal.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Conv2d;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.internal.simd.Simd;
import dev.convector.reference.ReferenceConv2dBackward;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integer-valued data against the oracle, bit by bit. */
class DepthwiseSumsTest {
  private final Random random = new Random(5);

  @ParameterizedTest(name = "{0}x{1}x{2}, stride {3}, pad {4} {5}")
  @CsvSource({
    // channels, height, width, stride, padding before and behind
    "32, 9, 14, 1, 1, 1",
    "32, 9, 14, 2, 1, 1",
    "48, 3, 3, 1, 0, 0",
    "48, 3, 4, 2, 0, 0",
    "48, 4, 3, 2, 1, 0",
    "37, 8, 11, 1, 0, 1",
    "37, 7, 10, 2, 0, 1",
    "70, 1, 2, 1, 1, 1",
    "70, 2, 1, 2, 1, 1",
    "40, 5, 1, 1, 1, 1",
    "40, 5, 2, 1, 1, 0",
    "40, 5, 2, 1, 0, 1",
    "17, 40, 70, 1, 1, 1",
    "17, 41, 33, 2, 1, 1",
    // pixels a power of two apart
    "64, 5, 66, 1, 1, 1",
    "512, 6, 10, 1, 1, 1",
    "512, 9, 9, 2, 1, 1",
    "528, 7, 13, 1, 1, 0",
    "1031, 4, 5, 1, 1, 1",
    "128, 20, 40, 1, 0, 0",
  })
  void equalsTheReference(
      int channels, int height, int width, int stride, int padBefore, int padBehind) {
    Conv2d conv = conv(channels, height, width, stride, padBefore, padBehind);
    boolean accepted =
        DepthwiseSums.accepts(
            GradientProblem.of(conv.shape(), PaddingMode.ZEROS, Layout.NHWC, false));
    assertTrue(accepted || channels < Simd.LANES);
    float[] x = integers(conv.shape().inputSize());
    float[] y = integers(conv.shape().outputSize());
    float[] weights = new float[conv.shape().weightsSize()];
    float[] bias = new float[channels];
    ReferenceConv2dBackward.weights(conv.shape(), Layout.NHWC, false, x, 0, y, 0, weights, 0);
    int pixels = conv.shape().outputHeight() * conv.shape().outputWidth();
    ReferenceConv2dBackward.bias(Layout.NHWC, 2, channels, pixels, y, 0, bias, 0);
    float[] gradient = integers(weights.length);
    float[] biasGradient = integers(channels);
    conv.backwardWeights().run(x, y, gradient, biasGradient, Execution.serial());
    assertArrayEquals(weights, gradient);
    assertArrayEquals(bias, biasGradient);
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      conv.backwardWeights().accumulating().run(x, y, gradient, null, Execution.on(pool));
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= 2;
    }
    assertArrayEquals(weights, gradient);
  }

  /** What an outer column of the input is no part of must not be multiplied by it. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 0", "2, 1", "2, 0"})
  void infinitiesOfOuterColumnsStayInTheirTaps(int stride, int padding) {
    Conv2d conv = conv(40, 6, 9, stride, padding, padding);
    float[] x = integers(conv.shape().inputSize());
    float[] y = new float[conv.shape().outputSize()];
    Arrays.fill(y, 1);
    for (int i = 0; i < x.length; i++) {
      int column = i / 40 % 9;
      x[i] = column == 0 || column == 8 ? Float.POSITIVE_INFINITY : x[i];
    }
    float[] expected = new float[conv.shape().weightsSize()];
    ReferenceConv2dBackward.weights(conv.shape(), Layout.NHWC, false, x, 0, y, 0, expected, 0);
    float[] gradient = new float[expected.length];
    conv.backwardWeights().run(x, y, gradient, null, Execution.serial());
    assertArrayEquals(expected, gradient);
  }

  private static Conv2d conv(
      int channels, int height, int width, int stride, int padBefore, int padBehind) {
    return Conv2d.builder()
        .input(2, channels, height, width)
        .filters(channels, 3, 3)
        .stride(stride)
        .padding(padBefore, padBefore, padBehind, padBehind)
        .groups(channels)
        .layout(Layout.NHWC)
        .build();
  }

  private float[] integers(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(-4, 5);
    }
    return values;
  }
}

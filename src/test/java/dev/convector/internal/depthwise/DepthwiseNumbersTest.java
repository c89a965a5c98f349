package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that are no integers: what smooth activations make of sums, and what is no number. */
class DepthwiseNumbersTest {
  @Test
  void smoothActivationsFollowTheSums() {
    for (Layout layout : Layout.values()) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, 37, 10, 11)
              .filters(37, 3, 3)
              .padding(1)
              .groups(37)
              .layout(layout)
              .activation(Activation.SILU)
              .build();
      Random random = new Random(1);
      float[] weights = integers(random, conv.shape().weightsSize());
      float[] src = integers(random, conv.shape().inputSize());
      float[] expected = new float[conv.shape().outputSize()];
      float[] actual = new float[expected.length];
      ReferenceConv2d.run(
          conv.shape(),
          layout,
          false,
          conv.activation(),
          weights,
          null,
          src,
          0,
          null,
          0,
          expected,
          0);
      conv.plan(weights, null, Algorithm.DEPTHWISE).run(src, actual);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], actual[i], 4e-6 * Math.max(1, Math.abs(expected[i])));
      }
    }
  }

  /** Padding must not multiply: a NaN reaches the outputs whose window covers it, and no other. */
  @ParameterizedTest
  @CsvSource({
    "8, 3, 1, 1",
    "8, 3, 2, 1",
    "20, 3, 1, 2",
    "20, 5, 1, 1",
    "19, 5, 2, 1",
    "20, 7, 1, 1",
    "19, 7, 2, 1",
    "35, 7, 1, 2",
    "23, 3, 3, 1",
    "24, 5, 4, 2",
  })
  void notANumberStaysInItsWindows(int size, int kernel, int stride, int dilation) {
    for (int channels : new int[] {3, 16}) {
      notANumberStaysInItsWindows(channels, size, kernel, stride, dilation);
    }
  }

  private static void notANumberStaysInItsWindows(
      int channels, int size, int kernel, int stride, int dilation) {
    int pad = kernel / 2 * dilation;
    for (Layout layout : Layout.values()) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, channels, size, size)
              .filters(channels, kernel, kernel)
              .stride(stride)
              .dilation(dilation)
              .padding(pad)
              .groups(channels)
              .layout(layout)
              .build();
      int columns = conv.shape().outputWidth();
      int pixels = conv.shape().outputHeight() * columns;
      float[] weights = new float[conv.shape().weightsSize()];
      Arrays.fill(weights, 1);
      float[] dst = new float[conv.shape().outputSize()];
      int[] places = {0, size - 1, size * (size - 1), size * size - 1, size * (size / 2)};
      for (int place : places) {
        float[] src = new float[conv.shape().inputSize()];
        for (int c = 0; c < channels; c++) {
          src[layout == Layout.NHWC ? place * channels + c : c * size * size + place] = Float.NaN;
        }
        conv.plan(weights, null, Algorithm.DEPTHWISE).run(src, dst);
        for (int i = 0; i < dst.length; i++) {
          int pixel = layout == Layout.NHWC ? i / channels : i % pixels;
          int row = place / size + pad - pixel / columns * stride;
          int column = place % size + pad - pixel % columns * stride;
          boolean covered =
              row % dilation == 0
                  && column % dilation == 0
                  && Math.min(row, column) >= 0
                  && Math.max(row, column) < kernel * dilation;
          assertEquals(covered, Float.isNaN(dst[i]), layout + " pixel " + pixel);
        }
      }
    }
  }

  private static float[] integers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(9) - 4;
    }
    return values;
  }
}

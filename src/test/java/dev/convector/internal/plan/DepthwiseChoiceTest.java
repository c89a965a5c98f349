package dev.convector.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which class takes channels-last images of fewer channels than lanes, and planes. */
class DepthwiseChoiceTest {
  @ParameterizedTest
  @CsvSource({
    // channels, size, kernel, stride, dilation, padding
    "DepthwisePixelConv, 3, 224, 7, 1, 1, 3",
    "DepthwisePixelTapConv, 3, 123, 9, 1, 11, 0",
    "DepthwisePixelTapConv, 4, 150, 9, 2, 1, 4",
    "DepthwisePixelTapConv, 8, 100, 7, 1, 7, 21",
    "DepthwisePixelConv, 12, 100, 5, 1, 1, 2",
    "DepthwiseNarrowConv, 14, 100, 5, 1, 1, 2",
    "DepthwiseNarrowConv, 9, 100, 7, 1, 1, 3",
    "DepthwiseNarrowConv, 6, 100, 3, 2, 1, 1",
    "DepthwisePixelTapConv, 5, 100, 5, 2, 1, 2",
    "DepthwiseNarrowConv, 5, 100, 7, 3, 1, 3",
    "DepthwiseNarrowConv, 9, 100, 5, 1, 2, 4",
    "DepthwisePixelTapConv, 9, 100, 3, 1, 5, 5",
    "DepthwiseConv, 8, 150, 9, 1, 1, 4",
    "DepthwiseConv, 12, 112, 9, 1, 4, 16",
    "DepthwiseConv, 3, 112, 31, 1, 1, 15"
  })
  void channelsLast(
      String expected, int channels, int size, int kernel, int stride, int dilation, int padding) {
    Axis axis = new Axis(size, kernel, stride, dilation, padding, padding);
    check(expected, new ConvShape(1, channels, axis, axis, channels, channels), Layout.NHWC);
  }

  @ParameterizedTest
  @CsvSource({
    // channels, size, kernel rows and columns, stride, dilation, filters of each channel
    "GroupedPixelConv, 24, 40, 3, 1, 1, 1, 1",
    "GroupedPixelConv, 128, 56, 3, 1, 1, 1, 1",
    "GroupedPixelConv, 40, 60, 2, 2, 2, 1, 1",
    "GroupedPixelConv, 9, 60, 4, 4, 1, 1, 1",
    "GroupedPixelConv, 64, 28, 1, 5, 1, 1, 2",
    "GroupedPixelConv, 8, 56, 3, 3, 1, 1, 4",
    "DepthwisePixelConv, 8, 56, 3, 3, 1, 1, 2",
    "DepthwisePixelTapConv, 240, 80, 1, 5, 1, 2, 1",
    "DepthwiseConv, 36, 30, 8, 8, 1, 1, 1",
    "DepthwiseConv, 7, 50, 14, 14, 2, 1, 1",
    "DepthwiseConv, 96, 40, 8, 8, 1, 2, 1",
    "DepthwiseConv, 8, 96, 16, 16, 4, 1, 1",
    "DepthwisePixelTapConv, 3, 96, 16, 16, 4, 1, 1",
    "DepthwisePixelTapConv, 8, 80, 9, 9, 4, 1, 1"
  })
  void planes(
      String expected,
      int channels,
      int size,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int dilation,
      int each) {
    Axis rows = new Axis(size, kernelHeight, stride, dilation, 0, 0);
    Axis columns = new Axis(size, kernelWidth, stride, dilation, 0, 0);
    ConvShape shape = new ConvShape(1, channels, rows, columns, channels * each, channels);
    check(expected, shape, Layout.NCHW);
  }

  private static void check(String expected, ConvShape shape, Layout layout) {
    // Small blocks hold no strips of these.
    assumeTrue(Simd.LANES == 16 && Blocking.KC == 1024);
    ConvProblem problem = new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    Class<?> chosen = AlgorithmList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
    assertEquals(expected, chosen.getSimpleName());
  }
}

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

/** Which class takes groups: those that the rules were measured with. */
class GroupedChoiceTest {
  @ParameterizedTest
  @CsvSource({
    // channels and filters of a group, groups, size, kernel rows and columns, stride, dilation
    "GroupedConv, 32, 16, 2, 20, 3, 3, 2, 1",
    "DenseConv, 32, 10, 2, 28, 3, 3, 3, 1",
    "DenseConv, 20, 14, 16, 28, 3, 1, 2, 1",
    "GroupedConv, 12, 9, 16, 40, 2, 2, 2, 1",
    "DenseDotWindowConv, 48, 5, 4, 20, 3, 3, 2, 1",
    "DenseDotWindowConv, 40, 3, 3, 20, 3, 3, 1, 1",
    "GroupedPixelConv, 60, 8, 14, 28, 3, 3, 1, 1",
    "GroupedPixelConv, 60, 12, 14, 28, 3, 3, 1, 1",
    "GroupedPixelConv, 24, 18, 4, 28, 3, 3, 1, 2",
    "GroupedConv, 32, 18, 16, 14, 3, 3, 1, 1",
    "GroupedPixelConv, 8, 16, 2, 40, 5, 5, 1, 1",
    "GroupedPixelConv, 10, 3, 8, 12, 5, 5, 1, 1",
    "GroupedConv, 16, 10, 16, 12, 5, 5, 1, 1",
    "GroupedPixelConv, 20, 12, 4, 23, 5, 5, 1, 1",
    "GroupedConv, 12, 14, 4, 24, 5, 5, 1, 1",
    "GroupedPixelConv, 64, 12, 4, 42, 3, 3, 1, 1",
    "GroupedPixelConv, 128, 16, 4, 42, 3, 3, 1, 1",
    "DenseConv, 128, 16, 4, 16, 3, 3, 1, 1",
    "DenseTapConv, 2, 15, 8, 42, 3, 3, 1, 4",
    "DenseTapConv, 3, 9, 8, 42, 3, 3, 1, 1",
    "GroupedConv, 4, 12, 8, 42, 3, 3, 1, 1",
    "DenseConv, 64, 12, 4, 42, 3, 3, 2, 1",
    "DenseTapConv, 16, 48, 4, 28, 5, 5, 1, 1",
    "DenseTapConv, 32, 40, 4, 28, 3, 3, 2, 1",
    "GroupedConv, 32, 80, 4, 28, 3, 3, 2, 1",
    "GroupedConv, 32, 48, 4, 28, 3, 3, 1, 1",
    "DenseTapConv, 48, 48, 4, 28, 3, 3, 1, 2"
  })
  void channelsLast(
      String expected,
      int channels,
      int filters,
      int groups,
      int size,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int dilation) {
    assume(16, 32);
    Axis rows = new Axis(size, kernelHeight, stride, dilation, 0, 0);
    Axis columns = new Axis(size, kernelWidth, stride, dilation, 0, 0);
    assertEquals(expected, chosen(Layout.NHWC, channels, filters, groups, rows, columns));
  }

  @ParameterizedTest
  @CsvSource({
    // channels and filters of a group, groups, size, dilation and padding of 3x3
    "DenseConv, 48, 48, 4, 28, 4",
    "DenseConv, 24, 24, 4, 24, 8",
    "DenseConv, 24, 48, 4, 24, 8",
    "DenseConv, 32, 64, 4, 33, 12",
    "GroupedConv, 32, 64, 4, 20, 4",
    "GroupedConv, 16, 16, 32, 17, 6"
  })
  void channelsLastDilated(
      String expected, int channels, int filters, int groups, int size, int dilation) {
    assume(16, 32);
    Axis axis = new Axis(size, 3, 1, dilation, dilation, dilation);
    assertEquals(expected, chosen(Layout.NHWC, channels, filters, groups, axis, axis));
  }

  @ParameterizedTest
  @CsvSource({
    // channels and filters of a group, groups, size, kernel, stride, padding
    "GroupedPixelConv, 4, 4, 6, 17, 5, 1, 2",
    "GroupedPixelConv, 4, 4, 6, 15, 3, 2, 1",
    "GroupedPixelConv, 6, 6, 6, 9, 3, 1, 1",
    "GroupedPixelConv, 10, 10, 5, 18, 3, 2, 1",
    "GroupedPixelConv, 24, 24, 4, 10, 5, 1, 2",
    "GroupedConv, 12, 12, 4, 9, 3, 1, 1",
    "GroupedConv, 14, 14, 4, 9, 3, 1, 1",
    "GroupedPixelConv, 48, 12, 4, 28, 3, 1, 1",
    "GroupedPixelConv, 64, 16, 4, 14, 3, 1, 1",
    "GroupedPixelConv, 128, 24, 4, 28, 3, 1, 1",
    "DenseConv, 96, 32, 4, 28, 3, 1, 1",
    "DenseConv, 64, 16, 4, 36, 3, 2, 1"
  })
  void channelsFirst(
      String expected,
      int channels,
      int filters,
      int groups,
      int size,
      int kernel,
      int stride,
      int padding) {
    assume(16, 32);
    Axis axis = new Axis(size, kernel, stride, 1, padding, padding);
    assertEquals(expected, chosen(Layout.NCHW, channels, filters, groups, axis, axis));
  }

  @ParameterizedTest
  @CsvSource({
    // layout, channels and filters of a group, kernel, stride; 8 groups at 28x28
    "GroupedPixelConv, NCHW, 8, 8, 3, 1",
    "GroupedPixelConv, NCHW, 16, 16, 3, 2",
    "GroupedPixelConv, NCHW, 32, 32, 3, 1",
    "DenseConv, NCHW, 48, 16, 3, 1",
    "GroupedConv, NHWC, 8, 8, 3, 1",
    "GroupedConv, NHWC, 16, 8, 3, 2",
    "DenseTapConv, NHWC, 8, 16, 3, 1",
    "GroupedConv, NHWC, 16, 16, 3, 1",
    "GroupedConv, NHWC, 32, 16, 3, 1",
    "DenseConv, NHWC, 32, 16, 3, 2",
    "GroupedConv, NHWC, 24, 24, 3, 2",
    "GroupedPixelConv, NHWC, 4, 16, 5, 1",
    "GroupedPixelConv, NCHW, 3, 1, 3, 2",
    "GroupedPixelConv, NHWC, 4, 2, 3, 1",
    "GroupedPixelConv, NHWC, 36, 2, 3, 1",
    "GroupedPixelConv, NHWC, 64, 3, 3, 1",
    "DenseDotWindowConv, NHWC, 96, 2, 3, 1",
    "DenseDotWindowConv, NHWC, 40, 1, 3, 1",
    "GroupedConv, NCHW, 4, 4, 3, 3",
    "DenseConv, NCHW, 8, 8, 3, 4",
    "DenseConv, NCHW, 16, 16, 3, 3"
  })
  void with16Registers(
      String expected, Layout layout, int channels, int filters, int kernel, int stride) {
    assume(8, 16);
    Axis axis = new Axis(28, kernel, stride, 1, kernel / 2, kernel / 2);
    assertEquals(expected, chosen(layout, channels, filters, 8, axis, axis));
  }

  /** Small blocks hold no strips of these. */
  private static void assume(int lanes, int registers) {
    assumeTrue(Simd.LANES == lanes && Simd.REGISTERS == registers && Blocking.KC == 1024);
  }

  private static String chosen(
      Layout layout, int channels, int filters, int groups, Axis rows, Axis columns) {
    ConvShape shape = new ConvShape(1, groups * channels, rows, columns, groups * filters, groups);
    ConvProblem problem = new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    return AlgorithmList.pack(problem, Algorithm.AUTO, weights, null)
        .work()
        .getClass()
        .getSimpleName();
  }
}

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

/** Which class takes channels-last groups: those that the rules were measured with. */
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
    "DenseConv, 60, 12, 14, 28, 3, 3, 1, 1",
    "GroupedPixelConv, 24, 18, 4, 28, 3, 3, 1, 2",
    "GroupedConv, 32, 18, 16, 14, 3, 3, 1, 1",
    "GroupedPixelConv, 8, 16, 2, 40, 5, 5, 1, 1",
    "GroupedPixelConv, 10, 3, 8, 12, 5, 5, 1, 1",
    "GroupedConv, 16, 10, 16, 14, 5, 5, 1, 1"
  })
  void choice(
      String expected,
      int channels,
      int filters,
      int groups,
      int size,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int dilation) {
    // Small blocks hold no strips of these.
    assumeTrue(Simd.LANES == 16 && Simd.REGISTERS == 32 && Blocking.KC == 1024);
    Axis rows = new Axis(size, kernelHeight, stride, dilation, 0, 0);
    Axis columns = new Axis(size, kernelWidth, stride, dilation, 0, 0);
    ConvShape shape = new ConvShape(1, groups * channels, rows, columns, groups * filters, groups);
    ConvProblem problem = new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    Class<?> chosen = AlgorithmList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
    assertEquals(expected, chosen.getSimpleName());
  }
}

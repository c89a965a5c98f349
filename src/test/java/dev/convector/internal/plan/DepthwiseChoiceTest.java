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

/** Which class takes channels-last images of fewer channels than lanes. */
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
  void choice(
      String expected, int channels, int size, int kernel, int stride, int dilation, int padding) {
    // Small blocks hold no strips of these.
    assumeTrue(Simd.LANES == 16 && Blocking.KC == 1024);
    Axis axis = new Axis(size, kernel, stride, dilation, padding, padding);
    ConvShape shape = new ConvShape(1, channels, axis, axis, channels, channels);
    ConvProblem problem = new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    Class<?> chosen = AlgorithmList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
    assertEquals(expected, chosen.getSimpleName());
  }
}

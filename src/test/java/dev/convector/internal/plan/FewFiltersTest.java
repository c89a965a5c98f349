package dev.convector.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.dense.DenseConv;
import dev.convector.internal.dense.DenseDotWindowConv;
import dev.convector.internal.dense.DenseIm2colConv;
import dev.convector.internal.dense.DensePixelConv;
import dev.convector.internal.dense.DenseTapConv;
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.depthwise.DepthwisePixelConv;
import dev.convector.internal.grouped.GroupedConv;
import dev.convector.internal.grouped.GroupedPixelConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.simd.Simd;
import dev.convector.internal.winograd.WinogradConv;
import org.junit.jupiter.api.Test;

/** Which class takes few channels or filters: those that the estimates were fitted to. */
class FewFiltersTest {
  private static final Axis COLUMN = new Axis(62, 1, 4, 1, 0, 0);

  @Test
  void choice() {
    // Small blocks hold no strips of these.
    assumeTrue(Simd.LANES == 16 && Simd.REGISTERS == 32 && Blocking.KC == 1024);
    // Rows of padding leave a quarter of the lanes empty.
    check(GroupedPixelConv.class, Layout.NHWC, 7, axis(37, 11, 1, 2, 10), 2);
    check(GroupedPixelConv.class, Layout.NHWC, 6, axis(16, 3, 1, 1, 1), 2);
    check(GroupedPixelConv.class, Layout.NCHW, 32, axis(20, 3, 1, 2, 2), 1);
    check(GroupedPixelConv.class, Layout.NCHW, 1, axis(28, 7, 2, 1, 3), 4);
    check(DenseDotWindowConv.class, Layout.NHWC, 64, axis(20, 3, 1, 1, 1), 1);
    check(DenseTapConv.class, Layout.NHWC, 2, axis(102, 3, 1, 1, 1), 9);
    // Most taps meet padding.
    check(DenseTapConv.class, Layout.NHWC, 11, axis(10, 11, 1, 3, 15), 16);
    check(DenseConv.class, Layout.NHWC, 3, axis(7, 11, 1, 1, 5), 160);
    // Stretches where listed taps have no constant for the distance of two windows.
    check(DenseTapConv.class, Layout.NHWC, 16, axis(70, 3, 2, 1, 1), 16);
    check(DenseConv.class, Layout.NHWC, 20, axis(70, 3, 2, 1, 1), 16);
    check(DenseConv.class, Layout.NHWC, 11, axis(70, 2, 2, 1, 0), 32);
    check(DenseTapConv.class, Layout.NHWC, 7, axis(70, 2, 3, 1, 0), 32);
    check(DenseTapConv.class, Layout.NHWC, 11, axis(70, 3, 2, 1, 1), 48);
    // Planes before Winograd.
    check(GroupedPixelConv.class, Layout.NCHW, 32, axis(28, 3, 1, 1, 1), 12);
    check(WinogradConv.class, Layout.NCHW, 32, axis(28, 3, 1, 1, 1), 16);
    // Windows that see little of the input.
    check(
        DensePixelConv.class, Layout.NCHW, new ConvShape(9, 7, axis(62, 7, 4, 1, 0), COLUMN, 2, 1));
    // Dilated ones whose strip would be too large.
    check(DensePixelConv.class, Layout.NCHW, 160, axis(56, 3, 1, 5, 5), 3);
    check(DenseConv.class, Layout.NCHW, 160, axis(56, 3, 1, 5, 5), 16);
    check(DenseTapConv.class, Layout.NCHW, 24, axis(157, 11, 1, 5, 0), 8);
    // Each block of which would copy most of the image.
    check(DensePixelConv.class, Layout.NCHW, 160, axis(52, 3, 1, 16, 8), 64);
    check(DensePixelConv.class, Layout.NCHW, 56, axis(52, 2, 1, 16, 8), 24);
    check(DenseConv.class, Layout.NCHW, 160, axis(52, 3, 1, 12, 12), 64);
    // All of it, though the stride of the only row would leave out most.
    Axis row = new Axis(1, 1, 5, 1, 0, 0);
    check(
        DenseTapConv.class, Layout.NCHW, new ConvShape(1, 1, row, axis(16000, 10, 5, 1, 0), 64, 1));
  }

  @Test
  void with16Registers() {
    assumeTrue(Simd.LANES == 8 && Simd.REGISTERS == 16 && Blocking.KC == 1024);
    // Rows of outputs that don't fill a tile: overlapping windows, patches, one channel, padding.
    check(DenseConv.class, Layout.NHWC, narrow(8, 64, axis(2, 3, 1, 1, 1)));
    check(DenseConv.class, Layout.NCHW, narrow(8, 64, axis(2, 3, 1, 1, 1)));
    check(DenseTapConv.class, Layout.NHWC, narrow(3, 64, axis(6, 3, 1, 1, 1)));
    check(DenseIm2colConv.class, Layout.NHWC, 3, axis(8, 4, 4, 1, 0), 64);
    check(DenseTapConv.class, Layout.NHWC, 3, axis(24, 4, 4, 1, 0), 64);
    check(DenseTapConv.class, Layout.NHWC, narrow(1, 16, axis(3, 3, 1, 1, 1)));
    // Windows any distance apart, of many filters too.
    check(DenseIm2colConv.class, Layout.NHWC, 3, axis(333, 7, 7, 1, 0), 22);
    check(DenseConv.class, Layout.NCHW, 3, axis(333, 7, 7, 1, 0), 22);
    check(DenseConv.class, Layout.NCHW, 3, axis(240, 9, 9, 1, 0), 96);
    // Many filters of few channels: short rows with stride.
    check(DenseIm2colConv.class, Layout.NHWC, 3, axis(21, 5, 2, 1, 0), 224);
    check(DenseTapConv.class, Layout.NHWC, 3, axis(112, 5, 2, 1, 2), 224);
    check(DenseTapConv.class, Layout.NHWC, 8, axis(33, 3, 2, 8, 8), 128);
    check(DenseTapConv.class, Layout.NHWC, 8, axis(12, 11, 2, 1, 5), 128);
    // Blocks that would copy most of the image each.
    check(DensePixelConv.class, Layout.NCHW, 160, axis(52, 3, 1, 16, 8), 24);
    check(DenseConv.class, Layout.NCHW, 160, axis(52, 3, 1, 4, 4), 24);
    // One vector of filters.
    check(GroupedPixelConv.class, Layout.NCHW, 16, axis(56, 5, 1, 1, 2), 8);
    check(GroupedPixelConv.class, Layout.NCHW, 32, axis(56, 7, 2, 1, 3), 8);
    check(DenseConv.class, Layout.NCHW, 128, axis(56, 3, 2, 1, 1), 8);
    check(WinogradConv.class, Layout.NCHW, 64, axis(56, 3, 1, 1, 1), 8);
  }

  /** Unfolding computes the taps in the padding, which are most. */
  @Test
  void dilatedIntoPadding() {
    Axis axis = axis(12, 11, 1, 2, 10);
    ConvShape shape = new ConvShape(1, 160, axis, axis, 1, 1);
    assertNotEquals(DensePixelConv.class, chosen(Layout.NCHW, shape));
  }

  private static ConvShape narrow(int channels, int filters, Axis columns) {
    Axis rows = axis(100, columns.kernel(), 1, 1, columns.kernel() / 2);
    return new ConvShape(1, channels, rows, columns, filters, 1);
  }

  @Test
  void groupsWith16Registers() {
    assumeTrue(Simd.LANES == 8 && Simd.REGISTERS == 16 && Blocking.KC == 1024);
    checkGroups(GroupedPixelConv.class, 20, axis(28, 3, 1, 1, 1), 148, 4);
    checkGroups(GroupedConv.class, 20, axis(7, 3, 1, 1, 1), 148, 4);
    checkGroups(GroupedConv.class, 144, axis(28, 3, 1, 1, 1), 132, 3);
    checkGroups(DepthwiseConv.class, 96, axis(56, 5, 2, 1, 2), 96, 96);
    checkGroups(DepthwisePixelConv.class, 44, axis(56, 5, 2, 1, 2), 44, 44);
    checkGroups(DepthwisePixelConv.class, 96, axis(28, 7, 2, 1, 3), 192, 96);
  }

  private static void checkGroups(
      Class<?> expected, int channels, Axis axis, int filters, int groups) {
    check(expected, Layout.NCHW, new ConvShape(1, channels, axis, axis, filters, groups));
  }

  private static Axis axis(int size, int kernel, int stride, int dilation, int padding) {
    return new Axis(size, kernel, stride, dilation, padding, padding);
  }

  private static void check(
      Class<?> expected, Layout layout, int channels, Axis axis, int filters) {
    check(expected, layout, new ConvShape(1, channels, axis, axis, filters, 1));
  }

  private static void check(Class<?> expected, Layout layout, ConvShape shape) {
    assertEquals(expected, chosen(layout, shape), () -> layout + " " + shape);
  }

  private static Class<?> chosen(Layout layout, ConvShape shape) {
    ConvProblem problem = new ConvProblem(shape, layout, Activation.NONE, Accuracy.STANDARD);
    float[] weights = new float[shape.weightsSize()];
    return AlgorithmList.pack(problem, Algorithm.AUTO, weights, null).work().getClass();
  }
}

package dev.convector.reference;

import dev.convector.Activation;
import dev.convector.ConvShape;
import dev.convector.Layout;

/** The definition of two-dimensional convolution. */
public final class ReferenceConv2d {
  private ReferenceConv2d() {}

  /**
   * Convolves: for each output, in double precision, bias plus residual plus the products of all
   * taps that lie inside the input, then the activation, rounded once to float.
   *
   * @param shape the sizes
   * @param layout memory order of input, output and residual
   * @param flipKernel whether to turn the kernel by 180 degrees
   * @param activation applied last
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}
   * @param bias {@code [filters]}, or null for none
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param residual holds what is added, in the output's shape and layout; null for none
   * @param residualOffset index of its first element
   * @param dst receives the output
   * @param dstOffset index of its first element
   */
  public static void run(
      ConvShape shape,
      Layout layout,
      boolean flipKernel,
      Activation activation,
      float[] weights,
      float[] bias,
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset) {
    for (int n = 0; n < shape.batch(); n++) {
      for (int k = 0; k < shape.filters(); k++) {
        for (int p = 0; p < shape.outputHeight(); p++) {
          for (int q = 0; q < shape.outputWidth(); q++) {
            int at =
                index(
                    layout, shape.filters(), shape.outputHeight(), shape.outputWidth(), n, k, p, q);
            double sum = sum(shape, layout, flipKernel, weights, src, srcOffset, n, k, p, q);
            sum += bias == null ? 0 : bias[k];
            sum += residual == null ? 0 : residual[residualOffset + at];
            dst[dstOffset + at] = (float) activation.apply(sum);
          }
        }
      }
    }
  }

  private static double sum(
      ConvShape shape,
      Layout layout,
      boolean flipKernel,
      float[] weights,
      float[] src,
      int srcOffset,
      int n,
      int k,
      int p,
      int q) {
    int firstChannel = k / shape.groupFilters() * shape.groupChannels();
    double sum = 0;
    for (int c = 0; c < shape.groupChannels(); c++) {
      for (int r = 0; r < shape.kernelHeight(); r++) {
        int y = p * shape.strideHeight() + r * shape.dilationHeight() - shape.padTop();
        boolean isInside = y >= 0 && y < shape.height();
        int row = flipKernel ? shape.kernelHeight() - 1 - r : r;
        int firstWeight =
            ((k * shape.groupChannels() + c) * shape.kernelHeight() + row) * shape.kernelWidth();
        for (int s = 0; isInside && s < shape.kernelWidth(); s++) {
          int x = q * shape.strideWidth() + s * shape.dilationWidth() - shape.padLeft();
          if (x >= 0 && x < shape.width()) {
            int column = flipKernel ? shape.kernelWidth() - 1 - s : s;
            int at =
                index(
                    layout,
                    shape.channels(),
                    shape.height(),
                    shape.width(),
                    n,
                    firstChannel + c,
                    y,
                    x);
            sum += (double) weights[firstWeight + column] * src[srcOffset + at];
          }
        }
      }
    }
    return sum;
  }

  private static int index(
      Layout layout, int channels, int height, int width, int n, int c, int y, int x) {
    return switch (layout) {
      case NCHW -> ((n * channels + c) * height + y) * width + x;
      case NHWC -> ((n * height + y) * width + x) * channels + c;
    };
  }
}

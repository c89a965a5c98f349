package dev.convector.reference;

import dev.convector.ConvShape;
import dev.convector.Layout;

/** The definition of the gradients of two-dimensional convolution, without its activation. */
public final class ReferenceConv2dBackward {
  private ReferenceConv2dBackward() {}

  /**
   * The gradient with respect to the input, in double precision, rounded once to float: since the
   * output is {@code sum of weight * input}, each input's is the sum, over all outputs and taps
   * that it goes into, of the weight times the gradient of that output.
   *
   * @param shape the sizes of the convolution
   * @param layout memory order of input and output
   * @param flipKernel whether the convolution turns its kernel by 180 degrees
   * @param weights {@code [filters][channels / groups][kernelHeight][kernelWidth]}
   * @param outputGradient holds the gradient with respect to the output
   * @param outputOffset index of its first element
   * @param inputGradient receives the gradient with respect to the input
   * @param inputOffset index of its first element
   */
  public static void data(
      ConvShape shape,
      Layout layout,
      boolean flipKernel,
      float[] weights,
      float[] outputGradient,
      int outputOffset,
      float[] inputGradient,
      int inputOffset) {
    double[] sums = new double[shape.inputSize()];
    for (int n = 0; n < shape.batch(); n++) {
      for (int k = 0; k < shape.filters(); k++) {
        for (int p = 0; p < shape.outputHeight(); p++) {
          for (int q = 0; q < shape.outputWidth(); q++) {
            int at =
                index(
                    layout, shape.filters(), shape.outputHeight(), shape.outputWidth(), n, k, p, q);
            float gradient = outputGradient[outputOffset + at];
            data(shape, layout, flipKernel, weights, gradient, sums, n, k, p, q);
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      inputGradient[inputOffset + i] = (float) sums[i];
    }
  }

  /** Adds what one output's gradient contributes to the inputs that it was computed from. */
  private static void data(
      ConvShape shape,
      Layout layout,
      boolean flipKernel,
      float[] weights,
      float gradient,
      double[] sums,
      int n,
      int k,
      int p,
      int q) {
    int firstChannel = k / shape.groupFilters() * shape.groupChannels();
    for (int c = 0; c < shape.groupChannels(); c++) {
      for (int r = 0; r < shape.kernelHeight(); r++) {
        for (int s = 0; s < shape.kernelWidth(); s++) {
          int y = p * shape.strideHeight() + r * shape.dilationHeight() - shape.padTop();
          int x = q * shape.strideWidth() + s * shape.dilationWidth() - shape.padLeft();
          if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
            int row = flipKernel ? shape.kernelHeight() - 1 - r : r;
            int column = flipKernel ? shape.kernelWidth() - 1 - s : s;
            float weight =
                weights[
                    ((k * shape.groupChannels() + c) * shape.kernelHeight() + row)
                            * shape.kernelWidth()
                        + column];
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
            sums[at] += (double) weight * gradient;
          }
        }
      }
    }
  }

  private static int index(
      Layout layout, int channels, int height, int width, int n, int c, int y, int x) {
    return switch (layout) {
      case NCHW -> ((n * channels + c) * height + y) * width + x;
      case NHWC -> ((n * height + y) * width + x) * channels + c;
    };
  }
}

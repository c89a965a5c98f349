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

  /**
   * The gradient with respect to the weights, in double precision, rounded once to float: each
   * weight's is the sum, over all outputs that it goes into, of the input that it meets there times
   * the gradient of that output.
   *
   * @param shape the sizes of the convolution
   * @param layout memory order of input and output
   * @param flipKernel whether the convolution turns its kernel by 180 degrees
   * @param input holds the convolution's input
   * @param inputOffset index of its first element
   * @param outputGradient holds the gradient with respect to the output
   * @param outputOffset index of its first element
   * @param weightsGradient receives {@code [filters][channels / groups][kernelHeight]
   *     [kernelWidth]}
   * @param weightsOffset index of its first element
   */
  public static void weights(
      ConvShape shape,
      Layout layout,
      boolean flipKernel,
      float[] input,
      int inputOffset,
      float[] outputGradient,
      int outputOffset,
      float[] weightsGradient,
      int weightsOffset) {
    int at = weightsOffset;
    for (int k = 0; k < shape.filters(); k++) {
      for (int c = 0; c < shape.groupChannels(); c++) {
        for (int row = 0; row < shape.kernelHeight(); row++) {
          for (int column = 0; column < shape.kernelWidth(); column++) {
            int r = flipKernel ? shape.kernelHeight() - 1 - row : row;
            int s = flipKernel ? shape.kernelWidth() - 1 - column : column;
            double sum =
                weight(shape, layout, input, inputOffset, outputGradient, outputOffset, k, c, r, s);
            weightsGradient[at++] = (float) sum;
          }
        }
      }
    }
  }

  private static double weight(
      ConvShape shape,
      Layout layout,
      float[] input,
      int inputOffset,
      float[] outputGradient,
      int outputOffset,
      int k,
      int c,
      int r,
      int s) {
    int channel = k / shape.groupFilters() * shape.groupChannels() + c;
    double sum = 0;
    for (int n = 0; n < shape.batch(); n++) {
      for (int p = 0; p < shape.outputHeight(); p++) {
        for (int q = 0; q < shape.outputWidth(); q++) {
          int y = p * shape.strideHeight() + r * shape.dilationHeight() - shape.padTop();
          int x = q * shape.strideWidth() + s * shape.dilationWidth() - shape.padLeft();
          if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
            int in =
                index(layout, shape.channels(), shape.height(), shape.width(), n, channel, y, x);
            int out =
                index(
                    layout, shape.filters(), shape.outputHeight(), shape.outputWidth(), n, k, p, q);
            sum += (double) input[inputOffset + in] * outputGradient[outputOffset + out];
          }
        }
      }
    }
    return sum;
  }

  /**
   * The gradient with respect to the bias: each filter's is the sum of the gradients of its
   * outputs, in double precision, rounded once to float. That of a transposed convolution is the
   * same of its output.
   *
   * @param layout memory order of the output
   * @param batch images
   * @param filters channels of the output
   * @param pixels of each of its planes
   * @param outputGradient holds the gradient with respect to the output
   * @param outputOffset index of its first element
   * @param biasGradient receives {@code [filters]}
   * @param biasOffset index of its first element
   */
  public static void bias(
      Layout layout,
      int batch,
      int filters,
      int pixels,
      float[] outputGradient,
      int outputOffset,
      float[] biasGradient,
      int biasOffset) {
    for (int k = 0; k < filters; k++) {
      double sum = 0;
      for (int n = 0; n < batch; n++) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          sum += outputGradient[outputOffset + index(layout, filters, 1, pixels, n, k, 0, pixel)];
        }
      }
      biasGradient[biasOffset + k] = (float) sum;
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

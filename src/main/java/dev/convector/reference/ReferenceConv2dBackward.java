package dev.convector.reference;

import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import java.util.Arrays;

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
    float[] y = part(outputGradient, outputOffset, shape.outputSize());
    float[] x = volume(shape, layout, flipKernel).data(weights, y);
    System.arraycopy(x, 0, inputGradient, inputOffset, x.length);
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
    float[] x = part(input, inputOffset, shape.inputSize());
    float[] y = part(outputGradient, outputOffset, shape.outputSize());
    float[] weights = volume(shape, layout, flipKernel).weights(x, y);
    System.arraycopy(weights, 0, weightsGradient, weightsOffset, weights.length);
  }

  /** The array itself if it is all of it: it may be as long as Java can index. */
  private static float[] part(float[] array, int offset, int size) {
    boolean whole = offset == 0 && array.length == size;
    return whole ? array : Arrays.copyOfRange(array, offset, offset + size);
  }

  private static ReferenceConv3d volume(ConvShape s, Layout layout, boolean flipKernel) {
    Conv3dShape shape =
        new Conv3dShape(
            s.batch(), s.channels(), Axis.of(1), s.rows(), s.columns(), s.filters(), s.groups());
    return new ReferenceConv3d(shape, PaddingMode.ZEROS, layout, flipKernel);
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

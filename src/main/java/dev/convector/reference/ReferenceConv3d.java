package dev.convector.reference;

import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;

/**
 * The definition of three-dimensional convolution and of its gradients, with every padding mode.
 * Depths, heights and kernels of 1 make it that of two- and one-dimensional convolution.
 *
 * @param shape the sizes
 * @param mode what the padding holds
 * @param layout memory order of input, output and residual
 * @param flipKernel whether to reverse the kernel along every axis
 */
public record ReferenceConv3d(
    Conv3dShape shape, PaddingMode mode, Layout layout, boolean flipKernel) {

  /** What is done with one product's place: output, input and weight. */
  private interface Product {
    void at(int output, int input, int weight);
  }

  /**
   * Convolves: for each output, in double precision, bias plus residual plus the products of all
   * taps, then the activation, rounded once to float.
   *
   * @param weights {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]}
   * @param bias {@code [filters]}, or null for none
   * @param src the input
   * @param residual what is added, in the output's shape and layout; null for none
   * @param activation applied last
   * @return the output
   */
  public float[] run(
      float[] weights, float[] bias, float[] src, float[] residual, Activation activation) {
    double[] sums = new double[shape.outputSize()];
    forEachProduct(
        (output, input, weight) -> sums[output] += (double) weights[weight] * src[input]);
    float[] dst = new float[sums.length];
    for (int i = 0; i < dst.length; i++) {
      int plane = shape.outputDepth() * shape.outputHeight() * shape.outputWidth();
      int filter = layout == Layout.NHWC ? i % shape.filters() : i / plane % shape.filters();
      double sum = sums[i] + (bias == null ? 0 : bias[filter]);
      dst[i] = (float) activation.apply(sum + (residual == null ? 0 : residual[i]));
    }
    return dst;
  }

  /**
   * The gradient with respect to the input: each output's, times each weight, goes to the input
   * that it was multiplied with.
   *
   * @param weights as in {@link #run}
   * @param outputGradient the gradient with respect to the output
   * @return that with respect to the input, rounded once to float
   */
  public float[] data(float[] weights, float[] outputGradient) {
    double[] sums = new double[shape.inputSize()];
    forEachProduct(
        (output, input, weight) ->
            sums[input] += (double) weights[weight] * outputGradient[output]);
    return rounded(sums);
  }

  /**
   * The gradient with respect to the weights: each output's, times each input, goes to the weight
   * that was multiplied with it.
   *
   * @param src the input
   * @param outputGradient the gradient with respect to the output
   * @return that with respect to the weights, rounded once to float
   */
  public float[] weights(float[] src, float[] outputGradient) {
    double[] sums = new double[shape.weightsSize()];
    forEachProduct(
        (output, input, weight) -> sums[weight] += (double) src[input] * outputGradient[output]);
    return rounded(sums);
  }

  private static float[] rounded(double[] sums) {
    float[] result = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      result[i] = (float) sums[i];
    }
    return result;
  }

  /** Every product whose input is not a zero of the padding. */
  private void forEachProduct(Product product) {
    for (int n = 0; n < shape.batch(); n++) {
      for (int k = 0; k < shape.filters(); k++) {
        for (int o = 0; o < shape.outputDepth(); o++) {
          for (int p = 0; p < shape.outputHeight(); p++) {
            for (int q = 0; q < shape.outputWidth(); q++) {
              window(product, n, k, o, p, q);
            }
          }
        }
      }
    }
  }

  private void window(Product product, int n, int k, int o, int p, int q) {
    int output =
        index(
            n,
            k,
            new int[] {o, p, q},
            shape.filters(),
            new int[] {shape.outputDepth(), shape.outputHeight(), shape.outputWidth()});
    int[] sizes = {shape.depth().size(), shape.rows().size(), shape.columns().size()};
    for (int c = 0; c < shape.groupChannels(); c++) {
      int channel = k / shape.groupFilters() * shape.groupChannels() + c;
      for (int t = 0; t < shape.depth().kernel(); t++) {
        int z = input(shape.depth(), o, t);
        for (int r = 0; z >= 0 && r < shape.rows().kernel(); r++) {
          int y = input(shape.rows(), p, r);
          for (int s = 0; y >= 0 && s < shape.columns().kernel(); s++) {
            int x = input(shape.columns(), q, s);
            if (x >= 0) {
              int tap = (t * shape.rows().kernel() + r) * shape.columns().kernel() + s;
              int weight =
                  (k * shape.groupChannels() + c) * shape.kernelSize()
                      + (flipKernel ? shape.kernelSize() - 1 - tap : tap);
              int input = index(n, channel, new int[] {z, y, x}, shape.channels(), sizes);
              product.at(output, input, weight);
            }
          }
        }
      }
    }
  }

  /** Index of the input that a tap of an output's window sees; -1 for a zero of the padding. */
  private int input(Axis axis, int output, int tap) {
    int i = output * axis.stride() + tap * axis.dilation() - axis.padBefore();
    int last = axis.size() - 1;
    if (i >= 0 && i <= last) {
      return i;
    }
    return switch (mode) {
      case ZEROS -> -1;
      case CIRCULAR -> i < 0 ? i + axis.size() : i - axis.size();
      case REFLECT -> i < 0 ? -i : last - (i - last);
      case REPLICATE -> i < 0 ? 0 : last;
    };
  }

  private int index(int n, int c, int[] at, int channels, int[] sizes) {
    return switch (layout) {
      case NCHW -> (((n * channels + c) * sizes[0] + at[0]) * sizes[1] + at[1]) * sizes[2] + at[2];
      case NHWC -> (((n * sizes[0] + at[0]) * sizes[1] + at[1]) * sizes[2] + at[2]) * channels + c;
    };
  }
}

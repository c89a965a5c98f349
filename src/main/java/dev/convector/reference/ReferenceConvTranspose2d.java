package dev.convector.reference;

import dev.convector.Activation;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.TransposedAxis;

/** The definition of two-dimensional transposed convolution. */
public final class ReferenceConvTranspose2d {
  private ReferenceConvTranspose2d() {}

  /**
   * Spreads each input over its window of the output, in double precision; then adds bias and
   * residual, applies the activation and rounds once to float.
   *
   * @param shape the sizes
   * @param layout memory order of input, output and residual
   * @param flipKernel whether to turn the kernel by 180 degrees
   * @param activation applied last
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}
   * @param bias {@code [filters]}, or null for none
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param residual holds what is added, in the output's shape and layout; null for none
   * @param residualOffset index of its first element
   * @param dst receives the output
   * @param dstOffset index of its first element
   */
  public static void run(
      ConvTransposeShape shape,
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
    double[] sums = new double[shape.outputSize()];
    for (int n = 0; n < shape.batch(); n++) {
      for (int c = 0; c < shape.channels(); c++) {
        for (int h = 0; h < shape.height(); h++) {
          for (int w = 0; w < shape.width(); w++) {
            int at = index(layout, shape.channels(), shape.height(), shape.width(), n, c, h, w);
            spread(shape, layout, flipKernel, weights, src[srcOffset + at], sums, n, c, h, w);
          }
        }
      }
    }
    for (int n = 0; n < shape.batch(); n++) {
      for (int k = 0; k < shape.filters(); k++) {
        for (int p = 0; p < shape.outputHeight(); p++) {
          for (int q = 0; q < shape.outputWidth(); q++) {
            int at =
                index(
                    layout, shape.filters(), shape.outputHeight(), shape.outputWidth(), n, k, p, q);
            double sum = sums[at];
            sum += bias == null ? 0 : bias[k];
            sum += residual == null ? 0 : residual[residualOffset + at];
            dst[dstOffset + at] = (float) activation.apply(sum);
          }
        }
      }
    }
  }

  /** Adds one input times each weight to the outputs that they meet at. */
  private static void spread(
      ConvTransposeShape shape,
      Layout layout,
      boolean flipKernel,
      float[] weights,
      float value,
      double[] sums,
      int n,
      int c,
      int h,
      int w) {
    int firstFilter = c / shape.groupChannels() * shape.groupFilters();
    for (int k = 0; k < shape.groupFilters(); k++) {
      for (int r = 0; r < shape.kernelHeight(); r++) {
        int p = place(h, r, shape.rows());
        boolean isInside = p >= 0 && p < shape.outputHeight();
        int row = flipKernel ? shape.kernelHeight() - 1 - r : r;
        int firstWeight =
            ((c * shape.groupFilters() + k) * shape.kernelHeight() + row) * shape.kernelWidth();
        for (int s = 0; isInside && s < shape.kernelWidth(); s++) {
          int q = place(w, s, shape.columns());
          if (q >= 0 && q < shape.outputWidth()) {
            int column = flipKernel ? shape.kernelWidth() - 1 - s : s;
            int at =
                index(
                    layout,
                    shape.filters(),
                    shape.outputHeight(),
                    shape.outputWidth(),
                    n,
                    firstFilter + k,
                    p,
                    q);
            sums[at] += (double) weights[firstWeight + column] * value;
          }
        }
      }
    }
  }

  /**
   * The gradient with respect to the weights, in double precision, rounded once to float: each
   * weight's is the sum, over all inputs, of the input times the gradient of the output that it
   * goes to through that weight.
   *
   * @param shape the sizes
   * @param layout memory order of input and output
   * @param flipKernel whether the kernel is turned by 180 degrees
   * @param input holds the input
   * @param inputOffset index of its first element
   * @param outputGradient holds the gradient with respect to the output
   * @param outputOffset index of its first element
   * @param weightsGradient receives {@code [channels][filters / groups][kernelHeight]
   *     [kernelWidth]}
   * @param weightsOffset index of its first element
   */
  public static void weightsGradient(
      ConvTransposeShape shape,
      Layout layout,
      boolean flipKernel,
      float[] input,
      int inputOffset,
      float[] outputGradient,
      int outputOffset,
      float[] weightsGradient,
      int weightsOffset) {
    int at = weightsOffset;
    for (int c = 0; c < shape.channels(); c++) {
      for (int k = 0; k < shape.groupFilters(); k++) {
        for (int row = 0; row < shape.kernelHeight(); row++) {
          for (int column = 0; column < shape.kernelWidth(); column++) {
            int r = flipKernel ? shape.kernelHeight() - 1 - row : row;
            int s = flipKernel ? shape.kernelWidth() - 1 - column : column;
            double sum =
                gradient(
                    shape, layout, input, inputOffset, outputGradient, outputOffset, c, k, r, s);
            weightsGradient[at++] = (float) sum;
          }
        }
      }
    }
  }

  private static double gradient(
      ConvTransposeShape shape,
      Layout layout,
      float[] input,
      int inputOffset,
      float[] outputGradient,
      int outputOffset,
      int c,
      int k,
      int r,
      int s) {
    int filter = c / shape.groupChannels() * shape.groupFilters() + k;
    double sum = 0;
    for (int n = 0; n < shape.batch(); n++) {
      for (int h = 0; h < shape.height(); h++) {
        int p = place(h, r, shape.rows());
        boolean isInside = p >= 0 && p < shape.outputHeight();
        for (int w = 0; isInside && w < shape.width(); w++) {
          int q = place(w, s, shape.columns());
          if (q >= 0 && q < shape.outputWidth()) {
            int in = index(layout, shape.channels(), shape.height(), shape.width(), n, c, h, w);
            int out =
                index(
                    layout,
                    shape.filters(),
                    shape.outputHeight(),
                    shape.outputWidth(),
                    n,
                    filter,
                    p,
                    q);
            sum += (double) input[inputOffset + in] * outputGradient[outputOffset + out];
          }
        }
      }
    }
    return sum;
  }

  private static int place(int input, int tap, TransposedAxis axis) {
    return input * axis.stride() + tap * axis.dilation() - axis.padBefore();
  }

  private static int index(
      Layout layout, int channels, int height, int width, int n, int c, int y, int x) {
    return switch (layout) {
      case NCHW -> ((n * channels + c) * height + y) * width + x;
      case NHWC -> ((n * height + y) * width + x) * channels + c;
    };
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Constant;
import java.util.Arrays;

/**
 * The constants of a convolution, transposed or not, of one to three axes.
 *
 * @param bias null for none
 * @param window whose kernel is that of the weights
 */
record Kernel(Constant weights, Constant bias, Window window, int groups) {
  /**
   * The current node's.
   *
   * @param x its input
   */
  static Kernel of(Site site, Operand x) {
    Constant weights = site.constant(1);
    int axes = x.rank() == 5 ? 3 : Images.axes(x);
    if (weights.shape().length != axes + 2) {
      throw new OnnxException("weights " + weights + ": must have as many axes as " + x);
    }
    int[] kernel = Arrays.copyOfRange(weights.shape(), 2, axes + 2);
    Window window = Window.of(site.attributes(), axes, kernel);
    if (!Arrays.equals(window.kernel(), Window.flat(kernel, 1))) {
      throw new OnnxException("kernel_shape: must be that of the weights " + weights);
    }
    int groups = Math.toIntExact(site.attributes().integer("group", 1));
    return new Kernel(weights, site.constant(2), window, groups);
  }

  /** A dimension of the weights: 0 and 1 are of channels and filters. */
  int dimension(int i) {
    return weights.shape()[i];
  }

  /** As plans take it: null for none. */
  float[] biasFloats() {
    return bias == null ? null : bias.floats();
  }
}

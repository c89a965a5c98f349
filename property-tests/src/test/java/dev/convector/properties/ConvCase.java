package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.reference.ReferenceConv3d;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution and all it is run on. Its text is the Java expression that rebuilds it.
 *
 * @param conv the description
 * @param bias whether there is a bias
 * @param residual whether a residual is added
 * @param srcOffset elements before the input
 * @param dstOffset elements before the output
 * @param threads where it runs
 * @param values what the arrays are filled with
 * @param seed of the values
 */
record ConvCase(
    Conv2d conv,
    boolean bias,
    Residual residual,
    int srcOffset,
    int dstOffset,
    Threads threads,
    Values values,
    long seed)
    implements RunCase {

  /** AUTO and all that accept the problem. */
  List<Algorithm> algorithms() {
    return Arrays.stream(Algorithm.values()).filter(a -> conv.refusal(a).isEmpty()).toList();
  }

  /** The algorithms that compute the sums as they are defined, so that integers come out exact. */
  List<Algorithm> exactAlgorithms() {
    return algorithms().stream().filter(a -> !Bounds.isWinograd(conv, a)).toList();
  }

  @Override
  public Layout layout() {
    return conv.layout();
  }

  @Override
  public int batch() {
    return conv.shape().batch();
  }

  @Override
  public int channels() {
    return conv.shape().channels();
  }

  @Override
  public int weightsSize() {
    return conv.shape().weightsSize();
  }

  @Override
  public int filters() {
    return conv.shape().filters();
  }

  @Override
  public int inputSize() {
    return conv.shape().inputSize();
  }

  @Override
  public int outputSize() {
    return conv.shape().outputSize();
  }

  /** The definition of it and of its gradients. */
  ReferenceConv3d reference() {
    ConvShape s = conv.shape();
    Conv3dShape volume =
        new Conv3dShape(
            s.batch(), s.channels(), Axis.of(1), s.rows(), s.columns(), s.filters(), s.groups());
    return new ReferenceConv3d(volume, PaddingMode.ZEROS, conv.layout(), conv.flipKernel());
  }

  ConvCase with(Values other) {
    return new ConvCase(conv, bias, residual, srcOffset, dstOffset, threads, other, seed);
  }

  @Override
  public String toString() {
    return "new ConvCase("
        + text(conv)
        + ", "
        + bias
        + ", Residual."
        + residual
        + ", "
        + srcOffset
        + ", "
        + dstOffset
        + ", Threads."
        + threads
        + ", Values."
        + values
        + ", "
        + seed
        + "L)";
  }

  /** The expression that builds a description. */
  static String text(Conv2d conv) {
    ConvShape s = conv.shape();
    return "Conv2d.builder()"
        + call("input", s.batch(), s.channels(), s.height(), s.width())
        + call("filters", s.filters(), s.kernelHeight(), s.kernelWidth())
        + call("stride", s.strideHeight(), s.strideWidth())
        + call("dilation", s.dilationHeight(), s.dilationWidth())
        + call("padding", s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        + call("groups", s.groups())
        + ".layout(Layout."
        + conv.layout()
        + ").activation("
        + text(conv.activation())
        + ").accuracy(Accuracy."
        + conv.accuracy()
        + ")"
        + (conv.flipKernel() ? ".flipKernel(true)" : "")
        + ".build()";
  }

  static String call(String method, int... arguments) {
    String list = Arrays.toString(arguments);
    return "." + method + "(" + list.substring(1, list.length() - 1) + ")";
  }

  static String text(Activation activation) {
    return "new Activation(Activation.Kind."
        + activation.kind()
        + ", "
        + text(activation.low())
        + ", "
        + text(activation.high())
        + ")";
  }

  private static String text(float value) {
    if (Float.isInfinite(value)) {
      return value > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
    }
    return value + "f";
  }
}

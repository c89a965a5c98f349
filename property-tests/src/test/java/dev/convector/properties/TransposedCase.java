package dev.convector.properties;

import static dev.convector.properties.ConvCase.call;

import dev.convector.Algorithm;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.TransposedAxis;
import java.util.Arrays;
import java.util.List;

/**
 * A transposed convolution and all it is run on. Its text is the Java expression that rebuilds it.
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
record TransposedCase(
    ConvTranspose2d conv,
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
    return algorithms().stream()
        .filter(a -> Bounds.winograd(conv.plan(new float[weightsSize()], null, a).algorithm()) == 0)
        .toList();
  }

  TransposedCase with(Values other) {
    return new TransposedCase(conv, bias, residual, srcOffset, dstOffset, threads, other, seed);
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

  @Override
  public String toString() {
    return "new TransposedCase("
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
  static String text(ConvTranspose2d conv) {
    ConvTransposeShape s = conv.shape();
    TransposedAxis rows = s.rows();
    TransposedAxis columns = s.columns();
    return "ConvTranspose2d.builder()"
        + call("input", s.batch(), s.channels(), s.height(), s.width())
        + call("filters", s.filters(), s.kernelHeight(), s.kernelWidth())
        + call("stride", rows.stride(), columns.stride())
        + call("dilation", rows.dilation(), columns.dilation())
        + call(
            "padding", rows.padBefore(), columns.padBefore(), rows.padAfter(), columns.padAfter())
        + call("outputPadding", rows.outputPadding(), columns.outputPadding())
        + call("groups", s.groups())
        + ".layout(Layout."
        + conv.layout()
        + ").activation("
        + ConvCase.text(conv.activation())
        + ").accuracy(Accuracy."
        + conv.accuracy()
        + ")"
        + (conv.flipKernel() ? ".flipKernel(true)" : "")
        + ".build()";
  }
}

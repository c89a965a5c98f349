package dev.convector.properties;

import dev.convector.ConvShape;
import dev.convector.DepthwiseSeparable2d;

/**
 * A depthwise-separable convolution and all it is run on. Its text is the Java expression that
 * rebuilds it.
 *
 * @param conv the description
 * @param depthwiseBias whether the first convolution has a bias
 * @param pointwiseBias whether the second has one
 * @param srcOffset elements before the input
 * @param dstOffset elements before the output
 * @param threads where it runs
 * @param values what the arrays are filled with
 * @param seed of the values
 */
record SeparableCase(
    DepthwiseSeparable2d conv,
    boolean depthwiseBias,
    boolean pointwiseBias,
    int srcOffset,
    int dstOffset,
    Threads threads,
    Values values,
    long seed) {

  SeparableCase with(Values other) {
    return new SeparableCase(
        conv, depthwiseBias, pointwiseBias, srcOffset, dstOffset, threads, other, seed);
  }

  @Override
  public String toString() {
    return "new SeparableCase("
        + text()
        + ", "
        + depthwiseBias
        + ", "
        + pointwiseBias
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

  private String text() {
    ConvShape s = conv.depthwise();
    return "DepthwiseSeparable2d.builder()"
        + ConvCase.call("input", s.batch(), s.channels(), s.height(), s.width())
        + ConvCase.call("kernel", s.kernelHeight(), s.kernelWidth())
        + ConvCase.call("multiplier", s.groupFilters())
        + ConvCase.call("stride", s.strideHeight(), s.strideWidth())
        + ConvCase.call("dilation", s.dilationHeight(), s.dilationWidth())
        + ConvCase.call("padding", s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        + ConvCase.call("filters", conv.pointwise().filters())
        + ".layout(Layout."
        + conv.layout()
        + ").depthwiseActivation("
        + ConvCase.text(conv.depthwiseActivation())
        + ").activation("
        + ConvCase.text(conv.activation())
        + ").build()";
  }
}

package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.AutoPad;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Execution;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * What convolution is, without the oracle. All on integers, so that equal means equal; Winograd's
 * algorithms are held to the oracle elsewhere.
 */
@Label("what a convolution is")
class DefinitionProperties {

  @Property
  @Label("a shifted image gives a shifted result")
  void translation(
      @ForAll(supplier = ConvCases.Any.class) ConvCase any,
      @ForAll @IntRange(max = 3) int down,
      @ForAll @IntRange(max = 3) int across) {
    ConvShape s = any.conv().shape();
    int rows = down * s.strideHeight();
    int columns = across * s.strideWidth();
    int height = s.height() + s.padTop() + s.padBottom();
    int width = s.width() + s.padLeft() + s.padRight();
    Conv2d conv = builder(any, height, width).build();
    Image scene =
        Image.random(
            any.conv().layout(),
            s.batch(),
            s.channels(),
            height + rows,
            width + columns,
            any.seed());
    CaseArrays arrays = new CaseArrays(any);
    for (Algorithm algorithm : any.exactAlgorithms()) {
      if (conv.refusal(algorithm).isPresent() || Bounds.isWinograd(conv, algorithm)) {
        continue;
      }
      Image at = run(conv, arrays, scene.crop(0, 0, height, width), algorithm);
      Image shifted = run(conv, arrays, scene.crop(rows, columns, height, width), algorithm);
      int bothHeight = at.height() - down;
      int bothWidth = at.width() - across;
      if (bothHeight > 0 && bothWidth > 0) {
        requireSame(
            at.crop(down, across, bothHeight, bothWidth),
            shifted.crop(0, 0, bothHeight, bothWidth),
            algorithm + " shifted by " + rows + " rows and " + columns + " columns",
            any);
      }
    }
  }

  @Property
  @Label("a stride takes every so manieth output of stride 1")
  void stride(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    ConvShape s = any.conv().shape();
    Conv2d conv = padded(any).build();
    Conv2d every = padded(any).stride(1).build();
    CaseArrays arrays = new CaseArrays(any);
    Image input = input(any);
    Image all = run(every, arrays, input, Algorithm.REFERENCE);
    for (Algorithm algorithm : any.exactAlgorithms()) {
      Image strided = run(conv, arrays, input, algorithm);
      Image expected =
          Image.of(
              strided.layout(),
              strided.batch(),
              strided.channels(),
              strided.height(),
              strided.width(),
              (n, c, y, x) -> all.at(n, c, y * s.strideHeight(), x * s.strideWidth()));
      requireSame(expected, strided, algorithm + " with its stride", any);
    }
  }

  @Property
  @Label("groups are separate convolutions")
  void groups(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    ConvShape s = any.conv().shape();
    CaseArrays arrays = new CaseArrays(any);
    Image input = input(any);
    Conv2d one =
        padded(any)
            .input(s.batch(), s.groupChannels(), s.height(), s.width())
            .filters(s.groupFilters(), s.kernelHeight(), s.kernelWidth())
            .groups(1)
            .build();
    Conv2d conv = padded(any).build();
    Image[] parts = new Image[s.groups()];
    int weightsOfOne = arrays.weights.length / s.groups();
    for (int g = 0; g < s.groups(); g++) {
      int group = g;
      Image part =
          Image.of(
              input.layout(),
              s.batch(),
              s.groupChannels(),
              s.height(),
              s.width(),
              (n, c, y, x) -> input.at(n, group * s.groupChannels() + c, y, x));
      float[] weights =
          Arrays.copyOfRange(arrays.weights, g * weightsOfOne, (g + 1) * weightsOfOne);
      float[] bias =
          arrays.bias == null
              ? null
              : Arrays.copyOfRange(arrays.bias, g * s.groupFilters(), (g + 1) * s.groupFilters());
      parts[g] = run(one, weights, bias, part, Algorithm.REFERENCE);
    }
    for (Algorithm algorithm : any.exactAlgorithms()) {
      Image actual = run(conv, arrays, input, algorithm);
      Image expected =
          Image.of(
              actual.layout(),
              actual.batch(),
              actual.channels(),
              actual.height(),
              actual.width(),
              (n, k, y, x) -> parts[k / s.groupFilters()].at(n, k % s.groupFilters(), y, x));
      requireSame(expected, actual, algorithm + " with its groups", any);
    }
  }

  /** The definition of {@code auto_pad} in ONNX's operator Conv. */
  @Property
  @Label("SAME_UPPER and SAME_LOWER pad as ONNX says")
  void same(
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 9) int kernel,
      @ForAll @IntRange(min = 1, max = 7) int stride,
      @ForAll @IntRange(min = 1, max = 4) int dilation,
      @ForAll boolean upper,
      @ForAll boolean alongWidth) {
    Conv2d conv =
        Conv2d.builder()
            .input(1, 1, alongWidth ? 1 : size, alongWidth ? size : 1)
            .filters(1, alongWidth ? 1 : kernel, alongWidth ? kernel : 1)
            .stride(alongWidth ? 1 : stride, alongWidth ? stride : 1)
            .dilation(alongWidth ? 1 : dilation, alongWidth ? dilation : 1)
            .padding(upper ? AutoPad.SAME_UPPER : AutoPad.SAME_LOWER)
            .build();
    ConvShape s = conv.shape();
    int outputs = (size + stride - 1) / stride;
    int total = Math.max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
    int before = upper ? total / 2 : total - total / 2;
    int[] expected = {outputs, before, total - before, 1, 0, 0};
    int[] actual =
        alongWidth
            ? new int[] {
              s.outputWidth(),
              s.padLeft(),
              s.padRight(),
              s.outputHeight(),
              s.padTop(),
              s.padBottom()
            }
            : new int[] {
              s.outputHeight(),
              s.padTop(),
              s.padBottom(),
              s.outputWidth(),
              s.padLeft(),
              s.padRight()
            };
    if (!Arrays.equals(expected, actual)) {
      throw new AssertionError(
          "outputs and padding are "
              + Arrays.toString(actual)
              + ", not "
              + Arrays.toString(expected)
              + ": "
              + ConvCase.text(conv));
    }
  }

  /** The case's convolution of another image, without padding. */
  private static Conv2d.Builder builder(ConvCase of, int height, int width) {
    ConvShape s = of.conv().shape();
    return Conv2d.builder()
        .accuracy(Accuracy.STRICT)
        .input(s.batch(), s.channels(), height, width)
        .filters(s.filters(), s.kernelHeight(), s.kernelWidth())
        .stride(s.strideHeight(), s.strideWidth())
        .dilation(s.dilationHeight(), s.dilationWidth())
        .groups(s.groups())
        .layout(of.conv().layout())
        .activation(linear(of.conv().activation()))
        .flipKernel(of.conv().flipKernel());
  }

  private static Conv2d.Builder padded(ConvCase of) {
    ConvShape s = of.conv().shape();
    return builder(of, s.height(), s.width())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight());
  }

  /** Only piecewise linear functions keep integers exact. */
  private static Activation linear(Activation activation) {
    return Bounds.isExact(activation) ? activation : Activation.NONE;
  }

  private static Image input(ConvCase of) {
    ConvShape s = of.conv().shape();
    return Image.random(
        of.conv().layout(), s.batch(), s.channels(), s.height(), s.width(), of.seed());
  }

  private static Image run(Conv2d conv, CaseArrays arrays, Image input, Algorithm algorithm) {
    return run(conv, arrays.weights, arrays.bias, input, algorithm);
  }

  private static Image run(
      Conv2d conv, float[] weights, float[] bias, Image input, Algorithm algorithm) {
    ConvShape s = conv.shape();
    float[] dst = new float[s.outputSize()];
    conv.plan(weights, bias, algorithm).run(input.data(), 0, dst, 0, Execution.serial());
    return new Image(conv.layout(), s.batch(), s.filters(), s.outputHeight(), s.outputWidth(), dst);
  }

  private static void requireSame(Image expected, Image actual, String what, ConvCase of) {
    int at = Arrays.mismatch(expected.data(), actual.data());
    if (at >= 0) {
      throw new AssertionError(
          what
              + ": element "
              + at
              + " is "
              + actual.data()[at]
              + ", not "
              + expected.data()[at]
              + ": "
              + of);
    }
  }
}

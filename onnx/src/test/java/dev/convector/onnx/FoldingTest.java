package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of nodes around convolutions and products, one pattern after another: what is left
 * of them, and that it computes what they do one by one.
 */
class FoldingTest {
  private static final int CHANNELS = 4;

  /** Nodes from {@code x}, {@code [2][4][6][6]}, to an output. */
  @FunctionalInterface
  interface Chain {
    String of(ModelWriter writer, String x);
  }

  record Case(String left, String name, Chain chain) {
    @Override
    public String toString() {
      return name + " to " + left;
    }
  }

  private static Case of(String left, String name, Chain chain) {
    return new Case(left, name, chain);
  }

  private static String channels(ModelWriter w, int... dims) {
    return w.floats(new float[] {2, -0.5f, 3, 0.25f}, dims);
  }

  private static String conv(ModelWriter w, String x) {
    return w.conv(x, CHANNELS, CHANNELS, 3, 1, 1);
  }

  /** Of two groups, so that a filter's number is not that of its weights' row. */
  private static String transposed(ModelWriter w, String x) {
    return w.node(
        "ConvTranspose",
        Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}, "group", 2),
        x,
        w.weights(CHANNELS, CHANNELS / 2, 2, 2));
  }

  private static String pad(ModelWriter w, String x, double value, long... pads) {
    return w.node("Pad", x, w.longs(pads), w.number(value));
  }

  private static String times(ModelWriter w, String x, double number) {
    return w.node("Mul", x, w.number(number));
  }

  private static String plus(ModelWriter w, String x, double number) {
    return w.node("Add", x, w.number(number));
  }

  private static String clip(ModelWriter w, String x, double low, double high) {
    return w.node("Clip", x, w.number(low), w.number(high));
  }

  static Stream<Case> cases() {
    return Stream.of(affine(), rows(), scales(), pads(), activations(), identities())
        .flatMap(s -> s);
  }

  private static Stream<Case> affine() {
    return Stream.of(
        of("Conv", "a factor", (w, x) -> w.node("Mul", conv(w, x), channels(w, 4, 1, 1))),
        of("Conv", "a factor first", (w, x) -> w.node("Mul", channels(w, 1, 4, 1, 1), conv(w, x))),
        of("Conv", "a divisor", (w, x) -> w.node("Div", conv(w, x), channels(w, 4, 1, 1))),
        of("Conv Div", "a dividend", (w, x) -> w.node("Div", channels(w, 4, 1, 1), conv(w, x))),
        of("Conv", "a summand", (w, x) -> w.node("Add", conv(w, x), channels(w, 4, 1, 1))),
        of("Conv", "a subtrahend", (w, x) -> w.node("Sub", conv(w, x), channels(w, 4, 1, 1))),
        of("Conv", "a minuend", (w, x) -> w.node("Sub", channels(w, 4, 1, 1), conv(w, x))),
        of("Conv Max", "a maximum", (w, x) -> w.node("Max", conv(w, x), channels(w, 4, 1, 1))),
        of("Conv", "one number", (w, x) -> times(w, conv(w, x), -3)),
        of(
            "Conv",
            "a sum and then a factor",
            (w, x) ->
                w.node(
                    "Mul",
                    w.node("Add", conv(w, x), channels(w, 4, 1, 1)),
                    w.floats(new float[] {1, 2, 3, 4}, 4, 1, 1))),
        of(
            "Conv Mul",
            "a factor for each column",
            (w, x) -> w.node("Mul", conv(w, x), w.floats(new float[] {1, 2, 3, 4, 5, 6}, 6))),
        of(
            "Conv Mul",
            "a factor for each channel and row",
            (w, x) -> w.node("Mul", conv(w, x), w.weights(4, 6, 1))),
        of(
            "Conv Mul",
            "a factor of more axes",
            (w, x) -> w.node("Mul", conv(w, x), channels(w, 1, 1, 4, 1, 1))),
        of("Conv", "a normalisation", (w, x) -> w.norm(conv(w, x), CHANNELS)),
        of(
            "Conv Mul",
            "a factor behind an activation",
            (w, x) -> w.node("Mul", w.node("Relu", conv(w, x)), channels(w, 4, 1, 1))),
        of(
            "ConvTranspose",
            "a transposed convolution's factor and summand",
            (w, x) ->
                w.node(
                    "Add",
                    w.node("Mul", transposed(w, x), channels(w, 4, 1, 1)),
                    channels(w, 4, 1, 1))),
        of(
            "ConvTranspose",
            "a transposed convolution's normalisation",
            (w, x) -> w.norm(transposed(w, x), CHANNELS)));
  }

  private static Stream<Case> rows() {
    return Stream.of(
        of(
            "MatMul",
            "a row is added to a product",
            (w, x) -> w.node("Add", w.node("MatMul", x, w.weights(6, 4)), channels(w, 4))),
        of(
            "MatMul",
            "rows are added twice",
            (w, x) -> {
              String product = w.node("MatMul", x, w.weights(6, 4));
              return w.node("Add", channels(w, 4), w.node("Add", product, channels(w, 4)));
            }),
        of(
            "MatMul",
            "a row is a factor, behind a sum",
            (w, x) -> {
              String product = w.node("MatMul", x, w.weights(6, 4));
              return w.node("Mul", w.node("Add", product, channels(w, 4)), channels(w, 4));
            }),
        of(
            "MatMul",
            "a row is a factor, before a sum",
            (w, x) -> {
              String product = w.node("MatMul", x, w.weights(6, 4));
              return w.node("Add", w.node("Mul", product, channels(w, 4)), channels(w, 4));
            }),
        of(
            "MatMul Sub",
            "a row is subtracted",
            (w, x) -> w.node("Sub", w.node("MatMul", x, w.weights(6, 4)), channels(w, 4))),
        of(
            "MatMul Add",
            "a column is added",
            (w, x) -> w.node("Add", w.node("MatMul", x, w.weights(6, 4)), w.weights(6, 1))));
  }

  private static Stream<Case> scales() {
    return Stream.of(
        of(
            "Relu Affine",
            "scales and shifts in a row",
            (w, x) -> w.node("Sub", w.number(7), plus(w, times(w, w.node("Relu", x), 3), -2))),
        of(
            "Relu Affine",
            "a divisor and a subtrahend",
            (w, x) -> w.node("Sub", w.node("Div", w.node("Relu", x), w.number(4)), w.number(0.5))),
        of(
            "Max Relu Mul Div",
            "not a dividend",
            (w, x) -> w.node("Div", w.number(4), times(w, w.node("Relu", plusTen(w, x)), 3))),
        of(
            "Relu Affine",
            "a number with an axis",
            (w, x) -> times(w, w.node("Add", w.node("Relu", x), w.floats(new float[] {5}, 1)), 3)),
        of("Relu Mul Conv", "one scale ahead", (w, x) -> conv(w, times(w, w.node("Relu", x), 3))),
        of(
            "Relu Conv",
            "scales ahead",
            (w, x) -> conv(w, times(w, times(w, w.node("Relu", x), 3), 2))),
        of(
            "Relu Affine Conv",
            "a shift ahead of padding",
            (w, x) -> conv(w, plus(w, times(w, w.node("Relu", x), 3), 2))),
        of(
            "Relu Conv",
            "a shift ahead of none",
            (w, x) ->
                w.node(
                    "Conv",
                    plus(w, times(w, w.node("Relu", x), 3), 2),
                    w.weights(3, CHANNELS, 3, 3),
                    w.floats(new float[] {1, 2, 3}, 3))));
  }

  /** Away from zero, so that it may divide. */
  private static String plusTen(ModelWriter w, String x) {
    return w.node("Max", x, w.floats(new float[] {10}, 1, 1, 1));
  }

  private static Stream<Case> pads() {
    return Stream.of(
        of("Conv", "zeros", (w, x) -> conv(w, pad(w, x, 0, 0, 0, 1, 2, 0, 0, 3, 0))),
        of("Pad Conv", "ones", (w, x) -> conv(w, pad(w, x, 1, 0, 0, 1, 2, 0, 0, 3, 0))),
        of("Pad Conv", "cut above", (w, x) -> conv(w, pad(w, x, 0, 0, 0, -1, 0, 0, 0, 3, 0))),
        of("Pad Conv", "cut right", (w, x) -> conv(w, pad(w, x, 0, 0, 0, 1, 0, 0, 0, 3, -1))),
        of("Pad Conv", "images before", (w, x) -> conv(w, pad(w, x, 0, 1, 0, 0, 0, 0, 0, 0, 0))),
        of("Pad Conv", "images behind", (w, x) -> conv(w, pad(w, x, 0, 0, 0, 0, 0, 1, 0, 0, 0))),
        of(
            "Pad Conv",
            "channels",
            (w, x) -> w.conv(pad(w, x, 0, 0, 1, 0, 0, 0, 0, 0, 0), 4, CHANNELS + 1, 3, 1, 1)),
        of(
            "Pad Conv",
            "channels behind",
            (w, x) -> w.conv(pad(w, x, 0, 0, 0, 0, 0, 0, 1, 0, 0), 4, CHANNELS + 1, 3, 1, 1)),
        of(
            "Conv",
            "without a value, of a convolution without pads",
            (w, x) ->
                w.node(
                    "Conv",
                    w.node("Pad", x, w.longs(0, 0, 1, 2, 0, 0, 0, 1)),
                    w.weights(3, CHANNELS, 3, 3))),
        of(
            "Pad Conv",
            "a mirror image",
            (w, x) ->
                conv(
                    w,
                    w.node("Pad", Map.of("mode", "reflect"), x, w.longs(0, 0, 1, 1, 0, 0, 1, 1)))));
  }

  private static Stream<Case> activations() {
    return Stream.of(
        of("Conv", "SiLU", (w, x) -> silu(w, conv(w, x))),
        of("Conv", "hard swish", (w, x) -> hardSwish(w, conv(w, x), 3, 6, 6)),
        of("Conv Div", "no hard sigmoid", (w, x) -> hardSigmoid(w, conv(w, x), 5)),
        of("Conv", "hard sigmoid", (w, x) -> hardSigmoid(w, conv(w, x), 6)),
        of("Conv Add Clip Mul Div", "another sum", (w, x) -> hardSwish(w, conv(w, x), 2, 6, 6)),
        of("Conv Add Clip Mul Div", "another bound", (w, x) -> hardSwish(w, conv(w, x), 3, 5, 6)),
        of("Conv Add Clip Mul Div", "another part", (w, x) -> hardSwish(w, conv(w, x), 3, 6, 5)),
        of("Conv", "GELU", (w, x) -> gelu(w, conv(w, x), Math.sqrt(2), 1, 0.5)),
        of(
            "Conv Div Erf Add Mul Mul",
            "GELU of another divisor",
            (w, x) -> gelu(w, conv(w, x), 1.5, 1, 0.5)),
        of(
            "Conv Div Erf Add Mul Mul",
            "GELU of another sum",
            (w, x) -> gelu(w, conv(w, x), Math.sqrt(2), 2, 0.5)),
        of(
            "Conv Div Erf Add Mul Mul",
            "GELU of another factor",
            (w, x) -> gelu(w, conv(w, x), Math.sqrt(2), 1, 0.6)),
        of(
            "Conv",
            "GELU with a factor within",
            (w, x) -> {
              String y = conv(w, x);
              String erf = w.node("Erf", w.node("Mul", w.number(Math.sqrt(0.5)), y));
              return w.node("Mul", times(w, y, 0.5), w.node("Add", w.number(1), erf));
            }));
  }

  private static String silu(ModelWriter w, String x) {
    return w.node("Mul", x, w.node("Sigmoid", x));
  }

  private static String hardSigmoid(ModelWriter w, String x, double divisor) {
    return w.node("Div", clip(w, w.node("Add", w.number(3), x), 0, 6), w.number(divisor));
  }

  private static String hardSwish(
      ModelWriter w, String x, double sum, double bound, double divisor) {
    String clipped = clip(w, plus(w, x, sum), 0, bound);
    return w.node("Div", w.node("Mul", x, clipped), w.number(divisor));
  }

  private static String gelu(ModelWriter w, String x, double divisor, double sum, double factor) {
    String erf = w.node("Erf", w.node("Div", x, w.number(divisor)));
    return times(w, w.node("Mul", x, plus(w, erf, sum)), factor);
  }

  private static Stream<Case> identities() {
    return Stream.of(
        of("Relu", "Identity", (w, x) -> w.node("Relu", w.node("Identity", x))),
        of("Relu", "Dropout", (w, x) -> w.node("Relu", w.node("Dropout", x))),
        of("Relu", "times one", (w, x) -> w.node("Relu", times(w, x, 1))),
        of("Relu", "one times", (w, x) -> w.node("Relu", w.node("Mul", w.number(1), x))),
        of("Relu", "through one", (w, x) -> w.node("Relu", w.node("Div", x, w.number(1)))),
        of("Div Relu", "one through", (w, x) -> w.node("Relu", w.node("Div", w.number(1), x))),
        of("Mul Relu", "times two", (w, x) -> w.node("Relu", times(w, x, 2))),
        of("Add Relu", "plus one", (w, x) -> w.node("Relu", plus(w, x, 1))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesTheSameWithTheseNodes(Case of) {
    ModelWriter writer = new ModelWriter(13);
    byte[] model = writer.build(of.chain().of(writer, writer.input("x", 2, CHANNELS, 6, 6)));
    OnnxModel loaded = OnnxModel.load(model);
    String left =
        loaded.graph().nodes().stream()
            .map(node -> node.operator().replace("dev.convector.", ""))
            .collect(Collectors.joining(" "));
    assertEquals(of.left(), left);
    Tensor x = NetworksTest.random(2, CHANNELS, 6, 6);
    float[] out = loaded.session().run(Map.of("x", x)).values().iterator().next().floats();
    NetworksTest.assertClose(Plain.run(model, x), out, 1e-5);
  }
}

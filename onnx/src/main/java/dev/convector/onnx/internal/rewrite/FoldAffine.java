package dev.convector.onnx.internal.rewrite;

import dev.convector.Activation;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.BatchNormalization.Channels;
import java.util.Arrays;

/**
 * Makes normalisations, and products and sums with a number for each channel, part of the weights
 * and bias of the convolution before them; those for each column, of the product before them.
 */
final class FoldAffine {
  private final Graph graph;
  private final Links links;

  private FoldAffine(Graph graph) {
    this.graph = graph;
    this.links = new Links(graph);
  }

  static void apply(Graph graph) {
    new FoldAffine(graph).apply();
  }

  private void apply() {
    for (Node node : graph.nodes()) {
      boolean convolution = node.is("Conv") || node.is("ConvTranspose");
      if (convolution && isConstant(node)) {
        foldAll(node);
      } else if (node.is("MatMul") && node.constant(1) != null) {
        foldColumns(node);
      }
    }
    graph.sweep();
  }

  private static boolean isConstant(Node node) {
    Constant weights = node.constant(1);
    return weights != null
        && weights.type().isFloating()
        && weights.shape().length >= 3
        && (node.input(2) == null || node.constant(2) != null)
        && node.activation().equals(Activation.NONE);
  }

  private void foldAll(Node conv) {
    Node next = links.onlyUser(conv);
    while (next != null) {
      Channels channels = channels(conv, next);
      if (channels == null) {
        return;
      }
      fold(conv, channels);
      Node after = links.onlyUser(next.output(0));
      conv.absorb(next);
      next = after;
    }
  }

  private static int filters(Node conv) {
    int[] shape = conv.constant(1).shape();
    return conv.is("Conv")
        ? shape[0]
        : Math.toIntExact(shape[1] * conv.attributes().integer("group", 1));
  }

  /** What a node does to each channel of a convolution's output; null if it does something else. */
  private static Channels channels(Node conv, Node next) {
    int filters = filters(conv);
    if (next.outputs().size() != 1) {
      return null;
    }
    if (next.is("BatchNormalization")) {
      Constant[] statistics = new Constant[4];
      for (int i = 0; i < 4; i++) {
        statistics[i] = next.constant(i + 1);
        if (statistics[i] == null || statistics[i].size() != filters) {
          return null;
        }
      }
      return Channels.of(next, statistics);
    }
    boolean left = next.constant(0) != null;
    float[] numbers =
        numbers(next.constant(left ? 0 : 1), conv.constant(1).shape().length, filters);
    return numbers == null ? null : channels(next.operator(), numbers, left);
  }

  private static Channels channels(String operator, float[] numbers, boolean left) {
    float[] factors = new float[numbers.length];
    float[] shifts = new float[numbers.length];
    Arrays.fill(factors, operator.equals("Sub") && left ? -1 : 1);
    for (int i = 0; i < numbers.length; i++) {
      switch (operator) {
        case "Mul" -> factors[i] = numbers[i];
        case "Div" -> factors[i] = 1 / numbers[i];
        case "Add" -> shifts[i] = numbers[i];
        case "Sub" -> shifts[i] = left ? numbers[i] : -numbers[i];
        default -> {
          return null;
        }
      }
    }
    return operator.equals("Div") && left ? null : new Channels(factors, shifts);
  }

  /** One for each channel, of a constant that is broadcast along all other axes; or null. */
  private static float[] numbers(Constant constant, int rank, int filters) {
    if (constant == null || !constant.type().isFloating() || constant.shape().length > rank) {
      return null;
    }
    float[] numbers = new float[filters];
    if (constant.size() == 1) {
      Arrays.fill(numbers, constant.single());
      return numbers;
    }
    int channelAxis = constant.shape().length - (rank - 1);
    boolean fits =
        constant.size() == filters && channelAxis >= 0 && constant.shape()[channelAxis] == filters;
    return fits ? constant.floats().clone() : null;
  }

  private static void fold(Node conv, Channels channels) {
    Constant weights = conv.constant(1);
    int filters = channels.factors().length;
    int kernels = weights.shape()[0] * weights.shape()[1];
    int groupChannels = conv.is("Conv") ? 0 : kernels / Math.max(1, filters);
    setWeights(
        conv, weights.changed(w -> scaled(w, weights.shape(), groupChannels, channels.factors())));
    float[] bias = new float[filters];
    float[] before = conv.constant(2) == null ? bias : conv.constant(2).floats();
    for (int k = 0; k < filters; k++) {
      bias[k] = before[k] * channels.factors()[k] + channels.shifts()[k];
    }
    setBias(conv, bias);
  }

  /**
   * Weights, in their place.
   *
   * @param groupChannels of a transposed convolution, whose weights' first axis is the input's
   *     channels; 0 where it is the filters
   */
  private static float[] scaled(float[] weights, int[] shape, int groupChannels, float[] factors) {
    int kernels = shape[0] * shape[1];
    int area = kernels == 0 ? 0 : weights.length / kernels;
    for (int kernel = 0; kernel < kernels; kernel++) {
      int first = kernel / shape[1];
      int filter =
          groupChannels == 0 ? first : first / groupChannels * shape[1] + kernel % shape[1];
      for (int i = kernel * area; i < (kernel + 1) * area; i++) {
        weights[i] *= factors[filter];
      }
    }
    return weights;
  }

  /** Sums and products with a number for each column of a product. */
  private void foldColumns(Node product) {
    boolean plain =
        product.constant(1).shape().length == 2
            && product.constant(1).type().isFloating()
            && product.input(2) == null
            && product.activation().equals(Activation.NONE);
    for (Node next = links.onlyUser(product); plain && next != null; ) {
      Constant row = row(product, next);
      if (row == null) {
        return;
      }
      if (next.is("Add")) {
        addToBias(product, row);
      } else {
        scaleColumns(product, row);
      }
      Node after = links.onlyUser(next);
      product.absorb(next);
      next = after;
    }
  }

  /** The numbers that a node adds to a product's columns or multiplies them with; or null. */
  private static Constant row(Node product, Node next) {
    boolean either = next.is("Add") || next.is("Mul");
    if (!either || next.inputs().size() != 2 || next.attributes().has("axis")) {
      return null;
    }
    Value other = Links.other(next, product.output(0));
    Constant row = other == null ? null : other.constant();
    boolean fits =
        row != null
            && row.type().isFloating()
            && row.shape().length == 1
            && row.size() == product.constant(1).shape()[1];
    return fits ? row : null;
  }

  private static void addToBias(Node product, Constant row) {
    float[] bias = row.floats().clone();
    float[] before =
        product.constant(2) == null ? new float[bias.length] : product.constant(2).floats();
    for (int j = 0; j < bias.length; j++) {
      bias[j] += before[j];
    }
    setBias(product, bias);
  }

  private static void scaleColumns(Node product, Constant row) {
    float[] factors = row.floats();
    setWeights(product, product.constant(1).changed(weights -> scaledRows(weights, factors)));
    if (product.constant(2) != null) {
      setBias(product, scaledRows(product.constant(2).floats().clone(), factors));
    }
  }

  /** Rows of as many columns as there are factors, in their place. */
  private static float[] scaledRows(float[] matrix, float[] factors) {
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] *= factors[i % factors.length];
    }
    return matrix;
  }

  private static void setWeights(Node node, Constant weights) {
    node.setInput(1, new Value(node.name() + " weights", weights));
  }

  private static void setBias(Node node, float[] bias) {
    Constant constant = Constant.of(new int[] {bias.length}, bias);
    node.setInput(2, new Value(node.name() + " bias", constant));
  }
}

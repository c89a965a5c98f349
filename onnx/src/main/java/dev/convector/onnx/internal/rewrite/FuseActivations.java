package dev.convector.onnx.internal.rewrite;

import dev.convector.Activation;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.operator.Activating;

/** Lets convolutions, products and normalisations apply the activation behind them. */
final class FuseActivations {
  private FuseActivations() {}

  static void apply(Graph graph) {
    Links links = new Links(graph);
    for (Node node : graph.nodes()) {
      Node next = links.onlyUser(node);
      if (next != null && applies(node)) {
        Activation activation = Activating.of(next);
        if (activation != null && next.input(0) == node.output(0)) {
          node.setActivation(activation);
          node.absorb(next);
        }
      }
    }
    graph.sweep();
  }

  private static boolean applies(Node node) {
    if (!node.activation().equals(Activation.NONE)) {
      return false;
    }
    return switch (node.operator()) {
      case "Conv", "ConvTranspose", "BatchNormalization" -> true;
      case "MatMul", "Gemm" -> hasWeights(node);
      default -> false;
    };
  }

  /** Whether a product's right matrix is known. */
  static boolean hasWeights(Node product) {
    Constant weights = product.constant(1);
    return weights != null && weights.shape().length == 2;
  }
}

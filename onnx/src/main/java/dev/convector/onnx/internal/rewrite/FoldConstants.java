package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.compile.Folding;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Constants;
import java.util.ArrayList;
import java.util.List;

/** Replaces nodes whose inputs are all constant by what they give. */
final class FoldConstants {
  private FoldConstants() {}

  static void apply(Graph graph) {
    List<Node> left = new ArrayList<>();
    Folding folding = new Folding();
    for (Node node : graph.nodes()) {
      if (node.is("Constant") && node.output(0) != null) {
        node.output(0).setConstant(Constants.value(node));
      } else if (!isConstant(node) || !folding.fold(node)) {
        left.add(node);
      }
    }
    graph.nodes().clear();
    graph.nodes().addAll(left);
  }

  private static boolean isConstant(Node node) {
    for (Value input : node.inputs()) {
      if (input != null && input.constant() == null) {
        return false;
      }
    }
    return true;
  }
}

package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Lets the readers of a node that changes nothing read its input: copies, and scales of 1. */
final class DropIdentities {
  private DropIdentities() {}

  static void apply(Graph graph) {
    Map<Value, Value> same = new IdentityHashMap<>();
    Links links = new Links(graph);
    List<Node> left = new ArrayList<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        Value stands = same.get(node.input(i));
        if (stands != null) {
          node.setInput(i, stands);
        }
      }
      // An output of the model keeps its name, and so its node.
      if (isIdentity(node) && !links.isOutput(node.output(0))) {
        same.put(node.output(0), node.constant(0) == null ? node.input(0) : node.input(1));
      } else {
        left.add(node);
      }
    }
    graph.nodes().clear();
    graph.nodes().addAll(left);
  }

  private static boolean isIdentity(Node node) {
    if (node.input(0) == null || node.output(0) == null) {
      return false;
    }
    if (node.is("Dropout")) {
      Constant training = node.constant(2);
      return node.input(2) == null || training != null && training.longs()[0] == 0;
    }
    return node.is("Identity") || isOne(node);
  }

  /** Whether a node multiplies or divides by a one that has no axes to add. */
  private static boolean isOne(Node node) {
    boolean left = node.constant(0) != null && node.is("Mul");
    Constant one = left ? node.constant(0) : node.constant(1);
    return (node.is("Mul") || node.is("Div"))
        && node.inputs().size() == 2
        && node.input(left ? 1 : 0) != null
        && one != null
        && one.shape().length == 0
        && one.type().isFloating()
        && one.single() == 1;
  }
}

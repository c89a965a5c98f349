package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a Concat that begins with all that one before it joins begin with that one's output, as in
 * networks whose layers each see what all layers before them gave.
 */
final class ChainConcats {
  private ChainConcats() {}

  /**
   * @param inputs of the node, before any were joined
   */
  private record Joined(Node node, List<Value> inputs) {
    /** Whether another node along the same axis begins with all of it. */
    boolean begins(Node other, List<Value> values) {
      return inputs.size() > 1
          && inputs.size() <= values.size()
          && node.attributes().integer("axis", 1) == other.attributes().integer("axis", 1)
          && values.subList(0, inputs.size()).equals(inputs);
    }
  }

  /** Of those with the same first input only the last is looked at, so that time stays linear. */
  static void apply(Graph graph) {
    Map<Value, Joined> before = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (!node.is("Concat") || node.inputs().isEmpty()) {
        continue;
      }
      List<Value> inputs = new ArrayList<>(node.inputs());
      Joined last = before.put(inputs.getFirst(), new Joined(node, inputs));
      if (last != null && last.begins(node, inputs)) {
        node.inputs().subList(0, last.inputs.size()).clear();
        node.inputs().addFirst(last.node.output(0));
      }
    }
  }
}

package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.List;

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

  static void apply(Graph graph) {
    List<Joined> before = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.is("Concat")) {
        continue;
      }
      List<Value> inputs = new ArrayList<>(node.inputs());
      Joined longest = null;
      for (Joined joined : before) {
        boolean longer = longest == null || joined.inputs.size() > longest.inputs.size();
        longest = longer && joined.begins(node, inputs) ? joined : longest;
      }
      if (longest != null) {
        node.inputs().subList(0, longest.inputs.size()).clear();
        node.inputs().addFirst(longest.node.output(0));
      }
      before.add(new Joined(node, inputs));
    }
  }
}

package dev.convector.onnx.internal.rewrite;

import dev.convector.Activation;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Lets convolutions and products add the other operand of the Add behind them. */
final class FuseResiduals {
  private FuseResiduals() {}

  static void apply(Graph graph) {
    Links links = new Links(graph);
    Map<Node, Integer> places = new IdentityHashMap<>();
    for (Node node : graph.nodes()) {
      places.put(node, places.size());
    }
    List<Node> nodes = new ArrayList<>(graph.nodes());
    for (int i = 0; i < nodes.size(); i++) {
      Node add = nodes.get(i);
      // With an axis, as before opset 7, the second one's axes don't lie at the end.
      if (add == null
          || !add.is("Add")
          || add.inputs().size() != 2
          || add.attributes().has("axis")) {
        continue;
      }
      Node chosen = latest(candidate(links, add, 0), candidate(links, add, 1), places);
      if (chosen != null) {
        Value other = Links.other(add, chosen.output(0));
        nodes.set(places.get(chosen), null);
        chosen.setResidual(other);
        chosen.absorb(add);
        nodes.set(i, chosen);
        places.put(chosen, i);
        links.replaceProducer(chosen.output(0), chosen);
      }
    }
    graph.nodes().clear();
    nodes.stream().filter(node -> node != null).forEach(graph.nodes()::add);
  }

  /** The node that gives an input of a sum, if it can add the other one by itself. */
  private static Node candidate(Links links, Node add, int input) {
    Node node = links.producer(add.input(input));
    Value other = add.input(1 - input);
    boolean can =
        node != null
            && (node.is("Conv")
                || (node.is("MatMul") || node.is("Gemm")) && FuseActivations.hasWeights(node))
            && links.onlyUser(node) == add
            && node.residual() == null
            && node.activation().equals(Activation.NONE)
            && other.constant() == null;
    return can ? node : null;
  }

  private static Node latest(Node a, Node b, Map<Node, Integer> places) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return places.get(a) > places.get(b) ? a : b;
  }
}

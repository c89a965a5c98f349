package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Finds normalisations along the last axis that are written as {@code d / sqrt(mean(d * d) +
 * epsilon)} with {@code d = x - mean(x)}, and the product and sum behind them.
 */
final class LayerNormalizations {
  private static final long[] LAST_AXIS = {-1};

  private final Graph graph;
  private final Links links;

  private LayerNormalizations(Graph graph) {
    this.graph = graph;
    this.links = new Links(graph);
  }

  static void apply(Graph graph) {
    new LayerNormalizations(graph).apply();
  }

  private void apply() {
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      Node found = node.is("Div") ? match(node) : null;
      if (found != null) {
        nodes.set(i, found);
        links.replaceProducer(found.output(0), found);
      }
    }
    graph.sweep();
  }

  private Node match(Node division) {
    Value x = centered(division.input(0));
    Node root = links.producer(division.input(1), "Sqrt");
    Node sum = root == null ? null : links.producer(root.input(0), "Add");
    if (x == null || sum == null) {
      return null;
    }
    int which = sum.constant(1) == null ? 0 : 1;
    Constant epsilon = sum.constant(which);
    Value distance = squared(mean(sum.input(1 - which)));
    boolean found =
        epsilon != null && epsilon.single() > 0 && distance != null && centered(distance) == x;
    return found ? replacement(division, x, epsilon.single()) : null;
  }

  /** The x of {@code x - mean(x)}; null of everything else. */
  private Value centered(Value value) {
    Node difference = links.producer(value, "Sub");
    if (difference == null || mean(difference.input(1)) != difference.input(0)) {
      return null;
    }
    return difference.input(0);
  }

  /** What a mean along the last axis is of; null of everything else. */
  private Value mean(Value value) {
    Node mean = links.producer(value, "ReduceMean");
    if (mean == null || mean.attributes().integer("keepdims", 1) == 0) {
      return null;
    }
    Constant input = mean.constant(1);
    long[] axes = input != null ? input.longs() : mean.attributes().integers("axes");
    return Arrays.equals(axes, LAST_AXIS) ? mean.input(0) : null;
  }

  private Value squared(Value value) {
    Node power = links.producer(value, "Pow");
    if (power != null) {
      return Links.isNear(power.constant(1), 2) ? power.input(0) : null;
    }
    Node product = links.producer(value, "Mul");
    return product != null && product.input(0) == product.input(1) ? product.input(0) : null;
  }

  private Node replacement(Node division, Value x, float epsilon) {
    List<Value> inputs = new ArrayList<>(List.of(x));
    List<Node> behind = new ArrayList<>();
    Node scale = links.onlyUser(division);
    if (isRow(scale, "Mul", division)) {
      inputs.add(Links.other(scale, division.output(0)));
      behind.add(scale);
      Node shift = links.onlyUser(scale);
      if (isRow(shift, "Add", scale)) {
        inputs.add(Links.other(shift, scale.output(0)));
        behind.add(shift);
      }
    }
    Attributes attributes = new Attributes(Map.of("axis", -1L, "epsilon", epsilon));
    Node node =
        new Node(
            "LayerNormalization",
            division.name(),
            division.version(),
            attributes,
            inputs,
            division.outputs());
    node.noteAbsorbed(division);
    behind.forEach(node::absorb);
    return node;
  }

  /** Whether a node takes another's output and a constant of one axis. */
  private static boolean isRow(Node node, String operator, Node before) {
    if (node == null || !node.is(operator) || node.attributes().has("axis")) {
      return false;
    }
    Constant constant = Links.other(node, before.output(0)).constant();
    return constant != null && constant.type().isFloating() && constant.shape().length == 1;
  }
}

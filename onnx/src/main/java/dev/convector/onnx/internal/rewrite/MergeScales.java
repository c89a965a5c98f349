package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.operator.Affine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes products and sums with single numbers that follow each other one step. */
final class MergeScales {
  private MergeScales() {}

  static void apply(Graph graph) {
    Links links = new Links(graph);
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node first = nodes.get(i);
      Node next = links.onlyUser(first);
      float[] own = numbers(first);
      float[] further = next == null ? null : numbers(next);
      if (own != null && further != null) {
        nodes.set(i, merged(first, links));
      }
    }
    graph.sweep();
  }

  /** With all that follow, which are left without outputs, and swept. */
  private static Node merged(Node first, Links links) {
    double factor = 1;
    double shift = 0;
    long rank = 0;
    List<Node> behind = new ArrayList<>();
    for (Node next = first; next != null; next = links.onlyUser(next)) {
      float[] numbers = numbers(next);
      if (numbers == null) {
        break;
      }
      factor *= numbers[0];
      shift = shift * numbers[0] + numbers[1];
      rank = Math.max(rank, rank(next));
      if (next != first) {
        behind.add(next);
      }
    }
    Attributes attributes =
        new Attributes(
            Map.of(Affine.FACTOR, (float) factor, Affine.SHIFT, (float) shift, Affine.RANK, rank));
    int from = first.constant(0) == null ? 0 : 1;
    Node node =
        new Node(
            Affine.NAME,
            first.name(),
            first.version(),
            attributes,
            List.of(first.input(from)),
            first.outputs());
    behind.forEach(node::absorb);
    return node;
  }

  /** Dimensions of the number that a node takes. */
  private static int rank(Node node) {
    return node.constant(node.constant(0) != null ? 0 : 1).shape().length;
  }

  /** The factor and the shift that a node is, of a tensor that is no constant; or null. */
  private static float[] numbers(Node node) {
    if (node.outputs().size() != 1
        || node.inputs().size() != 2
        || node.input(0) == null
        || node.input(1) == null) {
      return null;
    }
    boolean left = node.constant(0) != null;
    Constant constant = node.constant(left ? 0 : 1);
    if (constant == null || !Float.isFinite(constant.single()) || constant.shape().length > 1) {
      return null;
    }
    float number = constant.single();
    return switch (node.operator()) {
      case "Mul" -> new float[] {number, 0};
      case "Add" -> new float[] {1, number};
      case "Sub" -> left ? new float[] {-1, number} : new float[] {1, -number};
      case "Div" -> left ? null : new float[] {1 / number, 0};
      default -> null;
    };
  }
}

package dev.convector.onnx.internal.format;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kahn's order (Topological sorting of large networks, 1962): a node as soon as all that it needs
 * stands before it. The format asks for such an order, and not every program keeps to it.
 */
final class NodeOrder {
  private final Map<Value, List<Integer>> waiting = new IdentityHashMap<>();
  private final int[] missing;
  private final List<Node> nodes;

  private NodeOrder(List<Node> nodes) {
    this.nodes = nodes;
    this.missing = new int[nodes.size()];
  }

  static List<Node> sort(List<Node> nodes) {
    return new NodeOrder(nodes).sorted();
  }

  private List<Node> sorted() {
    Map<Value, Boolean> made = new IdentityHashMap<>();
    for (Node node : nodes) {
      for (Value output : node.outputs()) {
        if (output != null) {
          made.put(output, true);
        }
      }
    }
    boolean ordered = true;
    Map<Value, Boolean> seen = new IdentityHashMap<>();
    for (int i = 0; i < missing.length; i++) {
      for (Value input : nodes.get(i).inputs()) {
        if (input != null && made.containsKey(input)) {
          ordered &= seen.containsKey(input);
          missing[i]++;
          waiting.computeIfAbsent(input, unused -> new ArrayList<>(1)).add(i);
        }
      }
      for (Value output : nodes.get(i).outputs()) {
        seen.put(output, true);
      }
    }
    return ordered ? new ArrayList<>(nodes) : resolve();
  }

  private List<Node> resolve() {
    Deque<Integer> ready = new ArrayDeque<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> order = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      Node node = nodes.get(ready.remove());
      order.add(node);
      for (Value output : node.outputs()) {
        for (int user : waiting.getOrDefault(output, List.of())) {
          if (--missing[user] == 0) {
            ready.add(user);
          }
        }
      }
    }
    if (order.size() < nodes.size()) {
      for (int i = 0; i < missing.length; i++) {
        if (missing[i] > 0) {
          throw new OnnxException(
              nodes.get(i) + ": needs its own output, or that of a node behind");
        }
      }
    }
    return order;
  }
}

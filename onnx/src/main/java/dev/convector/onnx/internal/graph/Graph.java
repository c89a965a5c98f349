package dev.convector.onnx.internal.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network: nodes in an order in which each comes after those whose outputs it needs.
 *
 * @param inputs in the model's order, without constants
 * @param outputs in the model's order
 * @param nodes may be changed while the model is rewritten
 */
public record Graph(List<Value> inputs, List<Value> outputs, List<Node> nodes) {

  /** For each value the nodes that read it, each as often as it does. */
  public Map<Value, List<Node>> users() {
    Map<Value, List<Node>> users = new IdentityHashMap<>();
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        if (input != null) {
          users.computeIfAbsent(input, unused -> new ArrayList<>(1)).add(node);
        }
      }
      if (node.residual() != null) {
        users.computeIfAbsent(node.residual(), unused -> new ArrayList<>(1)).add(node);
      }
    }
    return users;
  }

  /** For each value that a node gives, that node. */
  public Map<Value, Node> producers() {
    Map<Value, Node> producers = new IdentityHashMap<>();
    for (Node node : nodes) {
      for (Value output : node.outputs()) {
        if (output != null) {
          producers.put(output, node);
        }
      }
    }
    return producers;
  }

  /** Takes out nodes that nothing needs. */
  public void sweep() {
    Set<Value> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.addAll(outputs);
    List<Node> kept = new ArrayList<>(nodes.size());
    for (Node node : nodes.reversed()) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
        if (node.residual() != null) {
          needed.add(node.residual());
        }
        kept.add(node);
      }
    }
    nodes.clear();
    nodes.addAll(kept.reversed());
  }

  /** The constants that nodes read and outputs are, each once. */
  public Set<Value> constants() {
    Set<Value> constants = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        if (input != null && input.constant() != null) {
          constants.add(input);
        }
      }
    }
    for (Value output : outputs) {
      if (output.constant() != null) {
        constants.add(output);
      }
    }
    return constants;
  }

  /** A line for each node. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append(describe(node)).append('\n');
    }
    return text.toString();
  }

  /** A node with what became part of it. */
  public static String describe(Node node) {
    String line = node.operator() + " " + node.name();
    return node.absorbed().isEmpty() ? line : line + " with " + String.join(", ", node.absorbed());
  }
}

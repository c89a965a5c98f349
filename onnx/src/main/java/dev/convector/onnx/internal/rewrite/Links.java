package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who gives and who reads each value of a graph, kept up to date by the pass that changes it. */
final class Links {
  private final Map<Value, Node> producers;
  private final Map<Value, List<Node>> users;
  private final Set<Value> outputs = Collections.newSetFromMap(new IdentityHashMap<>());

  Links(Graph graph) {
    producers = graph.producers();
    users = graph.users();
    outputs.addAll(graph.outputs());
  }

  /** The node that gives a value; null of inputs and constants. */
  Node producer(Value value) {
    return value == null ? null : producers.get(value);
  }

  /** The node that gives a value, if it is of that operator; null otherwise. */
  Node producer(Value value, String operator) {
    Node producer = producer(value);
    return producer != null && producer.is(operator) ? producer : null;
  }

  /** The one node that reads a value, once; null if there are more readers or other ones. */
  Node onlyUser(Value value) {
    List<Node> readers = users.getOrDefault(value, List.of());
    return readers.size() == 1 && !outputs.contains(value) ? readers.getFirst() : null;
  }

  /** The one node that reads a node's only output. */
  Node onlyUser(Node node) {
    return node.outputs().size() == 1 ? onlyUser(node.output(0)) : null;
  }

  boolean isOutput(Value value) {
    return outputs.contains(value);
  }

  /** Notes that another node gives a value now, and has taken the place of its producer. */
  void replaceProducer(Value value, Node node) {
    producers.put(value, node);
  }

  /** The other one of two inputs. */
  static Value other(Node node, Value input) {
    return node.input(0) == input ? node.input(1) : node.input(0);
  }

  /** Whether one of two inputs is a single number, near one given. */
  static boolean isNear(Constant constant, double number) {
    return constant != null
        && Math.abs(constant.type().isFloating() ? constant.single() - number : Double.NaN)
            <= 1e-5 * Math.abs(number);
  }
}

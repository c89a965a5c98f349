package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The table of all operators that are supported, with the attributes that each knows. */
public final class Operators {
  /** Lines of a message that lists what is not supported. */
  private static final int MOST_LINES = 40;

  private static final Map<String, Entry> TABLE = new HashMap<>();

  private record Entry(Operator operator, Set<String> attributes) {}

  private Operators() {}

  static {
    ConvolutionTable.addTo(Operators::add);
    ElementwiseTable.addTo(Operators::add);
    TensorTable.addTo(Operators::add);
  }

  /** How tables are filled. */
  @FunctionalInterface
  interface Adder {
    void add(String name, Operator operator, String... attributes);
  }

  private static void add(String name, Operator operator, String... attributes) {
    TABLE.put(name, new Entry(operator, Set.of(attributes)));
  }

  /** Whether there is an operator of that name. */
  public static boolean has(String name) {
    return TABLE.containsKey(name);
  }

  /** The operator of a node of which {@link #requireSupported} had nothing to say. */
  public static Operator of(Node node) {
    return TABLE.get(node.operator()).operator;
  }

  /**
   * Checks every node.
   *
   * @throws OnnxException that names all operators and attributes that are not supported
   */
  public static void requireSupported(Graph graph) {
    Set<String> problems = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      String problem = problem(node);
      if (problem != null && problems.size() < MOST_LINES) {
        problems.add(problem);
      }
    }
    if (!problems.isEmpty()) {
      throw new OnnxException("not supported:\n  " + String.join("\n  ", problems));
    }
  }

  private static String problem(Node node) {
    Entry entry = TABLE.get(node.operator());
    if (entry == null) {
      return node + ": no such operator here";
    }
    for (String attribute : node.attributes().names()) {
      if (!entry.attributes.contains(attribute)) {
        return node + ": attribute " + attribute;
      }
    }
    try {
      String refusal = entry.operator.refusal(node);
      return refusal == null ? null : node + ": " + refusal;
    } catch (OnnxException broken) {
      return node + ": " + broken.getMessage();
    }
  }
}

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

  /**
   * What is known of an operator.
   *
   * @param attributes each with the first version that hasn't it any more
   */
  private record Entry(Operator operator, Map<String, Integer> attributes) {}

  private Operators() {}

  static {
    ConvolutionTable.addTo(Operators::add);
    ElementwiseTable.addTo(Operators::add);
    TensorTable.addTo(Operators::add);
  }

  /**
   * How tables are filled. An attribute that became an input says since when: {@code axes<13}.
   * Beyond, it would be accepted and not read.
   */
  @FunctionalInterface
  interface Adder {
    void add(String name, Operator operator, String... attributes);
  }

  private static void add(String name, Operator operator, String... attributes) {
    Map<String, Integer> versions = new HashMap<>();
    for (String attribute : attributes) {
      int sign = attribute.indexOf('<');
      if (sign < 0) {
        versions.put(attribute, Integer.MAX_VALUE);
      } else {
        versions.put(attribute.substring(0, sign), Integer.valueOf(attribute.substring(sign + 1)));
      }
    }
    TABLE.put(name, new Entry(operator, versions));
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
      if (node.version() >= entry.attributes.getOrDefault(attribute, 0)) {
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

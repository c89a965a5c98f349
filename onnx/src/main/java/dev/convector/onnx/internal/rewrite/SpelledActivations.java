package dev.convector.onnx.internal.rewrite;

import dev.convector.Activation;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Activating;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds activations that are written as products: a number, a value, and a function of that value.
 *
 * <pre>
 *   hard-sigmoid   1/6 * clip(x + 3, 0, 6)
 *   hard-swish     1/6 * x * clip(x + 3, 0, 6),  x * hard-sigmoid(x)
 *   SiLU           x * sigmoid(x)
 *   GELU           1/2 * x * (1 + erf(x / sqrt 2))
 * </pre>
 *
 * <p>Products may be in any order, and a division by the number's reciprocal.
 */
final class SpelledActivations {
  private static final double ROOT_HALF = Math.sqrt(0.5);

  private final Graph graph;
  private final Links links;

  private SpelledActivations(Graph graph) {
    this.graph = graph;
    this.links = new Links(graph);
  }

  static void apply(Graph graph) {
    new SpelledActivations(graph).apply();
  }

  /** A product's parts. */
  private static final class Product {
    double number = 1;
    final List<Value> factors = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
  }

  private void apply() {
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.is("Mul") || node.is("Div")) {
        Node activation = match(node);
        if (activation != null) {
          nodes.set(i, activation);
          links.replaceProducer(node.output(0), activation);
        }
      }
    }
    graph.sweep();
  }

  private Node match(Node root) {
    Product product = new Product();
    if (!collect(root, product)) {
      return null;
    }
    List<Value> factors = product.factors;
    if (factors.size() == 1) {
      Value x = clipped(factors.getFirst());
      return x != null && near(product.number, 1.0 / 6) ? hardSigmoid(root, x, product) : null;
    }
    for (int i = 0; i < 2 && factors.size() == 2; i++) {
      Value x = factors.get(i);
      String name = withFunction(x, factors.get(1 - i), product.number);
      if (name != null) {
        return replacement(root, name, x, Attributes.NONE, product);
      }
    }
    return null;
  }

  private static boolean near(double number, double other) {
    return Math.abs(number - other) <= 1e-5 * Math.abs(other);
  }

  /** Adds what is multiplied; false if something is not a product of at most two values. */
  private boolean collect(Node node, Product product) {
    product.nodes.add(node);
    boolean division = node.is("Div");
    for (int i = 0; i < 2; i++) {
      Value factor = node.input(i);
      if (factor == null) {
        return false;
      }
      Constant constant = factor.constant();
      boolean divides = division && i == 1;
      if (constant != null) {
        if (!constant.type().isFloating() || constant.size() != 1) {
          return false;
        }
        product.number *= divides ? 1 / (double) constant.single() : constant.single();
      } else if (divides || !collect(factor, product)) {
        return false;
      }
    }
    return product.factors.size() <= 2;
  }

  private boolean collect(Value factor, Product product) {
    Node inner = links.producer(factor);
    boolean opened =
        inner != null
            && (inner.is("Mul") || inner.is("Div"))
            && links.onlyUser(factor) != null
            && product.nodes.size() < 3;
    if (opened) {
      return collect(inner, product);
    }
    product.factors.add(factor);
    return true;
  }

  /** The activation {@code number * x * function}; null if it is none. */
  private String withFunction(Value x, Value function, double number) {
    if (near(number, 1.0 / 6) && clipped(function) == x) {
      return "HardSwish";
    }
    Node node = links.producer(function);
    if (node == null) {
      return null;
    }
    if (near(number, 1) && node.input(0) == x) {
      return node.is("Sigmoid") ? "Silu" : isHardSigmoid(node) ? "HardSwish" : null;
    }
    return near(number, 0.5) && isOnePlusErf(node, x) ? "Gelu" : null;
  }

  private static boolean isHardSigmoid(Node node) {
    Attributes attributes = node.attributes();
    return node.is("HardSigmoid")
        && near(attributes.number("alpha", 0.2f), 1.0 / 6)
        && near(attributes.number("beta", 0.5f), 0.5);
  }

  private boolean isOnePlusErf(Node sum, Value x) {
    if (!sum.is("Add")) {
      return false;
    }
    boolean first = Links.isNear(sum.constant(0), 1);
    Node erf = links.producer(sum.input(first ? 1 : 0), "Erf");
    if (!first && !Links.isNear(sum.constant(1), 1) || erf == null) {
      return false;
    }
    Node scaled = links.producer(erf.input(0));
    if (scaled == null) {
      return false;
    }
    if (scaled.is("Div")) {
      return scaled.input(0) == x && Links.isNear(scaled.constant(1), 1 / ROOT_HALF);
    }
    return scaled.is("Mul")
        && (scaled.input(0) == x && Links.isNear(scaled.constant(1), ROOT_HALF)
            || scaled.input(1) == x && Links.isNear(scaled.constant(0), ROOT_HALF));
  }

  /** The x of {@code clip(x + 3, 0, 6)}; null of everything else. */
  private Value clipped(Value value) {
    Node clip = links.producer(value, "Clip");
    if (clip == null) {
      return null;
    }
    Activation bounds = Activating.of(clip);
    Node sum = links.producer(clip.input(0), "Add");
    if (bounds == null || bounds.low() != 0 || bounds.high() != 6 || sum == null) {
      return null;
    }
    if (Links.isNear(sum.constant(1), 3)) {
      return sum.input(0);
    }
    return Links.isNear(sum.constant(0), 3) ? sum.input(1) : null;
  }

  private Node hardSigmoid(Node root, Value x, Product product) {
    Attributes sixth = new Attributes(Map.of("alpha", 1 / 6f, "beta", 0.5f));
    return replacement(root, "HardSigmoid", x, sixth, product);
  }

  private static Node replacement(
      Node root, String operator, Value x, Attributes attributes, Product product) {
    Node node =
        new Node(operator, root.name(), root.version(), attributes, List.of(x), root.outputs());
    product.nodes.forEach(node::noteAbsorbed);
    return node;
  }
}

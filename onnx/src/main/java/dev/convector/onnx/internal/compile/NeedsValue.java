package dev.convector.onnx.internal.compile;

import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;

/** Shapes depend on the numbers of something that is known in runs only. */
final class NeedsValue extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Value value;
  private final transient Node node;

  NeedsValue(Value value, Node node) {
    super(value.name(), null, false, false);
    this.value = value;
    this.node = node;
  }

  Value value() {
    return value;
  }

  /** What asked for it. */
  Node where() {
    return node;
  }
}

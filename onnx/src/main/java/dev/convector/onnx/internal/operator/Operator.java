package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.graph.Node;

/** A family of ONNX's operators. Stateless. */
public interface Operator {
  /**
   * Why a node can't be run, as far as can be told without shapes.
   *
   * @return null if it can
   */
  default String refusal(Node node) {
    return null;
  }

  /**
   * Turns a node whose inputs' shapes are known into steps.
   *
   * @throws dev.convector.onnx.OnnxException that says what can't be done; the caller adds where
   */
  void compile(Site site);
}

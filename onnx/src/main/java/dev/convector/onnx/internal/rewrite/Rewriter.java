package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Graph;

/** Applies all passes, in an order in which each finds what those before it have left. */
public final class Rewriter {
  private Rewriter() {}

  public static Graph rewrite(Graph graph) {
    FoldConstants.apply(graph);
    graph.sweep();
    return graph;
  }
}

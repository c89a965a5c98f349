package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Graph;

/** Applies all passes, in an order in which each finds what those before it have left. */
public final class Rewriter {
  private Rewriter() {}

  public static Graph rewrite(Graph graph) {
    FoldConstants.apply(graph);
    DropIdentities.apply(graph);
    graph.sweep();
    SpelledActivations.apply(graph);
    LayerNormalizations.apply(graph);
    FusePads.apply(graph);
    FoldAffine.apply(graph);
    FuseActivations.apply(graph);
    FuseResiduals.apply(graph);
    // Again, since many stand behind the sum that is no node any more.
    FuseActivations.apply(graph);
    MergeScales.apply(graph);
    FoldScalesAhead.apply(graph);
    ChainConcats.apply(graph);
    return graph;
  }
}

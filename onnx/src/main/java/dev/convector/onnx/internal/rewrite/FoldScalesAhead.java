package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Affine;

/**
 * Makes a scale and shift by single numbers part of the weights and bias of the convolution behind
 * it. A shift only where nothing is padded: the padding is not shifted.
 */
final class FoldScalesAhead {
  private FoldScalesAhead() {}

  static void apply(Graph graph) {
    Links links = new Links(graph);
    for (Node scale : graph.nodes()) {
      Node conv = scale.is(Affine.NAME) ? links.onlyUser(scale) : null;
      if (conv != null
          && conv.is("Conv")
          && conv.input(0) == scale.output(0)
          && isConstant(conv)
          && (scale.attributes().number(Affine.SHIFT, 0) == 0 || isUnpadded(conv))) {
        fold(scale, conv);
      }
    }
    graph.sweep();
  }

  private static boolean isConstant(Node conv) {
    Constant weights = conv.constant(1);
    return weights != null
        && weights.type().isFloating()
        && weights.shape().length >= 3
        && weights.size() > 0
        && (conv.input(2) == null || conv.constant(2) != null);
  }

  private static boolean isUnpadded(Node conv) {
    String named = conv.attributes().text("auto_pad", "NOTSET");
    long[] pads = conv.attributes().integers("pads");
    boolean zeros = true;
    for (int i = 0; pads != null && i < pads.length; i++) {
      zeros &= pads[i] == 0;
    }
    return named.equals("VALID") || named.equals("NOTSET") && zeros;
  }

  private static void fold(Node scale, Node conv) {
    float factor = scale.attributes().number(Affine.FACTOR, 1);
    float shift = scale.attributes().number(Affine.SHIFT, 0);
    Constant weights = conv.constant(1);
    int filters = weights.shape()[0];
    int each = weights.size() / filters;
    float[] own = shift == 0 ? null : weights.floats();
    float[] before = conv.constant(2) == null ? new float[filters] : conv.constant(2).floats();
    float[] bias = new float[filters];
    for (int k = 0; k < filters; k++) {
      double sum = own == null ? 0 : sum(own, k * each, each);
      bias[k] = (float) (before[k] + shift * sum);
    }
    Constant scaled = weights.changed(w -> scaled(w, factor));
    conv.setInput(0, scale.input(0));
    conv.setInput(1, new Value(conv.name() + " weights", scaled));
    conv.setInput(2, new Value(conv.name() + " bias", Constant.of(new int[] {filters}, bias)));
    conv.noteAbsorbed(scale);
  }

  /** A method of its own: HotSpot compiles the one around it for this loop otherwise. */
  private static double sum(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static float[] scaled(float[] weights, float factor) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= factor;
    }
    return weights;
  }
}

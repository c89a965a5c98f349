package dev.convector.onnx.internal.rewrite;

import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets a convolution pad by itself where a Pad with zeros stands before it. */
final class FusePads {
  /** From here on pads and value are inputs. */
  private static final int PADS_ARE_INPUTS = 11;

  private FusePads() {}

  static void apply(Graph graph) {
    Links links = new Links(graph);
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node conv = nodes.get(i);
      Node pad = conv.is("Conv") ? links.producer(conv.input(0), "Pad") : null;
      if (pad != null && links.onlyUser(pad) == conv && conv.constant(1) != null) {
        long[] pads = padded(conv, pad);
        if (pads != null) {
          nodes.set(i, withPads(conv, pad, pads));
        }
      }
    }
    graph.sweep();
  }

  /** The pads of both together; null if they can't be one. */
  private static long[] padded(Node conv, Node pad) {
    int rank = conv.constant(1).shape().length;
    long[] pads =
        pad.version() < PADS_ARE_INPUTS
            ? pad.attributes().integers("pads")
            : pad.constant(1) == null ? null : pad.constant(1).longs();
    boolean zeros =
        pad.attributes().text("mode", "constant").equals("constant")
            && isZero(pad)
            && pad.input(3) == null;
    if (!zeros || pads == null || pads.length != 2 * rank) {
      return null;
    }
    if (!conv.attributes().text("auto_pad", "NOTSET").equals("NOTSET")) {
      return null;
    }
    int axes = rank - 2;
    long[] own = conv.attributes().integers("pads");
    long[] sums = new long[2 * axes];
    if (pads[0] != 0 || pads[1] != 0 || pads[rank] != 0 || pads[rank + 1] != 0) {
      return null;
    }
    for (int i = 0; i < axes; i++) {
      sums[i] = pads[i + 2] + (own == null ? 0 : own[i]);
      sums[i + axes] = pads[rank + i + 2] + (own == null ? 0 : own[i + axes]);
      if (pads[i + 2] < 0 || pads[rank + i + 2] < 0) {
        return null;
      }
    }
    return sums;
  }

  private static boolean isZero(Node pad) {
    if (pad.version() < PADS_ARE_INPUTS) {
      return pad.attributes().number("value", 0) == 0;
    }
    Constant value = pad.constant(2);
    return pad.input(2) == null
        || value != null && value.type().isFloating() && value.single() == 0;
  }

  private static Node withPads(Node conv, Node pad, long[] pads) {
    Map<String, Object> values = new HashMap<>(conv.attributes().values());
    values.put("pads", pads);
    Node padded =
        new Node(
            conv.operator(),
            conv.name(),
            conv.version(),
            new Attributes(values),
            conv.inputs(),
            conv.outputs());
    padded.setInput(0, pad.input(0));
    padded.noteAbsorbed(pad);
    return padded;
  }
}

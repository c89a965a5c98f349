package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** Clip, whose bounds were attributes before opset 11 and are inputs since. */
final class Clipping implements Operator {
  private static final int BOUNDS_ARE_INPUTS = 11;

  /** The activation that a node is; null if its bounds are not known, not floats, or crossed. */
  static Activation activation(Node node) {
    float low = Float.NEGATIVE_INFINITY;
    float high = Float.POSITIVE_INFINITY;
    if (node.version() < BOUNDS_ARE_INPUTS) {
      low = node.attributes().number("min", low);
      high = node.attributes().number("max", high);
    } else {
      low = node.input(1) == null ? low : bound(node.constant(1));
      high = node.input(2) == null ? high : bound(node.constant(2));
    }
    return low <= high ? Activation.clamp(low, high) : null;
  }

  private static float bound(Constant constant) {
    return constant == null ? Float.NaN : constant.single();
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    boolean inputs = site.version() >= BOUNDS_ARE_INPUTS;
    Constant low = inputs ? site.constant(1) : null;
    Constant high = inputs ? site.constant(2) : null;
    Operand y = site.outputOver(0, x);
    if (x.type() == ElementType.FLOAT) {
      float least =
          inputs
              ? single(low, Float.NEGATIVE_INFINITY)
              : site.attributes().number("min", Float.NEGATIVE_INFINITY);
      float most =
          inputs
              ? single(high, Float.POSITIVE_INFINITY)
              : site.attributes().number("max", Float.POSITIVE_INFINITY);
      site.step(new AffineStep(1, 0, least, most, x, y), List.of(x), y);
    } else if (x.type().isWhole()) {
      long least = single(low, Long.MIN_VALUE);
      long most = single(high, Long.MAX_VALUE);
      site.step(new Unary.LongStep(v -> Math.min(Math.max(v, least), most), x, y), List.of(x), y);
    } else {
      throw new OnnxException(x + ": this type is not supported");
    }
  }

  private static float single(Constant bound, float otherwise) {
    return bound == null ? otherwise : bound.floats()[0];
  }

  private static long single(Constant bound, long otherwise) {
    return bound == null ? otherwise : bound.longs()[0];
  }
}

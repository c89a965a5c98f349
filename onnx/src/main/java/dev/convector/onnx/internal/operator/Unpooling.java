package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** MaxUnpool: maxima back where they were, zeros elsewhere. */
final class Unpooling implements Operator {
  @Override
  public String refusal(Node node) {
    return node.attributes().integers("kernel_shape") == null
        ? "without kernel_shape"
        : Window.refusal(node);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.in(Order.NATURAL, site.floats(0));
    Operand indices = site.natural(1);
    if (!indices.type().isWhole() || !Arrays.equals(x.shape(), indices.shape())) {
      throw new OnnxException(indices + ": must be places for " + x);
    }
    long[] wanted = site.longs(2);
    int[] natural = natural(site, x);
    int[] shape = wanted == null ? natural : Shapes.toInts(wanted);
    if (shape.length != x.rank()) {
      throw new OnnxException("output_shape: must have as many axes as " + x);
    }
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    site.step(new Scatter(x, indices, natural, y), List.of(x, indices), y);
  }

  /** The size that a pooling with this window made {@code x} of. */
  private static int[] natural(Site site, Operand x) {
    Window window = Window.of(site.attributes(), x.rank() == 5 ? 3 : Images.axes(x), null);
    int[] shape = x.shape().clone();
    int axes = window.kernel().length;
    for (int i = 2; i < shape.length; i++) {
      int axis = i + axes - shape.length;
      int pads = window.pads()[axis] + window.pads()[axis + axes];
      shape[i] = (shape[i] - 1) * window.strides()[axis] + window.kernel()[axis] - pads;
    }
    return shape;
  }

  /** Places count in the natural size; in a larger output, images keep their upper left corner. */
  private record Scatter(Operand x, Operand indices, int[] natural, Operand y) implements Step {
    @Override
    public void run(Run run) {
      float[] to = run.floats(y);
      int start = run.offset(y);
      Arrays.fill(to, start, start + y.size(), 0);
      int[] strides = Shapes.strides(y.shape());
      for (int i = 0; i < x.size(); i++) {
        long rest = run.longs(indices)[run.offset(indices) + i];
        int at = start;
        for (int k = natural.length - 1; k >= 0; k--) {
          int place = (int) Math.floorMod(rest, (long) Math.max(1, natural[k]));
          rest = Math.floorDiv(rest, (long) Math.max(1, natural[k]));
          if (place >= y.dimension(k)) {
            rest = -1;
          }
          at += place * strides[k];
        }
        if (rest != 0) {
          throw new OnnxException("MaxUnpool: an index outside of the output " + y);
        }
        to[at] = run.floats(x)[run.offset(x) + i];
      }
    }
  }
}

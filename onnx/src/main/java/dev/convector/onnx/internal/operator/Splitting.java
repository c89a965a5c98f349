package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** Split, along any axis. */
final class Splitting implements Operator {
  /** From here on the sizes are an input. */
  private static final int SIZES_ARE_INPUTS = 13;

  @Override
  public String refusal(Node node) {
    int outputs = node.outputs().size();
    long said = node.attributes().integer("num_outputs", outputs);
    if (said != outputs) {
      return "num_outputs " + said + " with " + outputs + " outputs";
    }
    return node.version() < SIZES_ARE_INPUTS && node.inputs().size() > 1 ? "a second input" : null;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.requiredApart(0);
    int axis = Shapes.axis(site.attributes().integer("axis", 0), x.rank());
    int[] sizes = sizes(site, x.dimension(axis));
    int[] strides = Shapes.strides(x.physical());
    int start = 0;
    for (int i = 0; i < sizes.length; i++) {
      int[] shape = x.shape().clone();
      shape[axis] = sizes[i];
      if (site.node().output(i) != null) {
        Operand part = site.output(i, x.type(), shape, x.order());
        int[] count = part.physical();
        Strided from = new Strided(strides, start * strides[x.place(axis)]);
        Strided to = new Strided(Shapes.strides(count), 0);
        site.step(StridedCopy.of(x, part, from, to, count), List.of(x), part);
      }
      start += sizes[i];
    }
  }

  private static int[] sizes(Site site, int whole) {
    long[] given =
        site.version() < SIZES_ARE_INPUTS ? site.attributes().integers("split") : site.longs(1);
    int count = site.node().outputs().size();
    if (given != null) {
      int[] sizes = Shapes.toInts(given);
      if (sizes.length != count
          || Arrays.stream(sizes).asLongStream().sum() != whole
          || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
        throw new OnnxException("split " + Arrays.toString(sizes) + ": must add up to " + whole);
      }
      return sizes;
    }
    int[] sizes = new int[count];
    int each = Math.ceilDiv(whole, count);
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.max(0, Math.min(each, whole - i * each));
    }
    return sizes;
  }
}

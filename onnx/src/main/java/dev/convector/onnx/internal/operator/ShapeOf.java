package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/** Shape and Size: constants, since shapes are known when a network is compiled. */
final class ShapeOf implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    if (site.node().is("Size")) {
      site.constant(0, Constant.of(ElementType.INT64, new int[0], new long[] {x.size()}));
      return;
    }
    int first = bound(site.attributes().integer("start", 0), x.rank());
    int end = bound(site.attributes().integer("end", x.rank()), x.rank());
    long[] sizes = Shapes.toLongs(x.shape());
    long[] part = first < end ? Arrays.copyOfRange(sizes, first, end) : new long[0];
    site.constant(0, Constant.of(ElementType.INT64, new int[] {part.length}, part));
  }

  private static int bound(long index, int rank) {
    return Math.clamp(index < 0 ? index + rank : index, 0, rank);
  }
}

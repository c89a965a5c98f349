package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** Expand and Tile. */
final class Repeating implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.natural(0);
    int[] given = Shapes.toInts(site.constant(1).longs());
    if (site.node().is("Tile")) {
      if (given.length != x.rank()) {
        throw new OnnxException("repeats: must be one for each axis of " + x);
      }
      tile(site, x, given);
    } else {
      expand(site, x, Shapes.broadcast(x.shape(), given));
    }
  }

  private static void expand(Site site, Operand x, int[] shape) {
    int[] padded = Shapes.ofRank(x.shape(), shape.length);
    int[] strides = Shapes.strides(padded);
    for (int i = 0; i < shape.length; i++) {
      strides[i] = padded[i] == 1 ? 0 : strides[i];
    }
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    Strided from = new Strided(strides, 0);
    Strided to = new Strided(Shapes.strides(shape), 0);
    site.step(StridedCopy.of(x, y, from, to, shape), List.of(x), y);
  }

  /** Two axes for each: which repetition, and which element of it. */
  private static void tile(Site site, Operand x, int[] repeats) {
    int rank = x.rank();
    int[] shape = new int[rank];
    int[] sizes = new int[2 * rank];
    int[] from = new int[2 * rank];
    int[] strides = Shapes.strides(x.shape());
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.multiplyExact(x.dimension(i), repeats[i]);
      sizes[2 * i] = repeats[i];
      sizes[2 * i + 1] = x.dimension(i);
      from[2 * i + 1] = strides[i];
    }
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    Strided to = new Strided(Shapes.strides(sizes), 0);
    site.step(StridedCopy.of(x, y, new Strided(from, 0), to, sizes), List.of(x), y);
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.ArrayList;
import java.util.List;

/**
 * Concat, along any axis, in the order in which most images lie. Channels last, what allows it is
 * written where it belongs by the steps that make it; the rest is copied.
 */
final class Concatenation implements Operator {
  @Override
  public void compile(Site site) {
    int count = site.node().inputs().size();
    Operand first = site.requiredApart(0);
    int axis = Shapes.axis(site.attributes().integer("axis", 1), first.rank());
    int[] shape = first.shape().clone();
    shape[axis] = 0;
    List<Operand> given = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Operand x = site.requiredApart(i);
      requireFits(first, x, axis);
      shape[axis] = Math.addExact(shape[axis], x.dimension(axis));
      given.add(x);
    }
    Order order = Binary.order(shape, given.toArray(Operand[]::new));
    List<Operand> parts =
        given.stream().map(x -> x.order() == order ? x : site.in(order, x)).toList();
    Operand whole = site.output(0, first.type(), shape, order);
    boolean sideBySide = whole.isChannelsLast() && axis == 1 && !whole.isConstant();
    int[] strides = Shapes.strides(whole.physical());
    int start = 0;
    for (Operand part : parts) {
      boolean there = sideBySide && part.isChannelsLast() && site.moveInto(whole, start, part);
      if (part.size() > 0 && !there) {
        int[] sizes = part.physical();
        Strided from = new Strided(Shapes.strides(sizes), 0);
        Strided to = new Strided(strides, start);
        site.step(StridedCopy.of(part, whole, from, to, sizes), List.of(part), whole);
      }
      start += part.dimension(axis) * strides[whole.place(axis)];
    }
  }

  private static void requireFits(Operand first, Operand x, int axis) {
    boolean fits = x.rank() == first.rank() && x.type() == first.type();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || x.dimension(i) == first.dimension(i);
    }
    if (!fits) {
      throw new OnnxException(first + " and " + x + ": may differ along axis " + axis + " only");
    }
  }
}

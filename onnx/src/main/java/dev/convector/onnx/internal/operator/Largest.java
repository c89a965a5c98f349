package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** TopK: the largest or smallest elements along an axis, and where they were; always sorted. */
final class Largest implements Operator {
  /** From here on their number is an input. */
  private static final int NUMBER_IS_INPUT = 10;

  @Override
  public void compile(Site site) {
    Operand x = site.in(Order.NATURAL, site.floats(0));
    int axis = Shapes.axis(site.attributes().integer("axis", -1), x.rank());
    long count =
        site.version() < NUMBER_IS_INPUT ? site.attributes().integer("k", -1) : site.longs(1)[0];
    if (count < 0 || count > x.dimension(axis)) {
      throw new OnnxException("k " + count + ": must be within axis " + axis + " of " + x);
    }
    int[] shape = x.shape().clone();
    shape[axis] = (int) count;
    boolean largest = site.attributes().integer("largest", 1) != 0;
    Operand values = site.output(0, x.type(), shape, Order.NATURAL);
    Operand places = site.output(1, ElementType.INT64, shape, Order.NATURAL);
    Select step =
        new Select(largest, (int) count, AxisRows.of(x, axis, axis + 1), x, values, places);
    site.step("", 0, step, List.of(x), List.of(values, places));
  }

  private static final class Select extends SplitStep {
    private final boolean largest;
    private final int count;
    private final AxisRows rows;
    private final Operand x;
    private final Operand values;
    private final Operand places;

    Select(boolean largest, int count, AxisRows rows, Operand x, Operand values, Operand places) {
      super(values.size() == 0 ? 0 : rows.outer() * rows.inner(), 20L * x.size());
      this.largest = largest;
      this.count = count;
      this.rows = rows;
      this.x = x;
      this.values = values;
      this.places = places;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      int inner = rows.inner();
      long[] keys = new long[rows.length()];
      for (int i = from; i < to; i++) {
        int start = run.offset(x) + rows.start(i);
        for (int k = 0; k < keys.length; k++) {
          keys[k] = key(src[start + k * inner], k);
        }
        Arrays.sort(keys);
        int first = i / inner * count * inner + i % inner;
        for (int k = 0; k < count; k++) {
          int place = (int) keys[k];
          run.longs(places)[run.offset(places) + first + k * inner] = place;
          run.floats(values)[run.offset(values) + first + k * inner] = src[start + place * inner];
        }
      }
    }

    /** Sorts by value in the wanted direction, then by place. NaN is larger than any number. */
    private long key(float value, int place) {
      int bits = Float.floatToIntBits(value == 0 ? 0f : value);
      int ordered = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
      return (long) (largest ? ~ordered : ordered) << Integer.SIZE | place;
    }
  }
}

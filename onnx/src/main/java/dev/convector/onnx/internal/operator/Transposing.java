package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.StridedCopy;
import java.util.Arrays;
import java.util.List;

/** Transpose: to channels last and from there, often no move at all. */
final class Transposing implements Operator {
  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    int[] axes = axes(site, x.rank());
    int[] shape = new int[axes.length];
    int[] places = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      shape[i] = x.dimension(axes[i]);
      places[i] = x.place(axes[i]);
    }
    for (Order order : Order.values()) {
      if (liesIn(order, places, x)) {
        site.alias(0, new Operand(x.type(), shape, order, x.storage()));
        return;
      }
    }
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    site.step(StridedCopy.transposition(x, y, places), List.of(x), y);
  }

  private static int[] axes(Site site, int rank) {
    long[] given = site.attributes().integers("perm");
    int[] axes = new int[rank];
    if (given == null) {
      Arrays.setAll(axes, i -> rank - 1 - i);
      return axes;
    }
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      if (given.length != rank || given[i] < 0 || given[i] >= rank || seen[(int) given[i]]) {
        throw new OnnxException("perm " + Arrays.toString(given) + ": must name each axis once");
      }
      axes[i] = (int) given[i];
      seen[axes[i]] = true;
    }
    return axes;
  }

  /** Whether the result, as it lies already, is in an order. */
  private static boolean liesIn(Order order, int[] places, Operand x) {
    if (order == Order.CHANNELS_LAST) {
      return places.length == 4
          && keepsOrder(new int[] {places[0], places[2], places[3], places[1]}, x);
    }
    return keepsOrder(places, x);
  }

  /** Whether axes of more than one element stay in the order in which they lie. */
  private static boolean keepsOrder(int[] places, Operand x) {
    int[] sizes = x.physical();
    int last = -1;
    for (int place : places) {
      if (sizes[place] != 1) {
        if (place < last) {
          return false;
        }
        last = place;
      }
    }
    return true;
  }
}

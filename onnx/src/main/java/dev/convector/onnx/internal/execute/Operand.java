package dev.convector.onnx.internal.execute;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/**
 * A tensor at a concrete shape.
 *
 * @param type of the elements
 * @param shape in the model's order of axes, whatever the order in memory
 * @param order in memory
 * @param storage where it is
 */
public record Operand(ElementType type, int[] shape, Order order, Storage storage) {

  public int rank() {
    return shape.length;
  }

  public int size() {
    return storage.size();
  }

  public int dimension(int axis) {
    return shape[axis];
  }

  /** Sizes in the order in which the axes lie in memory. */
  public int[] physical() {
    return order == Order.NATURAL ? shape : new int[] {shape[0], shape[2], shape[3], shape[1]};
  }

  /** Where an axis lies in memory. */
  public int place(int axis) {
    return order == Order.NATURAL ? axis : axis == 0 ? 0 : axis == 1 ? 3 : axis - 1;
  }

  public boolean isChannelsLast() {
    return order == Order.CHANNELS_LAST;
  }

  public boolean isConstant() {
    return storage.kind() == Storage.Kind.CONSTANT;
  }

  /** Whether both orders are the same in memory. */
  public boolean isEitherOrder() {
    return rank() == 4 && (shape[1] <= 1 || shape[2] * (long) shape[3] <= 1);
  }

  /** Whether other elements lie between its pixels. */
  public boolean isApart() {
    return storage.distance() > 0;
  }

  /**
   * Where an element lies, counted from the first.
   *
   * @param element as counted without what lies between pixels
   */
  public int at(int element) {
    int distance = storage.distance();
    return distance == 0 ? element : element / shape[1] * distance + element % shape[1];
  }

  /** Up to which of the elements before {@code end} nothing lies between those from one on. */
  public int joinedEnd(int element, int end) {
    return isApart() ? Math.min(end, (element / shape[1] + 1) * shape[1]) : end;
  }

  /** The same memory under another shape of as many elements. */
  public Operand reshaped(int[] other) {
    assert Shapes.size(other) == Shapes.size(shape);
    return new Operand(type, other, Order.NATURAL, storage);
  }

  /** The same memory, said to be in an order which it has. */
  public Operand as(Order other) {
    return new Operand(type, shape, other, storage);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape) + (isChannelsLast() ? " channels last" : "");
  }
}

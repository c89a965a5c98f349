package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Storage;
import dev.convector.onnx.internal.graph.Constant;

/** Constants as operands and back. */
public final class Operands {
  private Operands() {}

  public static Operand of(Constant constant) {
    Object array = constant.type().isFloating() ? constant.floats() : constant.longs();
    return new Operand(constant.type(), constant.shape(), Order.NATURAL, Storage.constant(array));
  }

  /** What a constant operand in its natural order is. */
  public static Constant constant(Operand operand) {
    Object array = operand.storage().array();
    return operand.type().isFloating()
        ? Constant.of(operand.type(), operand.shape(), (float[]) array)
        : Constant.of(operand.type(), operand.shape(), (long[]) array);
  }
}

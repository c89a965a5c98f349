package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Storage;
import dev.convector.onnx.internal.graph.Constant;

/** Constants as operands and back. */
public final class Operands {
  private Operands() {}

  public static Operand of(Constant constant) {
    Storage storage = Storage.constant(constant);
    return new Operand(constant.type(), constant.shape(), Order.NATURAL, storage);
  }

  /** What a constant operand in its natural order is. */
  public static Constant constant(Operand operand) {
    return operand.storage().constant().as(operand.type(), operand.shape());
  }
}

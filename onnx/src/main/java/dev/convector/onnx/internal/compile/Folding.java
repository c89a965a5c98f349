package dev.convector.onnx.internal.compile;

import dev.convector.Accuracy;
import dev.convector.Execution;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Operands;
import java.util.HashMap;

/** Works out nodes whose inputs are all constant, by compiling them: that runs their steps. */
public final class Folding {
  private final Compilation compilation =
      new Compilation(Accuracy.STRICT, new HashMap<>(), Execution.serial());

  /** Makes a node's outputs constants; false if one of them isn't one. */
  public boolean fold(Node node) {
    compilation.compile(node);
    boolean all = true;
    for (Value output : node.outputs()) {
      if (output != null) {
        Operand operand = compilation.operand(output);
        all &= operand.isConstant();
        if (operand.isConstant()) {
          output.setConstant(Operands.constant(compilation.in(Order.NATURAL, operand)));
        }
      }
    }
    return all;
  }
}

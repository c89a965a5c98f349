package dev.convector.onnx.internal.compile;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Node;

/**
 * A step and what it is, for people.
 *
 * @param node of which it is a part
 * @param operator that node's, or what else the step does
 * @param algorithm how, or empty
 */
record StepInfo(
    Step step, Node node, String operator, String algorithm, Operand output, long multiplyAdds) {
  /** The same, to be run. */
  StepInfo settled() {
    return new StepInfo(step.settled(), node, operator, algorithm, output, multiplyAdds);
  }
}

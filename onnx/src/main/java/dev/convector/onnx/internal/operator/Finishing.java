package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.onnx.internal.execute.Operand;
import java.util.List;

/** What a node adds and applies to its result, where that can't be part of the computation. */
final class Finishing {
  private Finishing() {}

  /**
   * Makes a result that lies between steps the node's output.
   *
   * @param result may be changed
   */
  static void apply(Site site, Operand result) {
    Activation activation = site.node().activation();
    if (site.residual() != null) {
      Binary.add(site, result, site.residual(), activation);
      return;
    }
    if (!activation.equals(Activation.NONE)) {
      site.step(new ActivationStep(activation, result, result), List.of(result), result);
    }
    site.alias(0, result);
  }
}

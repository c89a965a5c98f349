package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** Operators that are activations of the library, or become one by their attributes. */
public final class Activating implements Operator {
  /** What a sixth is as a float, give or take a rounding. */
  private static final float SIXTH = 1 / 6f;

  /**
   * The activation that a node is.
   *
   * @return null if it is none, or not with these attributes
   */
  public static Activation of(Node node) {
    return switch (node.operator()) {
      case "Relu" -> Activation.RELU;
      case "Sigmoid" -> Activation.SIGMOID;
      case "Tanh" -> Activation.TANH;
      case "HardSwish" -> Activation.HARD_SWISH;
      case "Silu" -> Activation.SILU;
      case "LeakyRelu" -> Activation.leakyRelu(node.attributes().number("alpha", 0.01f));
      case "Gelu" ->
          node.attributes().text("approximate", "none").equals("none") ? Activation.GELU : null;
      case "HardSigmoid" -> hardSigmoid(node) ? Activation.HARD_SIGMOID : null;
      case "Clip" -> Clipping.activation(node);
      default -> null;
    };
  }

  private static boolean hardSigmoid(Node node) {
    float alpha = node.attributes().number("alpha", 0.2f);
    return Math.abs(alpha - SIXTH) < 1e-6f && node.attributes().number("beta", 0.5f) == 0.5f;
  }

  @Override
  public String refusal(Node node) {
    String exact = node.attributes().text("approximate", "none");
    return exact.equals("none") || exact.equals("tanh") ? null : "approximate " + exact;
  }

  @Override
  public void compile(Site site) {
    Activation activation = of(site.node());
    Operand x = activation == null ? site.floats(0) : site.floatsApart(0);
    Operand y = site.outputOver(0, x);
    if (activation != null) {
      site.step(new ActivationStep(activation, x, y), List.of(x), y);
    } else if (site.node().is("HardSigmoid")) {
      float alpha = site.attributes().number("alpha", 0.2f);
      float beta = site.attributes().number("beta", 0.5f);
      site.step(new AffineStep(alpha, beta, 0, 1, x, y), List.of(x), y);
    } else {
      site.step(new Unary.FloatStep(Functions::tanhGelu, x, y), List.of(x), y);
    }
  }
}

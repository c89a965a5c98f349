package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Layout;
import dev.convector.internal.pack.Transpose;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Constant;
import java.util.function.Supplier;

/**
 * A product with constant weights, as a convolution with a kernel of one pixel: rows are the pixels
 * of an image of height 1, columns their channels. So it packs its weights once for any number of
 * rows, and takes bias, residual and activation along.
 */
final class WeightedProduct {
  private WeightedProduct() {}

  /**
   * Adds the step.
   *
   * @param a rows, lying naturally
   * @param filters gives the weights as {@code [columns][depth]}
   * @param bias {@code [columns]}, or null
   * @param shape of the result
   */
  static void add(Site site, Operand a, Supplier<float[]> filters, Constant bias, int[] shape) {
    int depth = a.dimension(a.rank() - 1);
    int columns = shape[shape.length - 1];
    int rows = a.size() / depth;
    Residual residual = Residual.of(site, shape);
    Activation activation = residual.isLate() ? Activation.NONE : site.node().activation();
    Conv2dPlan first =
        site.shared(
            residual.isLate() ? "without activation" : "plan",
            Conv2dPlan.class,
            () ->
                Conv2d.builder()
                    .input(1, depth, 1, rows)
                    .filters(columns, 1, 1)
                    .layout(Layout.NHWC)
                    .accuracy(site.accuracy())
                    .activation(activation)
                    .build()
                    .plan(filters, bias == null ? null : bias.floats()));
    Conv2dPlan plan =
        first.description().shape().columns().size() == rows ? first : first.withInput(1, 1, rows);
    Operand added = residual.natural(site);
    boolean over = added != null && added.storage() != a.storage();
    Operand result =
        residual.isLate()
            ? site.between(ElementType.FLOAT, shape, Order.NATURAL)
            : over
                ? site.outputOver(0, added)
                : site.output(0, ElementType.FLOAT, shape, Order.NATURAL);
    new ResidualStep(plan, plan::run, a, added, result)
        .addTo(site, plan.algorithm().toString(), plan.description().multiplyAdds());
    if (residual.isLate()) {
      residual.add(site, result);
    }
  }

  /** Of {@code [depth][columns]}. */
  static float[] transposed(Constant weights) {
    int depth = weights.shape()[0];
    int columns = weights.shape()[1];
    float[] to = new float[weights.size()];
    Transpose.byLoops(weights.floats(), 0, columns, depth, columns, to, 0, depth);
    return to;
  }
}

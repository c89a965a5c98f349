package dev.convector.onnx.internal.operator;

import dev.convector.Pool2d;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import java.util.List;

/** GlobalMaxPool and GlobalAveragePool, in the order in which the image lies. */
final class GlobalPooling implements Operator {
  private final boolean max;

  GlobalPooling(boolean max) {
    this.max = max;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    if (x.rank() == 5) {
      volume(site, site.in(Order.NATURAL, x));
      return;
    }
    Operand image = Images.flat(x);
    Pooling.add(site, x, image, pool(image, max));
  }

  private void volume(Site site, Operand x) {
    int area = Math.multiplyExact(x.dimension(3), x.dimension(4));
    Operand image = x.reshaped(new int[] {x.dimension(0), x.dimension(1), x.dimension(2), area});
    int[] shape = {x.dimension(0), x.dimension(1), 1, 1, 1};
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    site.step(new PlanStep(pool(image, max).plan(), image, y), List.of(image), y);
  }

  /** Over each whole image. */
  static Pool2d pool(Operand image, boolean max) {
    Pool2d.Builder builder =
        Pool2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .global()
            .layout(Images.layout(image));
    return (max ? builder.max() : builder.average(false)).build();
  }
}

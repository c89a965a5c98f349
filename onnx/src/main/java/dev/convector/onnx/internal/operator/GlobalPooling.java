package dev.convector.onnx.internal.operator;

import dev.convector.Pool2d;
import dev.convector.onnx.internal.execute.Operand;

/** GlobalMaxPool and GlobalAveragePool, in the order in which the image lies. */
final class GlobalPooling implements Operator {
  private final boolean max;

  GlobalPooling(boolean max) {
    this.max = max;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    Operand image = Images.flat(x);
    Pooling.add(site, x, image, pool(image, max));
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

package dev.convector.onnx.internal.operator;

import dev.convector.Pool2d;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** MaxPool and AveragePool, in the order in which the image lies. */
final class Pooling implements Operator {
  private final boolean max;

  Pooling(boolean max) {
    this.max = max;
  }

  @Override
  public String refusal(Node node) {
    if (node.attributes().integers("kernel_shape") == null) {
      return "without kernel_shape";
    }
    return Window.refusal(node);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    Operand image = Images.flat(x);
    Window window = Window.of(site.attributes(), Images.axes(x), null);
    Pool2d.Builder builder =
        Pool2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .kernel(window.kernel()[0], window.kernel()[1])
            .stride(window.strides()[0], window.strides()[1])
            .dilation(window.dilations()[0], window.dilations()[1])
            .ceilMode(site.attributes().integer("ceil_mode", 0) != 0)
            .layout(Images.layout(image));
    int[] pads = window.pads();
    if (window.named() == null) {
      builder.padding(pads[0], pads[1], pads[2], pads[3]);
    } else {
      builder.padding(window.named());
    }
    if (max) {
      builder.max();
    } else {
      builder.average(site.attributes().integer("count_include_pad", 0) != 0);
    }
    Pool2d pool = builder.build();
    add(site, x, image, pool);
    if (site.node().output(1) != null) {
      IndexedPooling.add(site, x, pool);
    }
  }

  /** Adds a pooling's step and output. */
  static void add(Site site, Operand x, Operand image, Pool2d pool) {
    int[] shape = {image.dimension(0), image.dimension(1), pool.outputHeight(), pool.outputWidth()};
    Operand dst = Images.output(site, x, shape, image.order());
    site.step(new PlanStep(pool.plan(), image, dst), List.of(image), dst);
    Images.finish(site, x, dst);
  }
}

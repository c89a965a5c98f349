package dev.convector.onnx.internal.operator;

import dev.convector.Axis;
import dev.convector.Pool2d;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/**
 * MaxPool and AveragePool, in the order in which the image lies. Volumes are pooled plane by plane,
 * and then along their depth: the window of a place is a product of its axes', and so is the number
 * of elements that an average counts.
 */
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
    if (x.rank() == 5) {
      volume(site, site.in(Order.NATURAL, x));
      return;
    }
    Operand image = Images.flat(x);
    Pool2d pool = pool(site, image, Window.of(site.attributes(), Images.axes(x), null));
    add(site, x, image, pool);
    if (site.node().output(1) != null) {
      List<Axis> axes =
          x.rank() == 3 ? List.of(pool.columns()) : List.of(pool.rows(), pool.columns());
      int[] shape =
          Images.shape(x, pool.batch(), pool.channels(), pool.outputHeight(), pool.outputWidth());
      IndexedPooling.add(site, x, axes, shape);
    }
  }

  private void volume(Site site, Operand x) {
    Window window = Window.of(site.attributes(), 3, null);
    int batch = x.dimension(0);
    int channels = x.dimension(1);
    int depth = x.dimension(2);
    int planes = Math.multiplyExact(channels, depth);
    Operand images = x.reshaped(new int[] {batch, planes, x.dimension(3), x.dimension(4)});
    Pool2d flat = pool(site, images, window.axes(1, 2));
    int[] between = {batch, planes, flat.outputHeight(), flat.outputWidth()};
    Operand pooled = site.between(x.type(), between, Order.NATURAL);
    site.step(new PlanStep(flat.plan(), images, pooled), List.of(images), pooled);

    int area = flat.outputHeight() * flat.outputWidth();
    Operand columns = pooled.reshaped(new int[] {batch, channels, depth, area});
    Pool2d deep = pool(site, columns, window.axis(0));
    int[] shape = {batch, channels, deep.outputHeight(), between[2], between[3]};
    Operand y = site.output(0, x.type(), shape, Order.NATURAL);
    site.step(new PlanStep(deep.plan(), columns, y), List.of(columns), y);
    if (site.node().output(1) != null) {
      IndexedPooling.add(site, x, List.of(deep.rows(), flat.rows(), flat.columns()), shape);
    }
  }

  private Pool2d pool(Site site, Operand image, Window window) {
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
    return builder.build();
  }

  /** Adds a pooling's step and output. */
  static void add(Site site, Operand x, Operand image, Pool2d pool) {
    int[] shape = {image.dimension(0), image.dimension(1), pool.outputHeight(), pool.outputWidth()};
    Operand dst = Images.output(site, x, shape, image.order());
    site.step(new PlanStep(pool.plan(), image, dst), List.of(image), dst);
    Images.finish(site, x, dst);
  }
}

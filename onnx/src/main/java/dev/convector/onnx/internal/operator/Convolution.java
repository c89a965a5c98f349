package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Layout;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Node;

/** Conv, with what became part of it: activation and residual. Here of one and two axes. */
final class Convolution implements Operator {
  @Override
  public String refusal(Node node) {
    return Window.refusal(node);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    if (x.rank() == 5) {
      VolumeConvolution.compile(site, x);
      return;
    }
    Operand image = Images.flat(x);
    Kernel kernel = Kernel.of(site, x);
    Conv2d conv = builder(site, image, kernel).build();
    if (kernel.dimension(1) != image.dimension(1) / kernel.groups()) {
      throw new OnnxException("weights " + kernel.weights() + ": have other channels than " + x);
    }
    int[] shape = {
      image.dimension(0), kernel.dimension(0), conv.outputHeight(), conv.outputWidth()
    };
    Residual residual = Residual.of(site, Images.shape(x, shape[0], shape[1], shape[2], shape[3]));
    Conv2dPlan first =
        site.shared(
            residual.isLate() ? "without activation" : "plan",
            Conv2dPlan.class,
            () ->
                builder(site, image, kernel)
                    .activation(residual.isLate() ? Activation.NONE : site.node().activation())
                    .build()
                    .plan(kernel.weights()::floats, kernel.biasFloats()));
    Conv2dPlan plan =
        first.description().shape().equals(conv.shape())
            ? first
            : first.withInput(shape[0], image.dimension(2), image.dimension(3));
    run(site, plan, x, image, shape, residual);
  }

  private static Conv2d.Builder builder(Site site, Operand image, Kernel kernel) {
    Window window = kernel.window();
    Conv2d.Builder builder =
        Conv2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .filters(kernel.dimension(0), window.kernel()[0], window.kernel()[1])
            .stride(window.strides()[0], window.strides()[1])
            .dilation(window.dilations()[0], window.dilations()[1])
            .groups(kernel.groups())
            .layout(Layout.NHWC)
            .accuracy(site.accuracy());
    int[] pads = window.pads();
    return window.named() == null
        ? builder.padding(pads[0], pads[1], pads[2], pads[3])
        : builder.padding(window.named());
  }

  private static void run(
      Site site, Conv2dPlan plan, Operand x, Operand image, int[] shape, Residual residual) {
    Operand src = site.in(Order.CHANNELS_LAST, image);
    Operand added = residual.operand(site);
    Operand dst = destination(site, x, src, added, shape, residual.isLate());
    new ResidualStep(plan, plan::run, src, added, dst)
        .addTo(site, plan.algorithm().toString(), plan.description().multiplyAdds());
    if (residual.isLate()) {
      residual.add(site, Images.unflat(site, x, dst));
    } else {
      Images.finish(site, x, dst);
    }
  }

  /** In the residual's place if nothing else needs that: then it accumulates. */
  private static Operand destination(
      Site site, Operand x, Operand src, Operand added, int[] shape, boolean late) {
    if (late) {
      return site.between(ElementType.FLOAT, shape, Order.CHANNELS_LAST);
    }
    boolean over = added != null && Images.axes(x) == 2 && added.storage() != src.storage();
    return over ? site.outputOver(0, added) : Images.output(site, x, shape, Order.CHANNELS_LAST);
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.AutoPad;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.Layout;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** ConvTranspose, with the activation that became part of it. */
final class TransposedConvolution implements Operator {
  @Override
  public String refusal(Node node) {
    return Window.refusal(node);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    if (x.rank() == 5) {
      VolumeTransposedConvolution.compile(site, x);
      return;
    }
    Operand image = Images.flat(x);
    Kernel kernel = Kernel.of(site, x);
    if (kernel.dimension(0) != image.dimension(1)) {
      throw new OnnxException("weights " + kernel.weights() + ": have other channels than " + x);
    }
    ConvTranspose2d description = description(site, image, kernel);
    // Not shared between shapes: a plan can't be had for another size of image.
    ConvTranspose2dPlan plan = description.plan(kernel.weights().floats(), kernel.biasFloats());
    int[] shape = {
      image.dimension(0),
      description.shape().filters(),
      description.outputHeight(),
      description.outputWidth()
    };
    Operand src = site.in(Order.CHANNELS_LAST, image);
    Operand dst = Images.output(site, x, shape, Order.CHANNELS_LAST);
    site.step(
        plan.algorithm().toString(),
        description.multiplyAdds(),
        new PlanStep(plan, src, dst),
        List.of(src),
        List.of(dst));
    Images.finish(site, x, dst);
  }

  private static ConvTranspose2d description(Site site, Operand image, Kernel kernel) {
    Window window = kernel.window();
    int axes = Images.axes(site.required(0));
    int[] more = Window.flat(Window.numbers(site.attributes(), "output_padding", axes, null, 0), 0);
    ConvTranspose2d.Builder builder =
        ConvTranspose2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .filters(
                Math.multiplyExact(kernel.dimension(1), kernel.groups()),
                window.kernel()[0],
                window.kernel()[1])
            .stride(window.strides()[0], window.strides()[1])
            .dilation(window.dilations()[0], window.dilations()[1])
            .groups(kernel.groups())
            .outputPadding(more[0], more[1])
            .layout(Layout.NHWC)
            .accuracy(site.accuracy())
            .activation(site.node().activation());
    int[] wanted = null;
    if (site.attributes().has("output_shape")) {
      wanted = Window.flat(Window.numbers(site.attributes(), "output_shape", axes, null, 0), 1);
    }
    pad(builder, window, wanted);
    return builder.build();
  }

  /**
   * Says what a window's padding is.
   *
   * @param wanted the output's size, from which VALID and numbers follow; null if it follows from
   *     these
   */
  static void pad(ConvTranspose2d.Builder builder, Window window, int[] wanted) {
    int[] pads = window.pads();
    if (window.named() == null || wanted != null && window.named() == AutoPad.VALID) {
      builder.padding(pads[0], pads[1], pads[2], pads[3]);
    } else {
      builder.padding(window.named());
    }
    if (wanted != null) {
      builder.output(wanted[0], wanted[1]);
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.Layout;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;

/** Conv of three axes, in the model's order. */
final class VolumeConvolution {
  private VolumeConvolution() {}

  static void compile(Site site, Operand x) {
    Kernel kernel = Kernel.of(site, x);
    if (kernel.dimension(1) * (long) kernel.groups() != x.dimension(1)) {
      throw new OnnxException("weights " + kernel.weights() + ": have other channels than " + x);
    }
    Conv3d.Builder builder = builder(site, x, kernel);
    Conv3d conv = builder.build();
    int[] shape = {
      x.dimension(0),
      kernel.dimension(0),
      conv.shape().outputDepth(),
      conv.shape().outputHeight(),
      conv.shape().outputWidth()
    };
    Residual residual = Residual.of(site, shape);
    Activation activation = residual.isLate() ? Activation.NONE : site.node().activation();
    Conv3dPlan first =
        site.shared(
            residual.isLate() ? "without activation" : "plan",
            Conv3dPlan.class,
            () ->
                builder
                    .activation(activation)
                    .build()
                    .plan(kernel.weights().floats(), kernel.biasFloats()));
    Conv3dPlan plan =
        first.description().shape().equals(conv.shape())
            ? first
            : first.withInput(x.dimension(0), x.dimension(2), x.dimension(3), x.dimension(4));
    Operand added = residual.natural(site);
    Operand result =
        residual.isLate()
            ? site.between(ElementType.FLOAT, shape, Order.NATURAL)
            : site.output(0, ElementType.FLOAT, shape, Order.NATURAL);
    new ResidualStep(plan, plan::run, x, added, result)
        .addTo(site, plan.algorithm().toString(), conv.multiplyAdds());
    if (residual.isLate()) {
      residual.add(site, result);
    }
  }

  private static Conv3d.Builder builder(Site site, Operand x, Kernel filters) {
    Window window = filters.window();
    int[] kernel = window.kernel();
    int[] stride = window.strides();
    int[] dilation = window.dilations();
    int[] pads = window.pads();
    Conv3d.Builder builder =
        Conv3d.builder()
            .input(x.dimension(0), x.dimension(1), x.dimension(2), x.dimension(3), x.dimension(4))
            .filters(filters.dimension(0), kernel[0], kernel[1], kernel[2])
            .stride(stride[0], stride[1], stride[2])
            .dilation(dilation[0], dilation[1], dilation[2])
            .groups(filters.groups())
            .layout(Layout.NCHW)
            .accuracy(site.accuracy());
    return window.named() == null
        ? builder.padding(pads[0], pads[1], pads[2], pads[3], pads[4], pads[5])
        : builder.padding(window.named());
  }
}

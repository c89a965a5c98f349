package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.Layout;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Constant;
import java.util.Arrays;
import java.util.List;

/** Conv of three axes, in the model's order. */
final class VolumeConvolution {
  private static final int AXES = 3;

  private VolumeConvolution() {}

  static void compile(Site site, Operand x) {
    Constant weights = site.constant(1);
    Constant bias = site.constant(2);
    if (weights.shape().length != AXES + 2) {
      throw new OnnxException("weights " + weights + ": must have as many axes as " + x);
    }
    int[] kernel = Arrays.copyOfRange(weights.shape(), 2, AXES + 2);
    Window window = Window.of(site.attributes(), AXES, kernel);
    int groups = Math.toIntExact(site.attributes().integer("group", 1));
    if (!Arrays.equals(window.kernel(), kernel)
        || weights.shape()[1] * (long) groups != x.dimension(1)) {
      throw new OnnxException("weights " + weights + ": don't fit " + x + " or kernel_shape");
    }
    Conv3d.Builder builder = builder(site, x, window, weights.shape()[0]);
    Conv3d conv = builder.build();
    int[] shape = {
      x.dimension(0),
      weights.shape()[0],
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
                    .plan(weights.floats(), bias == null ? null : bias.floats()));
    Conv3dPlan plan =
        first.description().shape().equals(conv.shape())
            ? first
            : first.withInput(x.dimension(0), x.dimension(2), x.dimension(3), x.dimension(4));
    Operand added = residual.natural(site);
    Operand result =
        residual.isLate()
            ? site.between(ElementType.FLOAT, shape, Order.NATURAL)
            : site.output(0, ElementType.FLOAT, shape, Order.NATURAL);
    site.step(
        plan.algorithm().toString(),
        conv.multiplyAdds(),
        new VolumeStep(plan, x, added, result),
        added == null ? List.of(x) : List.of(x, added),
        List.of(result));
    if (residual.isLate()) {
      residual.add(site, result);
    }
  }

  private static Conv3d.Builder builder(Site site, Operand x, Window window, int filters) {
    int[] kernel = window.kernel();
    int[] stride = window.strides();
    int[] dilation = window.dilations();
    int[] pads = window.pads();
    Conv3d.Builder builder =
        Conv3d.builder()
            .input(x.dimension(0), x.dimension(1), x.dimension(2), x.dimension(3), x.dimension(4))
            .filters(filters, kernel[0], kernel[1], kernel[2])
            .stride(stride[0], stride[1], stride[2])
            .dilation(dilation[0], dilation[1], dilation[2])
            .groups(Math.toIntExact(site.attributes().integer("group", 1)))
            .layout(Layout.NCHW)
            .accuracy(site.accuracy());
    return window.named() == null
        ? builder.padding(pads[0], pads[1], pads[2], pads[3], pads[4], pads[5])
        : builder.padding(window.named());
  }

  /** Runs a plan with a residual or without. */
  private record VolumeStep(Conv3dPlan plan, Operand src, Operand residual, Operand dst)
      implements Step {
    @Override
    public void run(Run run) {
      plan.run(
          run.floats(src),
          run.offset(src),
          residual == null ? null : run.floats(residual),
          residual == null ? 0 : run.offset(residual),
          run.floats(dst),
          run.offset(dst),
          run.execution());
    }

    @Override
    public long workspaceBytes() {
      return plan.workspaceBytes();
    }
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Layout;
import dev.convector.internal.access.PlanAccess;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import java.util.Arrays;
import java.util.List;

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
    Constant weights = site.constant(1);
    Constant bias = site.constant(2);
    int axes = Images.axes(x);
    if (weights.shape().length != axes + 2) {
      throw new OnnxException("weights " + weights + ": must have as many axes as " + x);
    }
    int[] kernel = Arrays.copyOfRange(weights.shape(), 2, axes + 2);
    Window window = Window.of(site.attributes(), axes, kernel);
    if (!Arrays.equals(window.kernel(), Window.flat(kernel, 1))) {
      throw new OnnxException("kernel_shape: must be that of the weights " + weights);
    }
    Conv2d conv = conv(site, image, window, weights.shape()[0]);
    if (weights.shape()[1] != image.dimension(1) / conv.shape().groups()) {
      throw new OnnxException("weights " + weights + ": have other channels than " + x);
    }
    int[] shape = {image.dimension(0), weights.shape()[0], conv.outputHeight(), conv.outputWidth()};
    Residual residual = Residual.of(site, Images.shape(x, shape[0], shape[1], shape[2], shape[3]));
    Conv2dPlan first =
        site.shared(
            residual.isLate() ? "without activation" : "plan",
            Conv2dPlan.class,
            () ->
                withActivation(site, image, window, shape[1], residual)
                    .plan(weights::floats, bias == null ? null : bias.floats()));
    Conv2dPlan plan =
        first.description().shape().equals(conv.shape())
            ? first
            : first.withInput(shape[0], image.dimension(2), image.dimension(3));
    run(site, plan, x, image, shape, residual);
  }

  private static Conv2d conv(Site site, Operand image, Window window, int filters) {
    return builder(site, image, window, filters).build();
  }

  private static Conv2d withActivation(
      Site site, Operand image, Window window, int filters, Residual residual) {
    Activation activation = residual.isLate() ? Activation.NONE : site.node().activation();
    return builder(site, image, window, filters).activation(activation).build();
  }

  private static Conv2d.Builder builder(Site site, Operand image, Window window, int filters) {
    Conv2d.Builder builder =
        Conv2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .filters(filters, window.kernel()[0], window.kernel()[1])
            .stride(window.strides()[0], window.strides()[1])
            .dilation(window.dilations()[0], window.dilations()[1])
            .groups(Math.toIntExact(site.attributes().integer("group", 1)))
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
    site.step(
        plan.algorithm().toString(),
        plan.description().multiplyAdds(),
        new ConvStep(plan, src, added, dst),
        added == null ? List.of(src) : List.of(src, added),
        List.of(dst));
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

  /** Runs a plan with a residual or without. */
  record ConvStep(Conv2dPlan plan, Operand src, Operand residual, Operand dst) implements Step {
    @Override
    public boolean allowsDistance(Operand operand) {
      return operand == dst && residual == null && PlanAccess.get().allowsResultDistance(plan);
    }

    @Override
    public void run(Run run) {
      if (dst.isApart()) {
        PlanStep.runApart(plan, src, dst, run);
        return;
      }
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

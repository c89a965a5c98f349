package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.BackwardDataPlan;
import dev.convector.Conv3d;
import dev.convector.ConvTranspose2d;
import dev.convector.Layout;
import dev.convector.TransposedAxis;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.operator.BatchNormalization.Channels;
import java.util.Arrays;
import java.util.List;

/**
 * ConvTranspose of three axes, in the model's order: the gradient, with respect to its input, of
 * the convolution that goes from the output's size to the input's. Bias and activation are a step
 * after.
 */
final class VolumeTransposedConvolution {
  private static final int AXES = 3;

  private VolumeTransposedConvolution() {}

  static void compile(Site site, Operand x) {
    Kernel kernel = Kernel.of(site, x);
    Constant bias = kernel.bias();
    if (kernel.dimension(0) != x.dimension(1)) {
      throw new OnnxException("weights " + kernel.weights() + ": have other channels than " + x);
    }
    TransposedAxis[] axes = new TransposedAxis[AXES];
    for (int i = 0; i < AXES; i++) {
      axes[i] = axis(site, x, kernel.window(), i);
    }
    int filters = Math.multiplyExact(kernel.dimension(1), kernel.groups());
    if (bias != null && bias.size() != filters) {
      throw new OnnxException("bias " + bias + ": must have " + filters + " elements");
    }
    Conv3d back = back(site, x, axes, filters, kernel.groups());
    BackwardDataPlan plan = back.backwardData(kernel.weights().floats());
    int[] shape = {x.dimension(0), filters, axes[0].output(), axes[1].output(), axes[2].output()};
    Operand y = site.output(0, ElementType.FLOAT, shape, Order.NATURAL);
    site.step(
        plan.algorithm().toString(),
        back.multiplyAdds(),
        new PlanStep(plan, x, y),
        List.of(x),
        List.of(y));
    if (bias != null || !site.node().activation().equals(Activation.NONE)) {
      float[] ones = new float[filters];
      Arrays.fill(ones, 1);
      Channels channels = new Channels(ones, bias == null ? new float[filters] : bias.floats());
      BatchNormalization.add(site, channels, y, y);
    }
  }

  /** What the attributes make of one axis: as of the height of an image of one column. */
  private static TransposedAxis axis(Site site, Operand x, Window window, int i) {
    int[] more = Window.numbers(site.attributes(), "output_padding", AXES, null, 0);
    ConvTranspose2d.Builder builder =
        ConvTranspose2d.builder()
            .input(1, 1, x.dimension(i + 2), 1)
            .filters(1, window.kernel()[i], 1)
            .stride(window.strides()[i], 1)
            .dilation(window.dilations()[i], 1)
            .outputPadding(more[i], 0);
    if (site.attributes().has("output_shape")) {
      int[] wanted = Window.numbers(site.attributes(), "output_shape", AXES, null, 0);
      TransposedConvolution.pad(builder, window.axis(i), new int[] {wanted[i], 1});
    } else {
      TransposedConvolution.pad(builder, window.axis(i), null);
    }
    return builder.build().shape().rows();
  }

  private static Conv3d back(Site site, Operand x, TransposedAxis[] axes, int filters, int groups) {
    TransposedAxis d = axes[0];
    TransposedAxis h = axes[1];
    TransposedAxis w = axes[2];
    Conv3d back =
        Conv3d.builder()
            .input(x.dimension(0), filters, d.output(), h.output(), w.output())
            .filters(x.dimension(1), d.kernel(), h.kernel(), w.kernel())
            .stride(d.stride(), h.stride(), w.stride())
            .dilation(d.dilation(), h.dilation(), w.dilation())
            .padding(
                d.padBefore(),
                h.padBefore(),
                w.padBefore(),
                d.padAfter(),
                h.padAfter(),
                w.padAfter())
            .groups(groups)
            .layout(Layout.NCHW)
            .accuracy(site.accuracy())
            .build();
    boolean fits =
        back.shape().outputDepth() == d.size()
            && back.shape().outputHeight() == h.size()
            && back.shape().outputWidth() == w.size();
    if (!fits) {
      throw new OnnxException(
          "output_padding or output_shape: of three axes, must add less than a stride");
    }
    return back;
  }
}

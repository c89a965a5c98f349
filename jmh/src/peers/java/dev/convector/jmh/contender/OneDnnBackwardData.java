package dev.convector.jmh.contender;

import dev.convector.Layout;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's gradient of a convolution's input. */
public final class OneDnnBackwardData extends OneDnnPrimitive {
  private final ConvTask task;
  private final Layout layout;

  OneDnnBackwardData(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    this.layout = layout;
    OneDnnLayer layer = new OneDnnLayer(task.layer(), layout);
    var description =
        new convolution_backward_data.primitive_desc(
            cpu,
            dnnl.algorithm.convolution_direct,
            layer.src,
            layer.anyWeights,
            layer.dst,
            layer.stride,
            layer.dilation,
            layer.padding,
            layer.padding,
            layer.forward(cpu),
            attributes,
            false);
    arguments.put(dnnl.DNNL_ARG_DIFF_DST, filled(layer.dst, task.outputGradient(layout)));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS,
        reordered(layer.plainWeights, task.weights(), description.weights_desc()));
    ready(description, new convolution_backward_data(description));
    writes(dnnl.DNNL_ARG_DIFF_SRC, layer.src, task.layer().inputElements());
  }

  @Override
  public float[] output() {
    return task.toNchw(written(), layout);
  }
}

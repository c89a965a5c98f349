package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Operation;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc;

/** oneDNN's convolution, or deconvolution of a transposed layer. */
public final class OneDnnConvolution extends OneDnnPrimitive {
  private final ConvTask task;
  private final Layout layout;

  OneDnnConvolution(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    this.layout = layout;
    OneDnnLayer layer = new OneDnnLayer(task.layer(), layout);
    primitive_desc description;
    primitive work;
    if (task.layer().operation() == Operation.TRANSPOSED) {
      var transposed =
          new deconvolution_forward.primitive_desc(
              cpu,
              dnnl.prop_kind.forward_inference,
              dnnl.algorithm.deconvolution_direct,
              layer.src,
              layer.anyWeights,
              layer.bias,
              layer.dst,
              layer.stride,
              layer.dilation,
              layer.padding,
              layer.padding,
              attributes,
              false);
      description = transposed;
      work = new deconvolution_forward(transposed);
    } else {
      var plainly =
          new convolution_forward.primitive_desc(
              cpu,
              dnnl.prop_kind.forward_inference,
              dnnl.algorithm.convolution_auto,
              layer.src,
              layer.anyWeights,
              layer.bias,
              layer.dst,
              layer.stride,
              layer.dilation,
              layer.padding,
              layer.padding,
              attributes,
              false);
      description = plainly;
      work = new convolution_forward(plainly);
    }
    arguments.put(dnnl.DNNL_ARG_SRC, filled(layer.src, task.src(layout)));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS,
        reordered(layer.plainWeights, task.weights(), description.weights_desc()));
    arguments.put(dnnl.DNNL_ARG_BIAS, filled(layer.bias, task.bias()));
    ready(description, work);
    writes(dnnl.DNNL_ARG_DST, layer.dst, task.layer().outputElements());
  }

  @Override
  public float[] output() {
    return task.toNchw(written(), layout);
  }
}

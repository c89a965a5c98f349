package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Operation;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.javacpp.FloatPointer;

/**
 * oneDNN's convolution, or deconvolution of a transposed layer. Without a layout input and output
 * lie as the primitive likes best, and are brought there and back outside of what is measured.
 */
public final class OneDnnConvolution extends OneDnnPrimitive {
  private final ConvTask task;
  private final Layout layout;
  private final OneDnnLayer plain;

  /** The output in the primitive's layout; null where that is given. */
  private final memory chosen;

  OneDnnConvolution(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    this.layout = layout;
    OneDnnLayer layer = new OneDnnLayer(task.layer(), layout);
    primitive_desc description;
    primitive work;
    memory.desc chosenSrc;
    memory.desc chosenDst;
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
      chosenSrc = transposed.src_desc();
      chosenDst = transposed.dst_desc();
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
      chosenSrc = plainly.src_desc();
      chosenDst = plainly.dst_desc();
      work = new convolution_forward(plainly);
    }
    plain = new OneDnnLayer(task.layer(), layout == null ? Layout.NCHW : layout);
    arguments.put(
        dnnl.DNNL_ARG_SRC,
        layout == null
            ? reordered(plain.src, task.src(Layout.NCHW), chosenSrc)
            : filled(layer.src, task.src(layout)));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS,
        reordered(layer.plainWeights, task.weights(), description.weights_desc()));
    arguments.put(dnnl.DNNL_ARG_BIAS, filled(layer.bias, task.bias()));
    ready(description, work);
    if (layout == null) {
      chosen = new memory(chosenDst, cpu);
      arguments.put(dnnl.DNNL_ARG_DST, chosen);
    } else {
      chosen = null;
      writes(dnnl.DNNL_ARG_DST, layer.dst, task.layer().outputElements());
    }
  }

  @Override
  public float[] output() {
    if (chosen == null) {
      return task.toNchw(written(), layout);
    }
    FloatPointer values = new FloatPointer(task.layer().outputElements());
    reorder(chosen, new memory(plain.dst, cpu, values));
    return values(values);
  }
}

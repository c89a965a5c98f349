package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.resampling_forward;

/** oneDNN's pooling and resampling, for inference: maxima without their places. */
public final class OneDnnSampling extends OneDnnPrimitive {
  private final ConvTask task;
  private final Layout layout;

  OneDnnSampling(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    this.layout = layout;
    OneDnnLayer layer = new OneDnnLayer(task.layer(), layout);
    if (task.layer().operation().isPooling()) {
      pool(task.layer(), layer);
    } else {
      resample(task.layer(), layer);
    }
    arguments.put(dnnl.DNNL_ARG_SRC, filled(layer.src, task.src(layout)));
    writes(dnnl.DNNL_ARG_DST, layer.dst, task.layer().outputElements());
  }

  private void pool(Layer l, OneDnnLayer layer) {
    var description =
        new pooling_forward.primitive_desc(
            cpu,
            dnnl.prop_kind.forward_inference,
            l.operation() == Operation.MAX_POOL
                ? dnnl.algorithm.pooling_max
                : dnnl.algorithm.pooling_avg_exclude_padding,
            layer.src,
            layer.dst,
            layer.stride,
            new long[] {l.kernelHeight(), l.kernelWidth()},
            layer.dilation,
            layer.padding,
            layer.padding,
            attributes,
            false);
    ready(description, new pooling_forward(description));
  }

  /** The C++ constructors, which the binding lacks, call this function of the C API. */
  private void resample(Layer l, OneDnnLayer layer) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_resampling_forward_primitive_desc_create(
            made,
            cpu.get(),
            dnnl.prop_kind.forward_inference.value,
            (l.operation() == Operation.NEAREST
                    ? dnnl.algorithm.resampling_nearest
                    : dnnl.algorithm.resampling_linear)
                .value,
            (float[]) null,
            layer.src.get(),
            layer.dst.get(),
            attributes.get());
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException("resampling: oneDNN's status is " + status);
    }
    var description = new resampling_forward.primitive_desc();
    description.reset(made);
    ready(description, new resampling_forward(description));
  }

  @Override
  public float[] output() {
    return task.toNchw(written(), layout);
  }
}

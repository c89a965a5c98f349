package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;

/** A fully connected layer as oneDNN's matrix product, or as its inner product. */
final class OneDnnFullyConnected extends OneDnnPrimitive {
  OneDnnFullyConnected(ConvTask task, int threads, boolean product) {
    super(threads);
    Layer l = task.layer();
    memory.format_tag any = memory.format_tag.any;
    memory.format_tag rows = memory.format_tag.ab;
    memory.desc src = new memory.desc(new long[] {l.batch(), l.channels()}, F32, rows);
    memory.desc dst = new memory.desc(new long[] {l.batch(), l.filters()}, F32, rows);
    memory.desc bias;
    memory.desc chosen;
    memory.desc weights;
    if (product) {
      long[] dims = {l.channels(), l.filters()};
      bias = new memory.desc(new long[] {1, l.filters()}, F32, rows);
      // Ours are [filters][channels]: the same memory, columns first.
      weights = new memory.desc(dims, F32, memory.format_tag.ba);
      var description =
          new matmul.primitive_desc(
              cpu, src, new memory.desc(dims, F32, any), bias, dst, attributes, false);
      chosen = description.weights_desc();
      ready(description, new matmul(description));
    } else {
      long[] dims = {l.filters(), l.channels()};
      bias = new memory.desc(new long[] {l.filters()}, F32, memory.format_tag.x);
      weights = new memory.desc(dims, F32, rows);
      var description =
          new inner_product_forward.primitive_desc(
              cpu,
              dnnl.prop_kind.forward_inference,
              src,
              new memory.desc(dims, F32, any),
              bias,
              dst,
              attributes,
              false);
      chosen = description.weights_desc();
      ready(description, new inner_product_forward(description));
    }
    arguments.put(dnnl.DNNL_ARG_SRC, filled(src, task.src(Layout.NCHW)));
    arguments.put(dnnl.DNNL_ARG_WEIGHTS, reordered(weights, task.weights(), chosen));
    arguments.put(dnnl.DNNL_ARG_BIAS, filled(bias, task.bias()));
    writes(dnnl.DNNL_ARG_DST, dst, l.batch() * l.filters());
  }

  @Override
  public float[] output() {
    return written();
  }
}

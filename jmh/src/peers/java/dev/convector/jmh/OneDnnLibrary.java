package dev.convector.jmh;

import dev.convector.Layout;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * oneDNN. Input and output lie in the layout of the variant; weights are in whatever order the
 * primitive asks for, brought there ahead; scratch is ours, so that its size is known and no call
 * allocates it.
 */
public final class OneDnnLibrary implements Library {
  private static final memory.data_type F32 = memory.data_type.f32;

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public List<String> variants(Layer layer) {
    return List.of("NHWC", "NCHW");
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) {
    return new Convolution(task, Layout.valueOf(variant), threads);
  }

  @Override
  public List<String> variants(GemmSize size) {
    return List.of("packed");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) {
    return new Product(task, threads);
  }

  /** A primitive with its memory; the parts that convolution and product share. */
  private abstract static class Primitive implements Contender {
    final engine cpu = new engine(engine.kind.cpu, 0);
    final stream queue = new stream(cpu);
    final primitive_attr attributes = new primitive_attr();
    final IntMemoryMap arguments = new IntMemoryMap();
    private primitive work;
    private FloatPointer dst;
    private String implementation;
    private long scratchBytes;

    Primitive(int threads) {
      OpenMp.threads(threads);
      attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    }

    void ready(primitive_desc description, primitive made, memory.desc dstDesc, int dstSize) {
      work = made;
      dst = new FloatPointer(dstSize);
      arguments.put(dnnl.DNNL_ARG_DST, new memory(dstDesc, cpu, dst));
      arguments.put(dnnl.DNNL_ARG_SCRATCHPAD, new memory(description.scratchpad_desc(), cpu));
      implementation = description.impl_info_str().getString();
      scratchBytes = description.scratchpad_desc().get_size();
    }

    memory filled(memory.desc desc, float[] values) {
      return new memory(desc, cpu, new FloatPointer(values));
    }

    /** Values in the order that the primitive chose. */
    memory reordered(memory.desc plain, float[] values, memory.desc chosen) {
      memory from = filled(plain, values);
      memory to = new memory(chosen, cpu);
      new reorder(from, to).execute(queue, from, to);
      dnnl.dnnl_stream_wait(queue.get());
      return to;
    }

    @Override
    public final void run() {
      work.execute(queue, arguments);
      dnnl.dnnl_stream_wait(queue.get());
    }

    float[] written() {
      float[] values = new float[(int) dst.capacity()];
      dst.get(values);
      return values;
    }

    @Override
    public final String algorithm() {
      return implementation;
    }

    @Override
    public final long workspaceBytes() {
      return scratchBytes;
    }
  }

  private static final class Convolution extends Primitive {
    private final ConvTask task;
    private final Layout layout;

    Convolution(ConvTask task, Layout layout, int threads) {
      super(threads);
      this.task = task;
      this.layout = layout;
      Layer l = task.layer();
      int perGroup = l.channels() / l.groups();
      long[] srcDims = {l.batch(), l.channels(), l.height(), l.width()};
      long[] dstDims = {l.batch(), l.filters(), l.outputHeight(), l.outputWidth()};
      long[] weightDims =
          l.groups() == 1
              ? new long[] {l.filters(), perGroup, l.kernelHeight(), l.kernelWidth()}
              : new long[] {
                l.groups(), l.filters() / l.groups(), perGroup, l.kernelHeight(), l.kernelWidth()
              };
      memory.format_tag plain =
          layout == Layout.NHWC ? memory.format_tag.nhwc : memory.format_tag.nchw;
      memory.format_tag plainWeights =
          l.transposed()
              ? (l.groups() == 1 ? memory.format_tag.iohw : memory.format_tag.giohw)
              : (l.groups() == 1 ? memory.format_tag.oihw : memory.format_tag.goihw);
      memory.desc src = new memory.desc(srcDims, F32, plain);
      memory.desc dst = new memory.desc(dstDims, F32, plain);
      memory.desc bias = new memory.desc(new long[] {l.filters()}, F32, memory.format_tag.x);
      long[] stride = {l.stride(), l.stride()};
      long[] dilation = {l.dilation() - 1, l.dilation() - 1};
      long[] padding = {l.padding(), l.padding()};
      memory.desc anyWeights = new memory.desc(weightDims, F32, memory.format_tag.any);
      primitive_desc description;
      memory.desc chosen;
      primitive work;
      if (l.transposed()) {
        var transposed =
            new deconvolution_forward.primitive_desc(
                cpu,
                dnnl.prop_kind.forward_inference,
                dnnl.algorithm.deconvolution_direct,
                src,
                anyWeights,
                bias,
                dst,
                stride,
                dilation,
                padding,
                padding,
                attributes,
                false);
        description = transposed;
        chosen = transposed.weights_desc();
        work = new deconvolution_forward(transposed);
      } else {
        var plainly =
            new convolution_forward.primitive_desc(
                cpu,
                dnnl.prop_kind.forward_inference,
                dnnl.algorithm.convolution_auto,
                src,
                anyWeights,
                bias,
                dst,
                stride,
                dilation,
                padding,
                padding,
                attributes,
                false);
        description = plainly;
        chosen = plainly.weights_desc();
        work = new convolution_forward(plainly);
      }
      arguments.put(dnnl.DNNL_ARG_SRC, filled(src, task.src(layout)));
      arguments.put(
          dnnl.DNNL_ARG_WEIGHTS,
          reordered(new memory.desc(weightDims, F32, plainWeights), task.weights(), chosen));
      arguments.put(dnnl.DNNL_ARG_BIAS, filled(bias, task.bias()));
      ready(description, work, dst, l.outputElements());
    }

    @Override
    public float[] output() {
      return task.toNchw(written(), layout);
    }
  }

  private static final class Product extends Primitive {
    Product(GemmTask task, int threads) {
      super(threads);
      GemmSize size = task.size();
      long[] weightDims = {size.k(), size.n()};
      memory.format_tag rows = memory.format_tag.ab;
      memory.desc a = new memory.desc(new long[] {size.m(), size.k()}, F32, rows);
      memory.desc c = new memory.desc(new long[] {size.m(), size.n()}, F32, rows);
      var description =
          new matmul.primitive_desc(
              cpu,
              a,
              new memory.desc(weightDims, F32, memory.format_tag.any),
              c,
              attributes,
              false);
      arguments.put(dnnl.DNNL_ARG_SRC, filled(a, task.a()));
      arguments.put(
          dnnl.DNNL_ARG_WEIGHTS,
          reordered(new memory.desc(weightDims, F32, rows), task.b(), description.weights_desc()));
      ready(description, new matmul(description), c, size.m() * size.n());
    }

    @Override
    public float[] output() {
      return written();
    }
  }
}

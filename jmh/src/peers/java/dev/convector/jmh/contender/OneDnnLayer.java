package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** A layer in oneDNN's words; weights in its own order or in that of the library. */
public final class OneDnnLayer {
  private static final memory.data_type F32 = OneDnnPrimitive.F32;

  final memory.desc src;
  final memory.desc dst;
  final memory.desc bias;
  final memory.desc anyWeights;
  final memory.desc plainWeights;
  final long[] stride;
  final long[] dilation;
  final long[] padding;

  /**
   * @param layout of input and output; null for the primitive's choice
   */
  OneDnnLayer(Layer l, Layout layout) {
    memory.format_tag plain =
        layout == null
            ? memory.format_tag.any
            : layout == Layout.NHWC ? memory.format_tag.nhwc : memory.format_tag.nchw;
    src = new memory.desc(new long[] {l.batch(), l.channels(), l.height(), l.width()}, F32, plain);
    long[] dstDims = {l.batch(), l.filters(), l.outputHeight(), l.outputWidth()};
    dst = new memory.desc(dstDims, F32, plain);
    bias = new memory.desc(new long[] {l.filters()}, F32, memory.format_tag.x);
    stride = new long[] {l.stride(), l.stride()};
    dilation = new long[] {l.dilation() - 1, l.dilation() - 1};
    padding = new long[] {l.padding(), l.padding()};
    boolean whole = l.groups() == 1;
    int perGroup = l.channels() / l.groups();
    long[] dims =
        whole
            ? new long[] {l.filters(), perGroup, l.kernelHeight(), l.kernelWidth()}
            : new long[] {
              l.groups(), l.filters() / l.groups(), perGroup, l.kernelHeight(), l.kernelWidth()
            };
    anyWeights = new memory.desc(dims, F32, memory.format_tag.any);
    plainWeights =
        new memory.desc(
            dims,
            F32,
            l.operation() == Operation.TRANSPOSED
                ? (whole ? memory.format_tag.iohw : memory.format_tag.giohw)
                : (whole ? memory.format_tag.oihw : memory.format_tag.goihw));
  }

  /** The forward pass, which the primitives of gradients ask for. */
  convolution_forward.primitive_desc forward(engine cpu) {
    return new convolution_forward.primitive_desc(
        cpu,
        dnnl.prop_kind.forward_training,
        dnnl.algorithm.convolution_direct,
        src,
        anyWeights,
        bias,
        dst,
        stride,
        dilation,
        padding,
        padding);
  }
}

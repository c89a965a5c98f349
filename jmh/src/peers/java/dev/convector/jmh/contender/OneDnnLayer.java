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
            : layout == Layout.NHWC ? channelsLast(l) : channelsFirst(l);
    src = new memory.desc(Dimensions.src(l), F32, plain);
    dst = new memory.desc(Dimensions.dst(l), F32, plain);
    bias = new memory.desc(new long[] {l.filters()}, F32, memory.format_tag.x);
    stride = Dimensions.alike(l, l.stride());
    dilation = Dimensions.alike(l, l.dilation() - 1);
    padding = Dimensions.alike(l, l.padding());
    long[] dims = Dimensions.groupedWeights(l);
    anyWeights = new memory.desc(dims, F32, memory.format_tag.any);
    plainWeights = new memory.desc(dims, F32, weights(l));
  }

  private static memory.format_tag channelsLast(Layer l) {
    return isVolume(l) ? memory.format_tag.ndhwc : memory.format_tag.nhwc;
  }

  private static memory.format_tag channelsFirst(Layer l) {
    return isVolume(l) ? memory.format_tag.ncdhw : memory.format_tag.nchw;
  }

  private static memory.format_tag weights(Layer l) {
    boolean whole = l.groups() == 1;
    return switch (l.operation()) {
      case VOLUME -> whole ? memory.format_tag.oidhw : memory.format_tag.goidhw;
      case TRANSPOSED -> whole ? memory.format_tag.iohw : memory.format_tag.giohw;
      default -> whole ? memory.format_tag.oihw : memory.format_tag.goihw;
    };
  }

  private static boolean isVolume(Layer l) {
    return l.operation() == Operation.VOLUME;
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

package dev.convector.jmh.contender;

import dev.convector.Layout;
import java.util.Arrays;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;

/**
 * oneDNN's gradients of a convolution's weights and bias, the former left in the order that the
 * primitive chose: a training program keeps its weights in it.
 */
public final class OneDnnBackwardWeights extends OneDnnPrimitive {
  private final ConvTask task;
  private final memory.desc plain;
  private final memory weightsGradient;

  OneDnnBackwardWeights(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    OneDnnLayer layer = new OneDnnLayer(task.layer(), layout);
    var description =
        new convolution_backward_weights.primitive_desc(
            cpu,
            dnnl.algorithm.convolution_direct,
            layer.src,
            layer.anyWeights,
            layer.bias,
            layer.dst,
            layer.stride,
            layer.dilation,
            layer.padding,
            layer.padding,
            layer.forward(cpu),
            attributes,
            false);
    plain = layer.plainWeights;
    weightsGradient = new memory(description.diff_weights_desc(), cpu);
    arguments.put(dnnl.DNNL_ARG_SRC, filled(layer.src, task.src(layout)));
    arguments.put(dnnl.DNNL_ARG_DIFF_DST, filled(layer.dst, task.outputGradient(layout)));
    arguments.put(dnnl.DNNL_ARG_DIFF_WEIGHTS, weightsGradient);
    ready(description, new convolution_backward_weights(description));
    writes(dnnl.DNNL_ARG_DIFF_BIAS, layer.bias, task.layer().filters());
  }

  @Override
  public float[] output() {
    int weights = task.layer().weightElements();
    FloatPointer plainGradient = new FloatPointer(weights);
    reorder(weightsGradient, new memory(plain, cpu, plainGradient));
    float[] bias = written();
    float[] all = Arrays.copyOf(values(plainGradient), weights + bias.length);
    System.arraycopy(bias, 0, all, weights, bias.length);
    return all;
  }
}

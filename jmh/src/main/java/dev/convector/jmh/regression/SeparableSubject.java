package dev.convector.jmh.regression;

import dev.convector.Activation;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.Layout;
import dev.convector.jmh.Layer;

/** A depthwise and a pointwise convolution in one plan, with ReLU. Loaded once for each version. */
public final class SeparableSubject extends Pooled {
  private final DepthwiseSeparable2dPlan plan;
  private final float[] src;
  private final float[] dst;

  public SeparableSubject(Case task, Operands data, int threads) {
    super(threads);
    Layer layer = task.layer();
    int padding = layer.padding();
    plan =
        DepthwiseSeparable2d.builder()
            .input(layer.batch(), layer.channels(), layer.height(), layer.width())
            .kernel(layer.kernelHeight(), layer.kernelWidth())
            .filters(layer.filters())
            .stride(layer.stride())
            .padding(padding, padding, padding, padding)
            .dilation(layer.dilation())
            .layout(Layout.valueOf(task.layout()))
            .depthwiseActivation(Activation.RELU)
            .activation(Activation.RELU)
            .build()
            .plan(data.depthwise(), new float[layer.channels()], data.weights(), data.bias());
    src = data.src();
    dst = data.dst();
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      plan.run(src, dst, execution);
    }
  }

  @Override
  public String algorithm() {
    return "SEPARABLE";
  }
}

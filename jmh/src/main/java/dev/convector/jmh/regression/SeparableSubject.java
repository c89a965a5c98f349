package dev.convector.jmh.regression;

import dev.convector.Activation;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.jmh.layer.Layer;

/** A depthwise and a pointwise convolution in one plan, with ReLU. Loaded once for each version. */
public final class SeparableSubject extends Pooled {
  private final DepthwiseSeparable2dPlan plan;
  private final float[] src;
  private final float[] dst;

  public SeparableSubject(Case task, Operands data, int threads) {
    super(threads);
    Layer layer = task.layer();
    Words words =
        new Words(DepthwiseSeparable2d.builder())
            .set("input", layer.batch(), layer.channels(), layer.height(), layer.width())
            .set("kernel", layer.kernelHeight(), layer.kernelWidth())
            .set("filters", layer.filters())
            .window(task)
            .set("depthwiseActivation", Activation.RELU)
            .set("activation", Activation.RELU);
    plan =
        ((DepthwiseSeparable2d) words.build())
            .plan(data.second(), new float[layer.channels()], data.weights(), data.bias());
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

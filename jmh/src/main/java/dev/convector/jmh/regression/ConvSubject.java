package dev.convector.jmh.regression;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;

/**
 * A convolution with bias; of a forced algorithm any accuracy will do. Loaded once for each
 * version.
 */
public final class ConvSubject extends Pooled {
  private final Conv2dPlan plan;
  private final float[] src;
  private final float[] dst;

  public ConvSubject(Case task, Operands data, int threads) {
    super(threads);
    Layer layer = task.layer();
    int padding = layer.padding();
    // Of what versions may write in several ways, the form that has been there from the start.
    Words words =
        new Words(Conv2d.builder())
            .set("input", layer.batch(), layer.channels(), layer.height(), layer.width())
            .set("filters", layer.filters(), layer.kernelHeight(), layer.kernelWidth())
            .set("stride", layer.stride())
            .set("padding", padding, padding, padding, padding)
            .set("dilation", layer.dilation())
            .set("groups", layer.groups())
            .set("layout", Layout.valueOf(task.layout()));
    // Algorithms and bounds are named only where one is forced, since a version may lack them.
    plan =
        task.algorithm().equals(Case.AUTO)
            ? ((Conv2d) words.build()).plan(data.weights(), data.bias())
            : ((Conv2d) words.set("accuracy", Accuracy.RELAXED).build())
                .plan(data.weights(), data.bias(), Algorithm.valueOf(task.algorithm()));
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
    return plan.algorithm().name();
  }
}

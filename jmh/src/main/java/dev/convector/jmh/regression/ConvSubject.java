package dev.convector.jmh.regression;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;

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
    Words words = new Words(Conv2d.builder()).filters(task);
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

package dev.convector.jmh.regression;

import dev.convector.BackwardWeightsPlan;
import dev.convector.BackwardWeightsPlan.Offsets;
import dev.convector.Conv2d;

/** The gradients of weights and bias, in one array. Loaded once for each version. */
public final class WeightsGradientSubject extends Pooled {
  private final BackwardWeightsPlan plan;
  private final Offsets offsets;
  private final float[] src;
  private final float[] outputGradient;
  private final float[] dst;

  public WeightsGradientSubject(Case task, Operands data, int threads) {
    super(threads);
    plan = ((Conv2d) new Words(Conv2d.builder()).filters(task).build()).backwardWeights();
    offsets = new Offsets(0, 0, 0, task.layer().weightElements());
    src = data.src();
    outputGradient = data.second();
    dst = data.dst();
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      plan.run(src, outputGradient, dst, dst, offsets, execution);
    }
  }

  @Override
  public String algorithm() {
    return "BACKWARD_WEIGHTS";
  }
}

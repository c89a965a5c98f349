package dev.convector.jmh.regression;

import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.jmh.layer.Layer;

/** A matrix product with B packed ahead. Loaded once for each version. */
public final class GemmSubject extends Pooled {
  private final GemmPlan plan;
  private final float[] a;
  private final float[] c;

  public GemmSubject(Case task, Operands data, int threads) {
    super(threads);
    Layer layer = task.layer();
    plan =
        Gemm.builder()
            .sizes(layer.batch(), layer.filters(), layer.channels())
            .build()
            .plan(data.weights());
    a = data.src();
    c = data.dst();
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      plan.run(a, 0, c, 0, execution);
    }
  }

  @Override
  public String algorithm() {
    return "GEMM";
  }
}

package dev.convector.properties;

import static net.jqwik.api.Assume.that;

import dev.convector.Algorithm;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("threads")
class ThreadProperties {
  private static final int CALLERS = 6;

  /** Fewer than others: each is eight runs of each algorithm. */
  private static final int LARGE_TRIES = 25;

  @Property(tries = LARGE_TRIES)
  @Label("the bits are the same in serial, on the common pool and on pools of 1, 2, 3, 7 and 8")
  void bitsDependOnNoPool(@ForAll(supplier = ConvCases.Large.class) ConvCase large) {
    CaseArrays arrays = new CaseArrays(large);
    for (Algorithm algorithm : large.algorithms()) {
      if (algorithm == Algorithm.REFERENCE) {
        continue;
      }
      Conv2dPlan plan = large.conv().plan(arrays.weights, arrays.bias, algorithm);
      float[] serial = run(plan, arrays, Execution.serial());
      for (Threads threads : Threads.values()) {
        requireSame(serial, run(plan, arrays, threads.execution), large, algorithm, threads.name());
      }
    }
  }

  @Property
  @Label("many threads may run one plan at once")
  void onePlanManyCallers(@ForAll(supplier = ConvCases.Any.class) ConvCase any) throws Exception {
    that(any.residual() != Residual.IN_DST);
    CaseArrays arrays = new CaseArrays(any);
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (Algorithm algorithm : any.algorithms()) {
        Conv2dPlan plan = any.conv().plan(arrays.weights, arrays.bias, algorithm);
        float[] alone = run(plan, arrays, Execution.serial());
        // Callers of different pools and callers that share one.
        Callable<Void> call =
            () -> {
              for (Threads threads : List.of(any.threads(), Threads.POOL_3, any.threads())) {
                float[] together = run(plan, arrays, threads.execution);
                requireSame(alone, together, any, algorithm, CALLERS + " callers at once");
              }
              return null;
            };
        for (Future<Void> done : callers.invokeAll(Collections.nCopies(CALLERS, call))) {
          done.get();
        }
      }
    }
  }

  /** The plan's result in an array of its own. */
  private static float[] run(Conv2dPlan plan, CaseArrays arrays, Execution execution) {
    float[] dst = new float[plan.description().shape().outputSize()];
    plan.run(
        arrays.src, arrays.srcOffset(), arrays.residual, arrays.residualOffset, dst, 0, execution);
    return dst;
  }

  private static void requireSame(
      float[] expected, float[] actual, ConvCase of, Algorithm algorithm, String where) {
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw new AssertionError(
          "output "
              + at
              + " is "
              + actual[at]
              + ", not "
              + expected[at]
              + ", with "
              + where
              + ": Algorithm."
              + algorithm
              + ", "
              + of);
    }
  }
}

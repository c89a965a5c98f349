package dev.convector.properties;

import static net.jqwik.api.Assume.that;

import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Layout;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.StatisticsReport;

@Label("threads")
class ThreadProperties {
  private static final int CALLERS = 6;

  /** Fewer than others: each is eight runs of each algorithm. */
  private static final int LARGE_TRIES = 25;

  /** Fewer than others: each is up to twelve runs of each algorithm. */
  private static final int SHARED_TRIES = 100;

  @Property(tries = SHARED_TRIES)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  @Label("small work that 2, 3, 7 and 16 threads share agrees with the oracle")
  void smallWorkIsShared(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    Oracle oracle = new Oracle(any);
    for (Algorithm algorithm : any.algorithms()) {
      if (algorithm != Algorithm.REFERENCE) {
        for (SharingPool pool : SharingPool.ALL) {
          pool.collect(share(any, oracle, algorithm, pool));
        }
      }
    }
  }

  @Example
  @Label("images of a batch, one for each of 16 threads, are really shared by all of them")
  void imagesOfABatch() {
    for (int groups : new int[] {1, 3, 12}) {
      for (Layout layout : Layout.values()) {
        Conv2d conv =
            Conv2d.builder()
                .input(16, 12, 6, 7)
                .filters(24, 3, 3)
                .padding(1)
                .groups(groups)
                .layout(layout)
                .build();
        ConvCase batch =
            new ConvCase(conv, true, Residual.APART, 3, 1, Threads.SERIAL, Values.INTEGERS, 7);
        Oracle oracle = new Oracle(batch);
        for (SharingPool pool : SharingPool.ALL) {
          pool.requireAll(share(batch, oracle, Algorithm.AUTO, pool), batch);
        }
      }
    }
  }

  /** Returns how many helped. */
  private static int share(ConvCase of, Oracle oracle, Algorithm algorithm, SharingPool pool) {
    CaseArrays arrays = new CaseArrays(of);
    Conv2dPlan plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
    return pool.share(
        () -> {
          arrays.reset();
          plan.run(
              arrays.src,
              of.srcOffset(),
              arrays.residual,
              arrays.residualOffset,
              arrays.dst,
              of.dstOffset(),
              Execution.on(pool));
        },
        () -> oracle.check(plan.algorithm(), arrays));
  }

  @Property(tries = LARGE_TRIES)
  @Label("the bits are the same in serial, on the common pool and on pools of 1, 2, 3, 7 and 16")
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

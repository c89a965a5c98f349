package dev.convector.properties;

import dev.convector.DepthwiseSeparable2d;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.Execution;
import dev.convector.Layout;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.StatisticsReport;

@Label("depthwise and pointwise in one agree with two convolutions of the oracle")
class SeparableProperties {
  /** Fewer than others: each is up to twelve runs. */
  private static final int SHARED_TRIES = 100;

  @Property
  @Label("on integers: to the bit, where the activations are piecewise linear")
  void integers(@ForAll(supplier = SeparableCases.Any.class) SeparableCase any) {
    check(any);
  }

  @Property
  @Label("on floats: within the bounds")
  void floats(@ForAll(supplier = SeparableCases.Any.class) SeparableCase any) {
    check(any.with(Values.FLOATS));
  }

  @Property(tries = SHARED_TRIES)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  @Label("small work that 2, 3, 7 and 16 threads share, as well")
  void smallWorkIsShared(@ForAll(supplier = SeparableCases.Any.class) SeparableCase any) {
    SeparableOracle oracle = new SeparableOracle(any);
    for (SharingPool pool : SharingPool.ALL) {
      pool.collect(share(oracle, pool));
    }
  }

  @Property(tries = 2 * SHARED_TRIES)
  @Label("the same bits, however many threads share the work")
  void bits(@ForAll(supplier = SeparableCases.Any.class) SeparableCase any) {
    DepthwiseSeparable2dPlan plan = new SeparableOracle(any.with(Values.FLOATS)).plan();
    float[] src = new float[plan.inputSize()];
    Values.FLOATS.fill(new Random(any.seed()), src, 0, src.length);
    float[] serial = new float[plan.outputSize()];
    plan.run(src, serial, Execution.serial());
    for (SharingPool pool : SharingPool.ALL) {
      float[] dst = new float[serial.length];
      plan.run(src, dst, Execution.on(pool));
      int at = Arrays.mismatch(serial, dst);
      if (at >= 0) {
        throw new AssertionError(
            "%d threads: output %d is %s, not %s: %s"
                .formatted(pool.getParallelism(), at, dst[at], serial[at], any));
      }
    }
  }

  @Example
  @Label("images of a batch, one for each of 16 threads, are really shared by all of them")
  void imagesOfABatch() {
    for (Layout layout : Layout.values()) {
      for (int size : new int[] {6, 29}) {
        DepthwiseSeparable2d conv =
            DepthwiseSeparable2d.builder()
                .input(16, 5, size, size)
                .kernel(3, 3)
                .padding(1)
                .filters(7)
                .layout(layout)
                .build();
        SeparableCase batch =
            new SeparableCase(conv, true, true, 3, 1, Threads.SERIAL, Values.INTEGERS, 7);
        SeparableOracle oracle = new SeparableOracle(batch);
        for (SharingPool pool : SharingPool.ALL) {
          pool.requireAll(share(oracle, pool), batch);
        }
      }
    }
  }

  /** Returns how many helped. */
  private static int share(SeparableOracle oracle, SharingPool pool) {
    DepthwiseSeparable2dPlan plan = oracle.plan();
    return pool.share(() -> oracle.run(plan, Execution.on(pool)), oracle::check);
  }

  private static void check(SeparableCase of) {
    SeparableOracle oracle = new SeparableOracle(of);
    DepthwiseSeparable2dPlan plan = oracle.plan();
    // Twice: the second time with scratch that is no longer zero.
    for (int run = 0; run < 2; run++) {
      oracle.run(plan, of.threads().execution);
      oracle.check();
    }
  }
}

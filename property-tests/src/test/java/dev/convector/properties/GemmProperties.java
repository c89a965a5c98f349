package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("matrix products")
class GemmProperties {
  private static final int CALLERS = 6;

  /** Fewer than others: each is sixteen runs. */
  private static final int LARGE_TRIES = 25;

  @Property
  @Label("integers come out exact, nothing else is read or written, beta 0 reads no result")
  void integers(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    check(any);
  }

  @Property
  @Label("floats come out within the error of a sum")
  void floats(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    check(any.with(Values.FLOATS));
  }

  @Property
  @Label("NaN and infinities spread as the definition says, and no further")
  void specials(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    check(any.with(Values.SPECIALS));
  }

  @Property(tries = LARGE_TRIES)
  @Label("the bits are the same on every pool, packed before or not")
  void bitsDependOnNoPool(@ForAll(supplier = GemmCases.Large.class) GemmCase large) {
    GemmCase floats = large.with(Values.FLOATS);
    GemmArrays arrays = new GemmArrays(floats);
    Gemm gemm = floats.builder().build();
    GemmPlan plan = gemm.plan(arrays.b, floats.offsets().b());
    float[] serial = arrays.run(gemm, Execution.serial());
    requireClose(floats, arrays, serial, "in serial");
    for (Threads threads : Threads.values()) {
      requireSame(serial, arrays.run(gemm, threads.execution), floats, "" + threads);
      requireSame(serial, arrays.run(plan, threads.execution), floats, "packed, " + threads);
    }
  }

  @Property(tries = LARGE_TRIES)
  @Label("many threads may run one product and one plan at once")
  void manyCallers(@ForAll(supplier = GemmCases.Large.class) GemmCase large) throws Exception {
    GemmCase floats = large.with(Values.FLOATS);
    GemmArrays arrays = new GemmArrays(floats);
    Gemm gemm = floats.builder().build();
    GemmPlan plan = gemm.plan(arrays.b, floats.offsets().b());
    float[] alone = arrays.run(gemm, Execution.serial());
    Callable<Void> call =
        () -> {
          GemmArrays own = new GemmArrays(floats);
          for (Threads threads : new Threads[] {Threads.POOL_3, Threads.SERIAL, Threads.POOL_2}) {
            requireSame(alone, own.run(gemm, threads.execution), floats, CALLERS + " callers");
            requireSame(alone, own.run(plan, threads.execution), floats, CALLERS + " of a plan");
          }
          return null;
        };
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (Future<Void> done : callers.invokeAll(Collections.nCopies(CALLERS, call))) {
        done.get();
      }
    }
  }

  @Property
  @Label("a plan keeps its matrix when the caller's changes")
  void planCopies(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    GemmArrays arrays = new GemmArrays(any);
    GemmPlan plan = any.builder().build().plan(arrays.b, any.offsets().b());
    float[] expected = arrays.run(plan, any.threads().execution);
    Arrays.fill(arrays.b, Float.NaN);
    requireSame(expected, arrays.run(plan, any.threads().execution), any, "b changed");
  }

  private static void check(GemmCase of) {
    GemmArrays arrays = new GemmArrays(of);
    GemmArrays fresh = new GemmArrays(of);
    Gemm gemm = of.builder().build();
    GemmPlan plan = gemm.plan(arrays.b, of.offsets().b());
    float[] unpacked = arrays.run(gemm, of.threads().execution);
    requireClose(of, fresh, unpacked, "");
    // Twice: the second time with scratch that is no longer zero.
    requireSame(unpacked, arrays.run(gemm, of.threads().execution), of, "the second time");
    requireSame(unpacked, arrays.run(plan, of.threads().execution), of, "packed");
    requireSame(fresh.a, arrays.a, of, "a");
    requireSame(fresh.b, arrays.b, of, "b");
  }

  private static void requireClose(GemmCase of, GemmArrays arrays, float[] actual, String where) {
    float[] expected = arrays.reference();
    float[] magnitude = of.values() == Values.FLOATS ? arrays.magnitude() : null;
    for (int i = 0; i < actual.length; i++) {
      boolean good = Float.floatToRawIntBits(actual[i]) == Float.floatToRawIntBits(expected[i]);
      if (arrays.isResult(i)) {
        double bound = magnitude == null ? 0 : Bounds.sum(of.sizes().k(), magnitude[i]);
        good =
            good
                || actual[i] == expected[i]
                || Math.abs((double) actual[i] - expected[i]) <= bound
                || Float.isNaN(actual[i]) && Float.isNaN(expected[i]);
      }
      if (!good) {
        throw new AssertionError(difference(i, expected, actual, of, where));
      }
    }
  }

  /**
   * Bit by bit, the guards too; but any NaN for a NaN, since whose bits a multiply-add passes on
   * depends on the order in which a compilation has its operands.
   */
  private static void requireSame(float[] expected, float[] actual, GemmCase of, String where) {
    for (int i = 0; i < expected.length; i++) {
      boolean bothNaN = Float.isNaN(actual[i]) && Float.isNaN(expected[i]);
      if (!bothNaN && Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(expected[i])) {
        throw new AssertionError(difference(i, expected, actual, of, where));
      }
    }
  }

  private static String difference(
      int at, float[] expected, float[] actual, GemmCase of, String where) {
    return "element "
        + at
        + " is "
        + actual[at]
        + ", not "
        + expected[at]
        + ", "
        + where
        + ": "
        + of;
  }
}

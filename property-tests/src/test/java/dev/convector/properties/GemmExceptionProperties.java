package dev.convector.properties;

import dev.convector.Gemm;
import dev.convector.GemmPlan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("a product's wrong argument is refused with name, value and rule, and nothing is written")
class GemmExceptionProperties {

  @Property
  @Label("in a description")
  void description(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    int m = any.sizes().m();
    int n = any.sizes().n();
    int k = any.sizes().k();
    String positive = "must be at least 1";
    refused(any, any.builder().sizes(0, n, k), "m: 0", positive);
    refused(any, any.builder().sizes(m, -n, k), "n: " + -n, positive);
    refused(any, any.builder().sizes(m, n, Integer.MIN_VALUE), "k: -2147483648", positive);
    int aRow = any.lda() - any.gaps().a();
    int bRow = any.ldb() - any.gaps().b();
    // 0 stands for the row's length.
    int shortA = aRow == 1 ? -1 : aRow - 1;
    int shortB = bRow == 1 ? -1 : bRow - 1;
    int shortC = n == 1 ? -1 : n - 1;
    refused(
        any, any.builder().leadingDimensions(shortA, 0, 0), "lda: " + shortA, "must", "" + aRow);
    refused(
        any, any.builder().leadingDimensions(0, shortB, 0), "ldb: " + shortB, "must", "" + bRow);
    refused(any, any.builder().leadingDimensions(0, 0, shortC), "ldc: " + shortC, "must", "" + n);
    int most = Integer.MAX_VALUE;
    refused(any, any.builder().sizes(50_000, n, 50_000).leadingDimensions(0, 0, 0), "a: ", "50000");
    if (m > 1) {
      refused(any, any.builder().leadingDimensions(0, 0, most), "c: ", "" + most, "must");
    }
  }

  @Property(tries = 1)
  @Label("in a description without sizes")
  void noSizes() {
    try {
      Gemm.builder().build();
      throw new AssertionError("no sizes are accepted");
    } catch (IllegalStateException refused) {
      if (!refused.getMessage().contains("sizes")) {
        throw new AssertionError("doesn't name the sizes: " + refused, refused);
      }
    }
  }

  private static void refused(GemmCase of, Gemm.Builder wrong, String... expected) {
    Refusals.require(wrong::build, String.join(" ", expected), of, expected);
  }

  @Property
  @Label("in a plan")
  void plan(@ForAll(supplier = GemmCases.Any.class) GemmCase any) {
    Gemm gemm = any.builder().build();
    int size = any.bSize();
    Refusals.require(() -> gemm.plan(null), "null matrix", any, "b");
    Refusals.require(
        () -> gemm.plan(new float[size - 1]), "short", any, "b: ", "" + (size - 1), "must");
    Refusals.require(
        () -> gemm.plan(new float[size], 1), "too far", any, "b: ", "" + size, "offset 1", "must");
    Refusals.require(() -> gemm.plan(new float[size], -3), "before", any, "bOffset", "-3", "must");
  }

  @Property
  @Label("in a run")
  void run(@ForAll(supplier = GemmCases.Any.class) GemmCase any, @ForAll WrongGemm wrong) {
    GemmArrays arrays = new GemmArrays(any);
    Gemm gemm = any.builder().build();
    GemmPlan plan = gemm.plan(arrays.b, any.offsets().b());
    WrongGemm.Call call = new WrongGemm.Call(any, arrays);
    wrong.change(call);
    float[] before = call.c == null ? null : call.c.clone();
    Refusals.require(() -> call.run(gemm), wrong.name(), any, call.expected);
    Refusals.requireUntouched(before, call.c, wrong.name(), any);
    if (!wrong.concernsB()) {
      Refusals.require(() -> call.run(plan), wrong.name() + " of a plan", any, call.expected);
      Refusals.requireUntouched(before, call.c, wrong.name(), any);
    }
  }
}

package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Conv1d;
import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvTranspose2d;
import dev.convector.Execution;
import dev.convector.FullyConnected;
import dev.convector.Gemm;
import dev.convector.Layout;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Unfold;
import dev.convector.Upsample2d;
import dev.convector.reference.ReferencePool2d;
import dev.convector.reference.ReferenceUnfold;
import dev.convector.reference.ReferenceUpsample2d;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** Arrays of gigabytes are the matter of {@link GigabytesCheck}. */
@Label("sizes that no network has")
class SizeProperties {
  /** Fewer than others: most are as large as the others' largest. */
  private static final int TRIES = 20;

  private static final int GRADIENT_TRIES = 10;

  /** More than planning takes on a machine that is busy otherwise. */
  private static final int PLAN_SECONDS = 10;

  @Property(tries = TRIES)
  @Label("convolutions agree with the oracle, by every algorithm that accepts them")
  void convolutions(@ForAll(supplier = ConvCases.Extreme.class) ConvCase extreme) {
    checkAll(extreme);
  }

  @Property
  @Label("strides far beyond the image lead nowhere, by every algorithm that accepts them")
  void farOutputs(@ForAll(supplier = ConvCases.FarOutputs.class) ConvCase far) {
    checkAll(far);
  }

  private static void checkAll(ConvCase any) {
    Oracle oracle = new Oracle(any);
    for (Algorithm algorithm : any.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property(tries = GRADIENT_TRIES)
  @Label("gradients with respect to weights and bias are the oracle's")
  void weightsGradients(@ForAll(supplier = ConvCases.Extreme.class) ConvCase extreme) {
    BackwardWeightsProperties.of(extreme, Values.INTEGERS).check();
  }

  @Property(tries = GRADIENT_TRIES)
  @Label("gradients with respect to the input are the oracle's")
  void dataGradients(@ForAll(supplier = ConvCases.Extreme.class) ConvCase extreme) {
    BackwardDataProperties.requireOracle(extreme);
  }

  /** What plans list of strides and taps is listed once: each took a minute and more. */
  @Example
  @Label("plans of many phases and of many taps that share none are made in no time")
  void phases() {
    for (Layout layout : Layout.values()) {
      requireSoon(
          () ->
              ConvTranspose2d.builder()
                  .input(1, 3, 7, 10)
                  .filters(1, 4, 2)
                  .stride(65_535, 2)
                  .layout(layout)
                  .build()
                  .plan(new float[24]));
      requireSoon(
          () ->
              Conv2d.builder()
                  .input(1, 3, 65_535, 17)
                  .filters(21, 46_341, 3)
                  .stride(1 << 30, 1)
                  .padding(2)
                  .groups(3)
                  .layout(layout)
                  .build()
                  .backwardWeights());
    }
  }

  private static void requireSoon(Runnable plan) {
    long began = System.nanoTime();
    plan.run();
    long seconds = (System.nanoTime() - began) / 1_000_000_000;
    if (seconds >= PLAN_SECONDS) {
      throw new AssertionError("a plan takes " + seconds + " s");
    }
  }

  /** Each phase of the stride is a convolution of its own there, and may be empty. */
  @Example
  @Label(
      "strides far beyond the image cost nothing in volumes, gradients and transposed convolutions")
  void strides() {
    for (Layout layout : Layout.values()) {
      Conv3d volume =
          Conv3d.builder()
              .input(2, 5, 6, 2, 3)
              .filters(6, 3, 2, 2)
              .stride(2, 3, 1 << 30)
              .padding(1)
              .layout(layout)
              .build();
      float[] kernel = PlanCheck.integers(volume.shape().weightsSize(), 4);
      Plan slow = volume.plan(kernel, null, Algorithm.REFERENCE);
      compare(
          volume.plan(kernel),
          src -> {
            float[] dst = new float[slow.outputSize()];
            slow.run(src, dst);
            return dst;
          });
      Conv2d conv =
          Conv2d.builder()
              .input(2, 3, 5, 7)
              .filters(4, 2, 3)
              .padding(1)
              .stride(1 << 30, 1 << 29)
              .layout(layout)
              .build();
      BackwardDataProperties.requireOracle(
          new ConvCase(conv, false, Residual.NONE, 0, 0, Threads.SERIAL, Values.INTEGERS, 3));
      ConvTranspose2d transposed =
          ConvTranspose2d.builder()
              .input(2, 3, 1, 1)
              .filters(4, 2, 3)
              .stride(1 << 30)
              .dilation(1, 2)
              .layout(layout)
              .build();
      float[] weights = PlanCheck.integers(transposed.shape().weightsSize(), 2);
      Plan reference = transposed.plan(weights, null, Algorithm.REFERENCE);
      compare(
          transposed.plan(weights, null),
          src -> {
            float[] dst = new float[reference.outputSize()];
            reference.run(src, dst);
            return dst;
          });
    }
  }

  @Example
  @Label("pools, windows and resizing are the oracle's")
  void others() {
    int[][] inputs = {{1, 65_536, 1, 1}, {2, 3, 1, 5000}, {2, 3, 5000, 1}, {4000, 2, 2, 3}};
    for (Layout layout : Layout.values()) {
      for (int[] in : inputs) {
        pool(Pool2d.builder().max().input(in[0], in[1], in[2], in[3]).global().layout(layout));
        pool(
            Pool2d.builder()
                .average(true)
                .input(in[0], in[1], in[2], in[3])
                .kernel(3, 3)
                .padding(1)
                .layout(layout));
        Upsample2d resized =
            Upsample2d.builder()
                .input(in[0], in[1], in[2], in[3])
                .output(in[2] == 1 ? 1 : 7, in[3] == 1 ? 2 : 5)
                .bilinear()
                .layout(layout)
                .build();
        compare(
            resized.plan(),
            src -> {
              float[] dst = new float[resized.plan().outputSize()];
              ReferenceUpsample2d.run(resized, src, 0, dst, 0);
              return dst;
            });
        Unfold unfold =
            Unfold.builder()
                .input(in[0], in[1], in[2], in[3])
                .kernel(2, 2)
                .padding(1)
                .layout(layout)
                .build();
        compare(unfold.plan(), src -> ReferenceUnfold.unfold(unfold, in[0], in[1], src));
      }
      for (Pool2d.Builder builder :
          List.of(Pool2d.builder().max(), Pool2d.builder().average(false))) {
        pool(builder.input(1, 3, 200, 260).kernel(255, 255).padding(127).stride(40).layout(layout));
        pool(builder.input(1, 3, 9, 300).kernel(3, 2).padding(8, 90).dilation(8, 299).stride(1));
      }
    }
  }

  private static void pool(Pool2d.Builder builder) {
    Pool2d pool = builder.build();
    Plan plan = pool.plan();
    compare(
        plan,
        src -> {
          float[] dst = new float[plan.outputSize()];
          ReferencePool2d.run(pool, src, 0, dst, 0, null);
          return dst;
        });
  }

  private static void compare(Plan plan, UnaryOperator<float[]> oracle) {
    float[] src = PlanCheck.integers(plan.inputSize(), 5);
    float[] dst = new float[plan.outputSize()];
    plan.run(src, dst, Execution.common());
    PoolProperties.requireClose(oracle.apply(src), dst, 2e-5, plan.toString());
  }

  @Example
  @Label("more elements than an array can index are refused, with the factors and the limit")
  void beyondArrays() {
    int half = 1 << 30;
    refused("input", () -> Conv2d.builder().input(2, half, 1, 1).filters(1, 1, 1).build());
    refused("input", () -> Conv2d.builder().input(1, 3, 46_341, 46_341).filters(1, 1, 1).build());
    refused("output", () -> Conv2d.builder().input(1, 1, 4, half / 4).filters(2, 1, 1).build());
    refused(
        "output",
        () -> Conv2d.builder().input(1, 1, 1, 1).filters(2, 1, 1).padding(32_768).build());
    refused("weights", () -> Conv2d.builder().input(1, 65_536, 1, 1).filters(32_768, 1, 1).build());
    refused("weights", () -> FullyConnected.builder().input(1, 65_536).outputs(32_768).build());
    refused("output", () -> Conv1d.builder().input(1, 1, 32_768).filters(65_536, 1).build());
    refused(
        "input", () -> Conv3d.builder().input(1, 1, 1291, 1291, 1291).filters(1, 1, 1, 1).build());
    refused(
        "output",
        () -> ConvTranspose2d.builder().input(1, 1, 9, 9).filters(1, 1, 1).stride(6_000).build());
    refused(
        "output",
        () -> Upsample2d.builder().input(1, 1, 1, 1).output(65_536, 32_768).nearest().build());
    refused("input", () -> Pool2d.builder().max().input(4, 2, 16_384, 16_384).kernel(2, 2).build());
    refused("matrix", () -> Unfold.builder().input(1, 1, 30_000, 30_000).kernel(2, 2).build());
    refused("a", () -> Gemm.builder().sizes(65_536, 1, 32_768).build());
    refused("c", () -> Gemm.builder().sizes(65_536, 32_768, 1).build());
  }

  private static void refused(String what, Runnable build) {
    Refusals.require(build, what, what, what, "must", "" + Integer.MAX_VALUE);
  }
}

package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.BackwardDataPlan;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Conv3dShape;
import dev.convector.ConvTranspose2d;
import dev.convector.PaddingMode;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

@Label("padding modes in two dimensions")
class PaddingModeProperties {
  /** Fewer than others: each is three runs of each algorithm. */
  private static final int TRIES = 100;

  @Property(tries = TRIES)
  @Label("every algorithm computes what the oracle does")
  void forward(@ForAll(supplier = VolumeCases.Two.class) VolumeCase drawn) {
    VolumeCase any = drawn.alsoOfFloats();
    Conv2d conv = describe(any);
    VolumeOracle oracle = new VolumeOracle(any);
    CaseArrays arrays = new CaseArrays(any);
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isEmpty()) {
        Conv2dPlan plan = conv.plan(arrays.weights, arrays.bias, algorithm);
        oracle.check(algorithm, plan.algorithm(), plan::run);
      }
    }
  }

  @Property
  @Label("a plan of another size, made from a plan, is that of its description")
  void withInput(
      @ForAll(supplier = VolumeCases.Two.class) VolumeCase any,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(max = 5) int more) {
    Conv2d conv = describe(any);
    CaseArrays arrays = new CaseArrays(any);
    Conv2d other = conv.withInput(batch, conv.shape().height() + more, conv.shape().width() + more);
    PlanCheck.same(
        any,
        other.plan(arrays.weights, arrays.bias),
        conv.plan(arrays.weights, arrays.bias)
            .withInput(batch, other.shape().height(), other.shape().width()));
  }

  @Property(tries = TRIES)
  @Label("the gradient with respect to the input is the oracle's, and adjoint")
  void backwardData(@ForAll(supplier = VolumeCases.Two.class) VolumeCase any) {
    Conv2d conv = strict(any);
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    BackwardDataPlan plan = conv.backwardData(weights);
    PlanCheck.data(any, weights, plan);
    PlanCheck.adjoint(any, conv.plan(weights), plan);
  }

  @Property(tries = TRIES)
  @Label("the gradients with respect to weights and bias are the oracle's, and adjoint")
  void backwardWeights(@ForAll(supplier = VolumeCases.Two.class) VolumeCase any) {
    Conv2d conv = strict(any);
    WeightsCheck.check(any, conv.backwardWeights(), conv::plan);
  }

  @Property(tries = TRIES)
  @Label("a transposed convolution is the adjoint of the convolution with its mode")
  void transposed(
      @ForAll(supplier = VolumeCases.Two.class) VolumeCase any,
      @ForAll @IntRange(max = 2) int rows,
      @ForAll @IntRange(max = 2) int columns) {
    Conv3dShape s = any.shape();
    ConvTranspose2d.Builder builder =
        ConvTranspose2d.builder()
            .input(s.batch(), s.filters(), s.outputHeight(), s.outputWidth())
            .filters(s.channels(), s.rows().kernel(), s.columns().kernel())
            .stride(s.rows().stride(), s.columns().stride())
            .dilation(s.rows().dilation(), s.columns().dilation())
            .padding(
                s.rows().padBefore(),
                s.columns().padBefore(),
                s.rows().padAfter(),
                s.columns().padAfter())
            .outputPadding(
                PaddedTransposedOracle.outputPadding(s.rows(), rows),
                PaddedTransposedOracle.outputPadding(s.columns(), columns))
            .groups(s.groups())
            .paddingMode(any.mode())
            .layout(any.options().layout())
            .flipKernel(any.options().flipKernel())
            .activation(any.options().activation());
    Assume.that(PaddedTransposedOracle.isAllowed(any.mode(), s.rows(), rows));
    Assume.that(PaddedTransposedOracle.isAllowed(any.mode(), s.columns(), columns));
    ConvTranspose2d conv = builder.accuracy(any.options().accuracy()).build();
    new PaddedTransposedOracle(any, conv).check();
    ConvTranspose2d strict = builder.accuracy(Accuracy.STRICT).activation(Activation.NONE).build();
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    PlanCheck.adjoint(any, strict.plan(weights), strict.backwardData(weights));
    WeightsCheck.check(
        any,
        strict.backwardWeights(),
        (x, y) -> PaddedTransposedOracle.weights(strict, x, y),
        strict::plan);
  }

  @Property
  @Label("more padding than a mode can fill is refused, also for another size")
  void refusals(
      @ForAll @IntRange(min = 1, max = 9) int size, @ForAll @IntRange(max = 4) int beyond) {
    int circular = size + 1 + beyond;
    int reflect = size + beyond;
    for (int side = 0; side < 4; side++) {
      int[] pads = new int[4];
      String name = new String[] {"padTop", "padLeft", "padBottom", "padRight"}[side];
      pads[side] = circular;
      refused(builder(size, pads).paddingMode(PaddingMode.CIRCULAR), name, circular, size);
      pads[side] = reflect;
      refused(builder(size, pads).paddingMode(PaddingMode.REFLECT), name, reflect, size);
      builder(size, pads).paddingMode(PaddingMode.REPLICATE).build();
    }
    Conv2d whole =
        builder(size, new int[] {size, 0, 0, 0}).paddingMode(PaddingMode.CIRCULAR).build();
    if (size > 1) {
      Refusals.require(
          () -> whole.withInput(1, size - 1, size), "a small input", whole, "CIRCULAR", "" + size);
    }
  }

  private static Conv2d.Builder builder(int size, int[] pads) {
    return Conv2d.builder()
        .input(1, 1, size, size)
        .filters(1, 1, 1)
        .padding(pads[0], pads[1], pads[2], pads[3]);
  }

  private static void refused(Conv2d.Builder builder, String name, int padding, int size) {
    Refusals.require(
        builder::build, "padding", name, "paddingMode", name, "" + padding, "" + size, "needs");
  }

  static Conv2d describe(VolumeCase any) {
    return builder(any)
        .activation(any.options().activation())
        .accuracy(any.options().accuracy())
        .build();
  }

  private static Conv2d strict(VolumeCase any) {
    return builder(any).accuracy(Accuracy.STRICT).build();
  }

  private static Conv2d.Builder builder(VolumeCase any) {
    Conv3dShape s = any.shape();
    return Conv2d.builder()
        .input(s.batch(), s.channels(), s.rows().size(), s.columns().size())
        .filters(s.filters(), s.rows().kernel(), s.columns().kernel())
        .stride(s.rows().stride(), s.columns().stride())
        .dilation(s.rows().dilation(), s.columns().dilation())
        .padding(
            s.rows().padBefore(),
            s.columns().padBefore(),
            s.rows().padAfter(),
            s.columns().padAfter())
        .groups(s.groups())
        .paddingMode(any.mode())
        .layout(any.options().layout())
        .flipKernel(any.options().flipKernel());
  }
}

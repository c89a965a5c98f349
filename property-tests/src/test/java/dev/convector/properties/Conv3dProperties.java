package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.BackwardDataPlan;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.Conv3dShape;
import dev.convector.PaddingMode;
import dev.convector.reference.ReferenceConv3d;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.StatisticsReport;

@Label("three-dimensional convolution")
class Conv3dProperties {
  /** Fewer than others: each is three runs of each algorithm, on several planes. */
  private static final int TRIES = 100;

  /** Fewer than others: each is up to twelve runs. */
  private static final int SHARED_TRIES = 30;

  @Property(tries = TRIES)
  @Label("every algorithm computes what the oracle does")
  void forward(@ForAll(supplier = VolumeCases.Three.class) VolumeCase drawn) {
    VolumeCase any = drawn.alsoOfFloats();
    Conv3d conv =
        builder(any)
            .activation(any.options().activation())
            .accuracy(any.options().accuracy())
            .build();
    VolumeOracle oracle = new VolumeOracle(any);
    CaseArrays arrays = new CaseArrays(any);
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isEmpty()) {
        Conv3dPlan plan = conv.plan(arrays.weights, arrays.bias, algorithm);
        oracle.check(algorithm, plan.algorithm(), plan::run);
      }
    }
  }

  @Property(tries = TRIES)
  @Label("the gradient with respect to the input is the oracle's, and adjoint")
  void backwardData(@ForAll(supplier = VolumeCases.Three.class) VolumeCase any) {
    Conv3d conv = builder(any).accuracy(Accuracy.STRICT).build();
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    BackwardDataPlan plan = conv.backwardData(weights);
    PlanCheck.data(any, weights, plan);
    PlanCheck.adjoint(any, conv.plan(weights), plan);
  }

  @Property(tries = TRIES)
  @Label("the gradients with respect to weights and bias are the oracle's, and adjoint")
  void backwardWeights(@ForAll(supplier = VolumeCases.Three.class) VolumeCase any) {
    Conv3d conv = builder(any).accuracy(Accuracy.STRICT).build();
    WeightsCheck.check(any, conv.backwardWeights(), conv::plan);
  }

  @Property(tries = SHARED_TRIES)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  @Label("those gradients of small work that 2, 3, 7 and 16 threads share are the oracle's")
  void sharedBackwardWeights(@ForAll(supplier = VolumeCases.Three.class) VolumeCase any) {
    BackwardWeightsPlan plan = builder(any).build().backwardWeights();
    new WeightsCheck(any, any.values(), plan, VolumeOracle.reference(any)::weights).checkShared();
  }

  @Property(tries = TRIES)
  @Label("a plan of another size, made from a plan, is that of its description")
  void withInput(
      @ForAll(supplier = VolumeCases.Three.class) VolumeCase any,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(max = 5) int more) {
    Conv3d conv = builder(any).build();
    Conv3dShape s = conv.shape();
    int depth = s.depth().size() + more;
    int height = s.rows().size() + more;
    int width = s.columns().size() + 2 * more;
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    PlanCheck.same(
        any,
        conv.withInput(batch, depth, height, width).plan(weights),
        conv.plan(weights).withInput(batch, depth, height, width));
  }

  @Property(tries = TRIES)
  @Label("more padding than a mode can fill is refused, and names its axis")
  void refusals(@ForAll(supplier = VolumeCases.Three.class) VolumeCase any) {
    Conv3dShape s = any.shape();
    int[] sizes = {s.depth().size(), s.rows().size(), s.columns().size()};
    String[] names = {"padFront", "padTop", "padLeft", "padBack", "padBottom", "padRight"};
    for (int side = 0; side < names.length; side++) {
      int[] p = new int[names.length];
      p[side] = sizes[side % sizes.length] + 1;
      Conv3d.Builder builder =
          builder(any).paddingMode(PaddingMode.CIRCULAR).filters(s.filters(), 1, 1, 1);
      builder.padding(p[0], p[1], p[2], p[3], p[4], p[5]);
      Refusals.require(
          builder::build, "padding", any, "paddingMode", "CIRCULAR", names[side], "" + p[side]);
    }
    Refusals.require(
        () -> builder(any).build().plan(new float[any.weightsSize() + 1]),
        "weights",
        any,
        "weights",
        "" + any.weightsSize(),
        "must");
  }

  @Property(tries = TRIES)
  @Label("the oracle is linear in input and weights, and its gradients are the adjoints")
  void oracle(@ForAll(supplier = VolumeCases.Three.class) VolumeCase any) {
    ReferenceConv3d reference = VolumeOracle.reference(any);
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] x = PlanCheck.integers(any.inputSize(), any.seed() + 1);
    float[] y = PlanCheck.integers(any.outputSize(), any.seed() + 2);
    double product = PlanCheck.dot(reference.run(weights, null, x, null, Activation.NONE), y);
    double data = PlanCheck.dot(x, reference.data(weights, y));
    double ofWeights = PlanCheck.dot(weights, reference.weights(x, y));
    if (product != data || product != ofWeights) {
      throw new AssertionError(product + ", " + data + " and " + ofWeights + ": " + any);
    }
  }

  static Conv3d.Builder builder(VolumeCase any) {
    Conv3dShape s = any.shape();
    return Conv3d.builder()
        .input(s.batch(), s.channels(), s.depth().size(), s.rows().size(), s.columns().size())
        .filters(s.filters(), s.depth().kernel(), s.rows().kernel(), s.columns().kernel())
        .stride(s.depth().stride(), s.rows().stride(), s.columns().stride())
        .dilation(s.depth().dilation(), s.rows().dilation(), s.columns().dilation())
        .padding(
            s.depth().padBefore(),
            s.rows().padBefore(),
            s.columns().padBefore(),
            s.depth().padAfter(),
            s.rows().padAfter(),
            s.columns().padAfter())
        .groups(s.groups())
        .paddingMode(any.mode())
        .layout(any.options().layout())
        .flipKernel(any.options().flipKernel());
  }
}

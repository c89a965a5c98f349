package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.BackwardDataPlan;
import dev.convector.Conv3dShape;
import dev.convector.FullyConnected;
import dev.convector.FullyConnectedPlan;
import dev.convector.PaddingMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against the oracle of a convolution whose kernel is as large as its image. */
@Label("a fully connected layer")
class FullyConnectedProperties {
  private static final int LARGEST = 6;

  static final class Whole implements ArbitrarySupplier<VolumeCase> {
    @Override
    public Arbitrary<VolumeCase> get() {
      return new VolumeCases.Two().get().map(Whole::of);
    }

    private static VolumeCase of(VolumeCase any) {
      Conv3dShape s = any.shape();
      Conv3dShape whole =
          new Conv3dShape(
              s.batch(),
              s.channels(),
              s.depth(),
              axis(s.rows()),
              axis(s.columns()),
              s.filters(),
              1);
      ConvCases.Options o = any.options();
      return new VolumeCase(
          whole,
          PaddingMode.ZEROS,
          new ConvCases.Options(o.layout(), o.activation(), o.accuracy(), false),
          any.bias(),
          any.residual(),
          any.offset(),
          any.threads(),
          any.values(),
          any.seed());
    }

    private static Axis axis(Axis any) {
      int size = Math.min(LARGEST, any.size());
      return new Axis(size, size, 1, 1, 0, 0);
    }
  }

  @Property
  @Label("is what the oracle computes, by every algorithm")
  void forward(@ForAll(supplier = Whole.class) VolumeCase drawn) {
    VolumeCase any = drawn.alsoOfFloats();
    FullyConnected layer =
        builder(any)
            .activation(any.options().activation())
            .accuracy(any.options().accuracy())
            .build();
    VolumeOracle oracle = new VolumeOracle(any);
    CaseArrays arrays = new CaseArrays(any);
    for (Algorithm algorithm : Algorithm.values()) {
      if (layer.refusal(algorithm).isEmpty()) {
        FullyConnectedPlan plan = layer.plan(arrays.weights, arrays.bias, algorithm);
        oracle.check(algorithm, plan.algorithm(), plan::run);
      }
    }
  }

  @Property
  @Label("has the oracle's gradient with respect to the input, in the input's layout")
  void backwardData(
      @ForAll(supplier = Whole.class) VolumeCase any,
      @ForAll @IntRange(min = 1, max = 9) int batch) {
    FullyConnected layer = builder(any).accuracy(Accuracy.STRICT).build();
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    BackwardDataPlan back = layer.backwardData(weights);
    PlanCheck.data(any, weights, back);
    PlanCheck.adjoint(any, layer.plan(weights), back);
    PlanCheck.same(any, layer.withBatch(batch).plan(weights), layer.plan(weights).withBatch(batch));
  }

  @Property
  @Label("the gradients with respect to weights and bias are the oracle's, and adjoint")
  void backwardWeights(@ForAll(supplier = Whole.class) VolumeCase any) {
    FullyConnected layer = builder(any).accuracy(Accuracy.STRICT).build();
    WeightsCheck.check(any, layer.backwardWeights(), layer::plan);
  }

  private static FullyConnected.Builder builder(VolumeCase any) {
    Conv3dShape s = any.shape();
    return FullyConnected.builder()
        .input(s.batch(), s.channels(), s.rows().size(), s.columns().size())
        .outputs(s.filters())
        .layout(any.options().layout());
  }
}

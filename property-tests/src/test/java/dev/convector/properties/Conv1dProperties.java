package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.BackwardDataPlan;
import dev.convector.Conv1d;
import dev.convector.Conv1dPlan;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.Execution;
import dev.convector.PaddingMode;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

@Label("one-dimensional convolution")
class Conv1dProperties {

  @Property
  @Label("every algorithm computes what the oracle does")
  void forward(@ForAll(supplier = VolumeCases.One.class) VolumeCase drawn) {
    VolumeCase any = drawn.alsoOfFloats();
    Conv1d conv =
        builder(any)
            .activation(any.options().activation())
            .accuracy(any.options().accuracy())
            .build();
    VolumeOracle oracle = new VolumeOracle(any);
    CaseArrays arrays = new CaseArrays(any);
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isEmpty()) {
        Conv1dPlan plan = conv.plan(arrays.weights, arrays.bias, algorithm);
        oracle.check(algorithm, plan.algorithm(), plan::run);
      }
    }
  }

  @Property
  @Label("the gradient with respect to the input is the oracle's, and adjoint")
  void backwardData(@ForAll(supplier = VolumeCases.One.class) VolumeCase any) {
    Conv1d conv = builder(any).accuracy(Accuracy.STRICT).build();
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    BackwardDataPlan plan = conv.backwardData(weights);
    PlanCheck.data(any, weights, plan);
    PlanCheck.adjoint(any, conv.plan(weights), plan);
  }

  @Property
  @Label("the gradients with respect to weights and bias are the oracle's, and adjoint")
  void backwardWeights(@ForAll(supplier = VolumeCases.One.class) VolumeCase any) {
    Conv1d conv = builder(any).accuracy(Accuracy.STRICT).build();
    WeightsCheck.check(any, conv.backwardWeights(), conv::plan);
  }

  @Property
  @Label("the gradient with respect to weights of a causal one is that of its padding")
  void backwardWeightsOfCausal(@ForAll(supplier = VolumeCases.One.class) VolumeCase any) {
    // The other modes can't fill as much padding as that takes.
    PaddingMode mode = any.mode() == PaddingMode.ZEROS ? any.mode() : PaddingMode.REPLICATE;
    Conv1d conv =
        builder(any).accuracy(Accuracy.STRICT).paddingMode(mode).stride(1).causal().build();
    ConvShape s = conv.shape();
    Conv3dShape shape =
        new Conv3dShape(
            s.batch(), s.channels(), Axis.of(1), Axis.of(1), conv.axis(), s.filters(), s.groups());
    WeightsCheck.check(any.with(shape, mode), conv.backwardWeights(), conv::plan);
  }

  @Property
  @Label("a plan of another length, made from a plan, is that of its description")
  void withInput(
      @ForAll(supplier = VolumeCases.One.class) VolumeCase any,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(max = 40) int more) {
    Conv1d conv = builder(any).build();
    Conv1d other = conv.withInput(batch, conv.axis().size() + more);
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    Conv1dPlan resized = conv.plan(weights).withInput(batch, other.axis().size());
    PlanCheck.same(any, other.plan(weights), resized);
  }

  @Property
  @Label("causal: no output sees a later input, and the last sees the last")
  void causal(
      @ForAll(supplier = VolumeCases.One.class) VolumeCase any,
      @ForAll @IntRange(max = 60) int at) {
    Axis axis = any.shape().columns();
    Conv1d conv = builder(any).paddingMode(PaddingMode.ZEROS).stride(1).causal().build();
    if (conv.outputLength() != axis.size()) {
      throw new AssertionError(conv.outputLength() + " outputs: " + conv);
    }
    int changed = at % axis.size();
    float[] weights = new float[any.weightsSize()];
    Arrays.fill(weights, 1);
    float[] src = new float[any.inputSize()];
    int outputs = conv.shape().outputSize();
    float[] before = new float[outputs];
    float[] after = new float[outputs];
    Conv1dPlan plan = conv.plan(weights, null, Algorithm.REFERENCE);
    plan.run(src, before, Execution.serial());
    for (int i = 0; i < src.length; i++) {
      src[i] = position(conv, i, any.shape().channels()) == changed ? 1 : 0;
    }
    plan.run(src, after, Execution.serial());
    for (int i = 0; i < outputs; i++) {
      int position = position(conv, i, any.shape().filters());
      boolean same = before[i] == after[i];
      if (position < changed && !same
          || position == changed && same && !any.options().flipKernel()) {
        throw new AssertionError("output " + position + " of a change at " + changed + ": " + conv);
      }
    }
  }

  private static int position(Conv1d conv, int index, int channels) {
    int length = conv.axis().size();
    return switch (conv.layout()) {
      case NCHW -> index % length;
      case NHWC -> index / channels % length;
    };
  }

  private static Conv1d.Builder builder(VolumeCase any) {
    Axis axis = any.shape().columns();
    return Conv1d.builder()
        .input(any.shape().batch(), any.shape().channels(), axis.size())
        .filters(any.shape().filters(), axis.kernel())
        .stride(axis.stride())
        .dilation(axis.dilation())
        .padding(axis.padBefore(), axis.padAfter())
        .groups(any.shape().groups())
        .paddingMode(any.mode())
        .layout(any.options().layout())
        .flipKernel(any.options().flipKernel());
  }
}

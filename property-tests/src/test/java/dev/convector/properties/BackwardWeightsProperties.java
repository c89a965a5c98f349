package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv2d;
import dev.convector.ConvTranspose2d;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConvTranspose2d;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.StatisticsReport;

/** On integers where nothing else is said, whose sums are exact in float: equal means equal. */
@Label("the gradients with respect to weights and bias")
class BackwardWeightsProperties {
  /** Fewer than others: each is eight runs. */
  private static final int LARGE_TRIES = 8;

  /** Fewer than others: each is up to twelve runs. */
  private static final int SHARED_TRIES = 60;

  /** Weights whose derivative is worked out by differences, each two convolutions. */
  private static final int DIFFERENCES = 3;

  private static final int DIFFERENCE_TRIES = 60;

  @Property
  @Label("are the oracle's, in their place, and added to what was there if that is wanted")
  void oracle(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    of(any, Values.INTEGERS).check();
  }

  @Property
  @Label("of a transposed convolution are the oracle's too")
  void oracleOfTransposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    of(any, Values.INTEGERS).check();
  }

  @Property
  @Label("are the oracle's within the bound on floats")
  void floats(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    of(any, Values.FLOATS).check();
  }

  /** The output is linear in the weights, so that differences of any size are exact. */
  @Property(tries = DIFFERENCE_TRIES)
  @Label("are what differences of a loss come to")
  void differences(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    float[] x = PlanCheck.integers(any.inputSize(), any.seed());
    float[] y = PlanCheck.integers(any.outputSize(), any.seed() + 1);
    float[] gradient = new float[any.weightsSize()];
    any.conv().backwardWeights().run(x, y, gradient, null, Execution.serial());
    Random random = new Random(any.seed());
    for (int i = 0; i < DIFFERENCES; i++) {
      float[] weights = new float[any.weightsSize()];
      int at = random.nextInt(weights.length);
      weights[at] = 1;
      double more = PlanCheck.dot(forward(any, weights, x), y);
      weights[at] = -1;
      double wanted = (more - PlanCheck.dot(forward(any, weights, x), y)) / 2;
      if (gradient[at] != wanted) {
        throw new AssertionError("weight " + at + " is " + gradient[at] + ", not " + wanted + any);
      }
    }
  }

  private static float[] forward(ConvCase any, float[] weights, float[] x) {
    return any.reference().run(weights, null, x, null, Activation.NONE);
  }

  @Property
  @Label("are adjoint to the convolution: <conv(x; w), y> = <backwardWeights(x, y), w>")
  void adjoint(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    of(any, Values.INTEGERS).adjoint((w, x) -> forward(any, w, x));
  }

  @Property
  @Label("of a transposed convolution are adjoint to it too")
  void adjointOfTransposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    of(any, Values.INTEGERS)
        .adjoint(
            (w, x) -> {
              ConvTranspose2d conv = any.conv();
              float[] result = new float[any.outputSize()];
              ReferenceConvTranspose2d.run(
                  conv.shape(),
                  conv.layout(),
                  conv.flipKernel(),
                  Activation.NONE,
                  w,
                  null,
                  x,
                  0,
                  null,
                  0,
                  result,
                  0);
              return result;
            });
  }

  @Property(tries = LARGE_TRIES)
  @Label("have the same bits in serial, on the common pool and on pools of 1, 2, 3, 7 and 16")
  void bitsDependOnNoPool(@ForAll(supplier = ConvCases.Large.class) ConvCase large) {
    of(large, Values.FLOATS).checkBits();
  }

  @Property(tries = LARGE_TRIES)
  @Label("of a transposed convolution have the same bits on every pool too")
  void bitsOfTransposed(@ForAll(supplier = TransposedCases.Large.class) TransposedCase large) {
    of(large, Values.FLOATS).checkBits();
  }

  static WeightsCheck of(ConvCase any, Values values) {
    return new WeightsCheck(any, values, any.conv().backwardWeights(), any.reference()::weights);
  }

  static WeightsCheck of(TransposedCase any, Values values) {
    ConvTranspose2d conv = any.conv();
    return new WeightsCheck(
        any,
        values,
        conv.backwardWeights(),
        (x, y) -> {
          float[] result = new float[any.weightsSize()];
          ReferenceConvTranspose2d.weightsGradient(
              conv.shape(), conv.layout(), conv.flipKernel(), x, 0, y, 0, result, 0);
          return result;
        });
  }

  @Property(tries = SHARED_TRIES)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  @Label("of small work that 2, 3, 7 and 16 threads share are the oracle's")
  void smallWorkIsShared(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    of(any, Values.INTEGERS).checkShared();
  }

  /** What random shapes seldom are; each with several threads. */
  @Example
  @Label("of a fully connected layer, of many taps, of far taps and of long rows are the oracle's")
  void rareShapes() {
    List<Conv2d.Builder> rare =
        List.of(
            Conv2d.builder().input(5, 3, 4, 6).filters(20, 4, 6),
            Conv2d.builder().input(2, 2, 40, 38).filters(3, 33, 31).padding(2),
            Conv2d.builder().input(2, 2, 30, 20).filters(18, 40, 30).padding(9),
            Conv2d.builder().input(2, 3, 9, 50).filters(17, 2, 3).dilation(8, 24).stride(1, 2),
            Conv2d.builder().input(1, 4, 1, 3000).filters(16, 1, 5).padding(0, 2),
            Conv2d.builder().input(40, 9, 3, 2).filters(9, 3, 3).padding(1).groups(9),
            Conv2d.builder().input(3, 40, 9, 7).filters(40, 3, 3).padding(1).groups(10).stride(2),
            Conv2d.builder().input(2, 72, 5, 20).filters(72, 2, 3).padding(1).groups(9),
            Conv2d.builder().input(2, 36, 9, 7).filters(36, 5, 5).padding(2).groups(18),
            Conv2d.builder().input(3, 37, 14, 9).filters(37, 3, 3).padding(1).groups(37),
            Conv2d.builder().input(2, 96, 6, 5).filters(96, 3, 3).padding(1).groups(6),
            Conv2d.builder().input(1, 64, 20, 30).filters(80, 3, 3).padding(1).stride(2),
            Conv2d.builder().input(2, 83, 12, 9).filters(70, 1, 1),
            Conv2d.builder().input(1, 64, 7, 7).filters(48, 1, 1).stride(2));
    for (Conv2d.Builder builder : rare) {
      for (Layout layout : Layout.values()) {
        Conv2d conv = builder.layout(layout).build();
        ConvCase any =
            new ConvCase(conv, true, Residual.APART, 1, 2, Threads.POOL_3, Values.INTEGERS, 9);
        of(any, Values.INTEGERS).check();
      }
    }
  }

  @Example
  @Label("of a 3x3 kernel on one channel, written out")
  void example() {
    Conv2d conv = Conv2d.builder().input(1, 1, 3, 3).filters(1, 3, 3).padding(1).build();
    float[] input = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float[] gradient = {0, 0, 0, 0, 10, 0, 0, 0, 1};
    float[] weights = new float[9];
    float[] bias = new float[1];
    BackwardWeightsPlan plan = conv.backwardWeights();
    plan.run(input, gradient, weights, bias);
    float[] expected = {15, 26, 30, 48, 59, 60, 70, 80, 90};
    if (!Arrays.equals(weights, expected) || bias[0] != 11) {
      throw new AssertionError(Arrays.toString(weights) + ", bias " + bias[0]);
    }
    plan.accumulating().run(input, gradient, weights, bias);
    if (weights[4] != 118 || bias[0] != 22) {
      throw new AssertionError("accumulated " + Arrays.toString(weights) + ", bias " + bias[0]);
    }
  }

  @Property
  @Label("refuse wrong arguments, before anything is written")
  void wrong(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    Conv2d conv = any.conv();
    BackwardWeightsPlan plan = conv.backwardWeights();
    float[] x = new float[any.inputSize()];
    float[] y = new float[any.outputSize()];
    float[] w = new float[any.weightsSize()];
    Arrays.fill(w, 7);
    float[] b = new float[any.filters()];
    float[] none = {};
    Refusals.require(() -> plan.run(null, y, w, b), "no input", any, "input");
    Refusals.require(() -> plan.run(x, null, w, b), "no gradient", any, "outputGradient");
    Refusals.require(() -> plan.run(x, y, null, b), "no weights", any, "weightsGradient");
    Refusals.require(() -> plan.run(x, y, w, b, null), "no execution", any, "execution");
    Refusals.require(() -> plan.run(none, y, w, b), "short input", any, "input", "0", "must");
    Refusals.require(() -> plan.run(x, none, w, b), "gradient", any, "outputGradient", "must");
    Refusals.require(() -> plan.run(x, y, none, b), "weights", any, "weightsGradient", "must");
    Refusals.require(() -> plan.run(x, y, w, none), "bias", any, "biasGradient", "must");
    List<BackwardWeightsPlan.Offsets> negative =
        List.of(
            new BackwardWeightsPlan.Offsets(-1, 0, 0, 0),
            new BackwardWeightsPlan.Offsets(0, -1, 0, 0),
            new BackwardWeightsPlan.Offsets(0, 0, -1, 0),
            new BackwardWeightsPlan.Offsets(0, 0, 0, -1));
    for (BackwardWeightsPlan.Offsets offsets : negative) {
      Refusals.require(
          () -> plan.run(x, y, w, b, offsets, Execution.serial()), "-1", any, "Offset", "-1");
    }
    float[] all = new float[x.length + y.length + w.length + b.length];
    Refusals.require(() -> plan.run(all, y, all, b), "overlap", any, "input", "must not overlap");
    Refusals.require(
        () -> plan.run(x, all, w, all), "overlap", any, "outputGradient", "must not overlap");
    Refusals.require(
        () -> plan.run(x, y, all, all), "overlap", any, "biasGradient", "must not overlap");
    float[] before = new float[w.length];
    Arrays.fill(before, 7);
    Refusals.requireUntouched(before, w, "a refused run", any);
  }

  @Example
  @Label("say how large their arrays are, and that they add up")
  void description() {
    ConvTranspose2d conv =
        ConvTranspose2d.builder().input(2, 6, 5, 7).filters(4, 2, 3).groups(2).stride(2).build();
    BackwardWeightsPlan plan = conv.backwardWeights();
    boolean right =
        plan.inputSize() == conv.shape().inputSize()
            && plan.outputSize() == conv.shape().outputSize()
            && plan.weightsSize() == conv.shape().weightsSize()
            && plan.biasSize() == 4
            && plan.workspaceBytes() <= 4 << 20
            && !plan.isAccumulating()
            && plan.accumulating().isAccumulating()
            && plan.accumulating().accumulating().toString().contains("accumulating");
    if (!right) {
      throw new AssertionError(plan);
    }
  }
}

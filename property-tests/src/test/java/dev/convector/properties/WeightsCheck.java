package dev.convector.properties;

import dev.convector.BackwardWeightsPlan;
import dev.convector.BackwardWeightsPlan.Offsets;
import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.reference.ReferenceConv2dBackward;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

/**
 * A run of the gradients with respect to weights and bias, each array in a larger one. It adds to
 * what they hold where the case has a residual.
 */
final class WeightsCheck {
  /** The largest product, and more, of normally distributed factors. */
  private static final double LARGEST = 20;

  private final VolumeCase of;
  private final BackwardWeightsPlan plan;
  private final BackwardWeightsPlan added;
  private final GuardedArray input;
  private final GuardedArray output;
  private final GuardedArray weights;
  private final GuardedArray bias;
  private final float[] weightsBefore;
  private final float[] biasBefore;

  WeightsCheck(VolumeCase of, BackwardWeightsPlan plan) {
    this.of = of;
    this.plan = plan;
    this.added = of.residual() == Residual.NONE ? plan : plan.accumulating();
    Random random = new Random(of.seed());
    this.input = filled(random, of.offset(), plan.inputSize());
    this.output = filled(random, 3 + of.offset(), plan.outputSize());
    this.weights = filled(random, 5 + of.offset(), plan.weightsSize());
    this.bias = filled(random, 1 + of.offset(), plan.biasSize());
    this.weightsBefore = weights.content();
    this.biasBefore = bias.content();
  }

  private GuardedArray filled(Random random, int offset, int size) {
    GuardedArray array = GuardedArray.of(offset, size);
    of.values().fill(random, array.array(), offset, offset + size);
    return array;
  }

  /** What the gradient with respect to the weights should be. */
  @FunctionalInterface
  interface Expected {
    float[] of(float[] input, float[] outputGradient);
  }

  /** Of the case's convolution: the oracle's on integers and floats, and adjoint. */
  static void check(VolumeCase of, BackwardWeightsPlan plan, Function<float[], Plan> forward) {
    check(of, plan, VolumeOracle.reference(of)::weights, forward);
  }

  /**
   * @param forward makes a plan without bias that is exact on integers
   */
  static void check(
      VolumeCase of, BackwardWeightsPlan plan, Expected expected, Function<float[], Plan> forward) {
    WeightsCheck integers = new WeightsCheck(of, plan);
    integers.check(expected);
    integers.adjoint(forward);
    new WeightsCheck(of.with(Values.FLOATS), plan).check(expected);
  }

  /** On the case's threads and, with the same bits, in serial. */
  private void check(Expected expected) {
    float[] expectedWeights = expected.of(input.content(), output.content());
    runAndCompare(of.threads().execution, expectedWeights);
    float[] shared = weights.content();
    float[] sharedBias = bias.content();
    runAndCompare(Execution.serial(), expectedWeights);
    if (!Arrays.equals(shared, weights.content()) || !Arrays.equals(sharedBias, bias.content())) {
      throw new AssertionError("other bits in serial: " + plan + ", " + of);
    }
  }

  /** On pools that share small work. */
  void checkShared() {
    float[] expected = VolumeOracle.reference(of).weights(input.content(), output.content());
    for (SharingPool pool : SharingPool.ALL) {
      pool.share(() -> run(Execution.on(pool)), () -> compare(expected));
    }
  }

  private void runAndCompare(Execution execution, float[] expectedWeights) {
    run(execution);
    compare(expectedWeights);
  }

  private void run(Execution execution) {
    System.arraycopy(weightsBefore, 0, weights.array(), weights.offset(), weightsBefore.length);
    System.arraycopy(biasBefore, 0, bias.array(), bias.offset(), biasBefore.length);
    added.run(
        input.array(),
        output.array(),
        weights.array(),
        of.bias() ? bias.array() : null,
        new Offsets(input.offset(), output.offset(), weights.offset(), bias.offset()),
        execution);
  }

  private void compare(float[] expectedWeights) {
    for (GuardedArray array : new GuardedArray[] {input, output, weights, bias}) {
      array.require(of);
    }
    int terms = of.shape().outputSize() / of.shape().filters();
    compare("weight", expectedWeights, weightsBefore, weights.content(), terms);
    if (!of.bias()) {
      compare("unwanted bias", biasBefore, new float[biasBefore.length], bias.content(), 0);
      return;
    }
    float[] expected = new float[plan.biasSize()];
    int pixels = plan.outputSize() / plan.biasSize() / of.shape().batch();
    ReferenceConv2dBackward.bias(
        of.options().layout(),
        of.shape().batch(),
        plan.biasSize(),
        pixels,
        output.array(),
        output.offset(),
        expected,
        0);
    compare("bias", expected, biasBefore, bias.content(), of.shape().batch() * pixels);
  }

  private void compare(String what, float[] expected, float[] before, float[] actual, int terms) {
    double bound =
        of.values() == Values.INTEGERS ? 0 : Bounds.sum(terms, LARGEST * terms + LARGEST);
    for (int i = 0; i < expected.length; i++) {
      float sum = expected[i] + (added == plan ? 0 : before[i]);
      if (!(Math.abs((double) actual[i] - sum) <= bound)) {
        throw new AssertionError(
            what + " " + i + " is " + actual[i] + ", not " + sum + ": " + plan + ", " + of);
      }
    }
  }

  /** {@code <forward(x; w), y> = <backwardWeights(x, y), w>}. */
  private void adjoint(Function<float[], Plan> forward) {
    float[] forwardOutput = new float[plan.outputSize()];
    forward.apply(weightsBefore).run(input.content(), forwardOutput, Execution.serial());
    float[] gradient = new float[plan.weightsSize()];
    plan.run(input.content(), output.content(), gradient, null, Execution.serial());
    double expected = PlanCheck.dot(forwardOutput, output.content());
    double actual = PlanCheck.dot(gradient, weightsBefore);
    if (expected != actual) {
      throw new AssertionError(
          "<conv(x; w), y> is "
              + expected
              + ", <weights(x, y), w> "
              + actual
              + ": "
              + plan
              + ", "
              + of);
    }
  }
}

package dev.convector.properties;

import dev.convector.BackwardWeightsPlan;
import dev.convector.BackwardWeightsPlan.Offsets;
import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.reference.ReferenceConv2dBackward;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A run of the gradients with respect to weights and bias, each array in a larger one. It adds to
 * what they hold where the case has a residual.
 */
final class WeightsCheck {
  /** The largest product, and more, of normally distributed factors. */
  private static final double LARGEST = 20;

  private static final int[] OFFSETS = {3, 0, 5, 1};

  private final RunCase of;
  private final Values values;
  private final BackwardWeightsPlan plan;
  private final BackwardWeightsPlan added;
  private final Expected expected;
  private final GuardedArray input;
  private final GuardedArray output;
  private final GuardedArray weights;
  private final GuardedArray bias;
  private final float[] weightsBefore;
  private final float[] biasBefore;

  /**
   * @param values instead of the case's
   */
  WeightsCheck(RunCase of, Values values, BackwardWeightsPlan plan, Expected expected) {
    this.of = of;
    this.values = values;
    this.plan = plan;
    this.added = of.residual() == Residual.NONE ? plan : plan.accumulating();
    this.expected = expected;
    Random random = new Random(of.seed());
    this.input = filled(random, of.srcOffset(), plan.inputSize());
    this.output = filled(random, of.dstOffset(), plan.outputSize());
    this.weights = filled(random, OFFSETS[(int) (of.seed() % 4)], plan.weightsSize());
    this.bias = filled(random, OFFSETS[(int) (of.seed() / 4 % 4)], plan.biasSize());
    this.weightsBefore = weights.content();
    this.biasBefore = bias.content();
  }

  private GuardedArray filled(Random random, int offset, int size) {
    GuardedArray array = GuardedArray.of(offset, size);
    values.fill(random, array.array(), offset, offset + size);
    return array;
  }

  /** What the gradient with respect to the weights should be. */
  @FunctionalInterface
  interface Expected {
    float[] of(float[] input, float[] outputGradient);
  }

  /** What a convolution without bias is of an input. */
  @FunctionalInterface
  interface Forward {
    float[] of(float[] weights, float[] input);
  }

  /** Of the case's convolution: the oracle's on integers and floats, and adjoint. */
  static void check(VolumeCase of, BackwardWeightsPlan plan, Function<float[], Plan> forward) {
    check(of, plan, VolumeOracle.reference(of)::weights, forward);
  }

  /**
   * @param forward makes a plan without bias that is exact on integers
   */
  static void check(
      RunCase of, BackwardWeightsPlan plan, Expected expected, Function<float[], Plan> forward) {
    WeightsCheck integers = new WeightsCheck(of, Values.INTEGERS, plan, expected);
    integers.check();
    integers.adjoint(
        (w, x) -> {
          float[] result = new float[plan.outputSize()];
          forward.apply(w).run(x, result, Execution.serial());
          return result;
        });
    new WeightsCheck(of, Values.FLOATS, plan, expected).check();
  }

  /** On the case's threads and, with the same bits, in serial: the oracle's. */
  void check() {
    float[] expectedWeights = expected.of(input.content(), output.content());
    run(of.threads().execution);
    compare(expectedWeights);
    requireSameBits(List.of(Execution.serial()));
  }

  /** The same bits as the last run's. */
  private void requireSameBits(List<Execution> others) {
    float[] shared = weights.content();
    float[] sharedBias = bias.content();
    for (Execution other : others) {
      run(other);
      if (!Arrays.equals(shared, weights.content()) || !Arrays.equals(sharedBias, bias.content())) {
        throw new AssertionError("other bits on " + other + ": " + plan + ", " + of);
      }
    }
  }

  /** The same bits in serial and on every pool. */
  void checkBits() {
    run(Execution.serial());
    requireSameBits(Arrays.stream(Threads.values()).map(t -> t.execution).toList());
  }

  /** On pools that share small work. */
  void checkShared() {
    float[] expectedWeights = expected.of(input.content(), output.content());
    for (SharingPool pool : SharingPool.ALL) {
      pool.share(() -> run(Execution.on(pool)), () -> compare(expectedWeights));
    }
  }

  /** The same bits on segments, wherever they lie, and nothing else is written. */
  void checkSegments() {
    run(of.threads().execution);
    Random random = new Random(of.seed());
    Memory[] places = new Memory[4];
    Arrays.setAll(places, i -> Memory.any(random));
    Memory.Guarded x = places[0].of(input.content(), random.nextInt(8));
    Memory.Guarded y = places[1].of(output.content(), random.nextInt(8));
    Memory.Guarded w = places[2].of(weightsBefore, random.nextInt(8));
    Memory.Guarded b = places[3].of(biasBefore, random.nextInt(8));
    added.run(
        random.nextBoolean() ? x.segment() : x.segment().asReadOnly(),
        random.nextBoolean() ? y.segment() : y.segment().asReadOnly(),
        w.segment(),
        of.bias() ? b.segment() : null,
        of.threads().execution);
    String where = Arrays.toString(places) + ": " + plan + ", " + of;
    requireSame("weights' gradient", weights.content(), w, where);
    requireSame("bias' gradient", bias.content(), b, where);
    requireSame("input", input.content(), x, where);
    requireSame("output's gradient", output.content(), y, where);
  }

  private static void requireSame(
      String what, float[] wanted, Memory.Guarded actual, String where) {
    int at = Arrays.mismatch(wanted, actual.content());
    if (at >= 0) {
      float found = actual.content()[at];
      throw new AssertionError(
          what + " " + at + " is " + found + ", not " + wanted[at] + ", " + where);
    }
    actual.require(where);
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
    int terms = Math.max(of.inputSize() / of.channels(), of.outputSize() / of.filters());
    compare("weight", expectedWeights, weightsBefore, weights.content(), terms);
    if (!of.bias()) {
      compare("unwanted bias", biasBefore, new float[biasBefore.length], bias.content(), 0);
      return;
    }
    float[] expectedBias = new float[plan.biasSize()];
    int pixels = plan.outputSize() / plan.biasSize() / of.batch();
    ReferenceConv2dBackward.bias(
        of.layout(),
        of.batch(),
        plan.biasSize(),
        pixels,
        output.array(),
        output.offset(),
        expectedBias,
        0);
    compare("bias", expectedBias, biasBefore, bias.content(), of.batch() * pixels);
  }

  private void compare(String what, float[] wanted, float[] before, float[] actual, int terms) {
    double bound = values == Values.INTEGERS ? 0 : Bounds.sum(terms, LARGEST * terms + LARGEST);
    for (int i = 0; i < wanted.length; i++) {
      float sum = wanted[i] + (added == plan ? 0 : before[i]);
      if (!(Math.abs((double) actual[i] - sum) <= bound)) {
        throw new AssertionError(
            what + " " + i + " is " + actual[i] + ", not " + sum + ": " + plan + ", " + of);
      }
    }
  }

  /** {@code <forward(x; w), y> = <backwardWeights(x, y), w>}. */
  void adjoint(Forward forward) {
    float[] gradient = new float[plan.weightsSize()];
    plan.run(input.content(), output.content(), gradient, null, Execution.serial());
    float[] forwardOutput = forward.of(weightsBefore, input.content());
    double wanted = PlanCheck.dot(forwardOutput, output.content());
    double actual = PlanCheck.dot(gradient, weightsBefore);
    if (wanted != actual) {
      String text = "<conv(x; w), y> is " + wanted + ", <weights(x, y), w> " + actual;
      throw new AssertionError(text + ": " + plan + ", " + of);
    }
  }
}

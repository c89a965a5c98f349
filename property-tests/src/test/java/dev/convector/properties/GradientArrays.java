package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Execution;
import dev.convector.reference.ReferenceConv2d;
import dev.convector.reference.ReferenceConv2dBackward;
import dev.convector.reference.ReferenceConvTranspose2d;
import java.util.Random;

/** The arrays of a run of gradients, each in a larger one, and what the oracle says of them. */
final class GradientArrays {
  private static final int[] OFFSETS = {3, 0, 5, 1};

  private final GradientCase of;
  private final BackwardWeightsPlan plan;
  private final GuardedArray input;
  private final GuardedArray output;
  private final GuardedArray weights;
  private final GuardedArray bias;
  private final float[] weightsBefore;
  private final float[] biasBefore;

  GradientArrays(GradientCase of) {
    this.of = of;
    RunCase run = of.run();
    BackwardWeightsPlan overwriting =
        of.conv() != null ? of.conv().backwardWeights() : of.transposed().backwardWeights();
    this.plan = of.accumulating() ? overwriting.accumulating() : overwriting;
    Random random = new Random(run.seed());
    input = filled(random, run.srcOffset(), run.inputSize());
    output = filled(random, run.dstOffset(), run.outputSize());
    weights = filled(random, OFFSETS[(int) (run.seed() % 4)], run.weightsSize());
    bias = filled(random, OFFSETS[(int) (run.seed() / 4 % 4)], run.filters());
    weightsBefore = weights.content();
    biasBefore = bias.content();
  }

  private GuardedArray filled(Random random, int offset, int size) {
    GuardedArray array = GuardedArray.of(offset, size);
    of.values().fill(random, array.array(), offset, offset + size);
    return array;
  }

  void reset() {
    System.arraycopy(weightsBefore, 0, weights.array(), weights.offset(), weightsBefore.length);
    System.arraycopy(biasBefore, 0, bias.array(), bias.offset(), biasBefore.length);
  }

  void run(Execution execution) {
    plan.run(
        input.array(),
        output.array(),
        weights.array(),
        of.bias() ? bias.array() : null,
        new BackwardWeightsPlan.Offsets(
            input.offset(), output.offset(), weights.offset(), bias.offset()),
        execution);
  }

  float[] weightsGradient() {
    return weights.content();
  }

  float[] biasGradient() {
    return bias.content();
  }

  /** After a run: what was computed is the oracle's, and nothing else was written. */
  void check() {
    for (GuardedArray array : new GuardedArray[] {input, output, weights, bias}) {
      array.require(of);
    }
    int pixels = pixels();
    compare("weight", expectedWeights(), weightsBefore, weights.content(), pixels);
    if (of.bias()) {
      compare("bias", expectedBias(), biasBefore, bias.content(), pixels);
    } else {
      compare("unwanted bias", biasBefore, new float[biasBefore.length], bias.content(), 0);
    }
  }

  /** Of the batch, over which each gradient is a sum, or more. */
  private int pixels() {
    int in = of.conv() != null ? of.conv().shape().channels() : of.transposed().shape().channels();
    return Math.max(of.run().inputSize() / in, of.run().outputSize() / of.run().filters());
  }

  private void compare(String what, float[] expected, float[] before, float[] actual, int terms) {
    // Of normally distributed factors; a product is seldom larger than 20, and never here.
    double bound = of.values() == Values.INTEGERS ? 0 : Bounds.sum(terms, 20.0 * terms + 20);
    for (int i = 0; i < expected.length; i++) {
      float sum = of.accumulating() ? expected[i] + before[i] : expected[i];
      if (!(Math.abs((double) actual[i] - sum) <= bound)) {
        throw new AssertionError(what + " " + i + " is " + actual[i] + ", not " + sum + this);
      }
    }
  }

  private float[] expectedWeights() {
    float[] expected = new float[of.run().weightsSize()];
    if (of.conv() != null) {
      ReferenceConv2dBackward.weights(
          of.conv().shape(),
          of.layout(),
          of.flipKernel(),
          input.array(),
          input.offset(),
          output.array(),
          output.offset(),
          expected,
          0);
    } else {
      ReferenceConvTranspose2d.weightsGradient(
          of.transposed().shape(),
          of.layout(),
          of.flipKernel(),
          input.array(),
          input.offset(),
          output.array(),
          output.offset(),
          expected,
          0);
    }
    return expected;
  }

  private float[] expectedBias() {
    int filters = of.run().filters();
    float[] expected = new float[filters];
    ReferenceConv2dBackward.bias(
        of.layout(),
        of.batch(),
        filters,
        of.run().outputSize() / filters / of.batch(),
        output.array(),
        output.offset(),
        expected,
        0);
    return expected;
  }

  /** The convolution's output times the output's gradient, with weights and no bias. */
  double loss(float[] w) {
    float[] forward = new float[of.run().outputSize()];
    if (of.conv() != null) {
      ReferenceConv2d.run(
          of.conv().shape(),
          of.layout(),
          of.flipKernel(),
          Activation.NONE,
          w,
          null,
          input.array(),
          input.offset(),
          null,
          0,
          forward,
          0);
    } else {
      ReferenceConvTranspose2d.run(
          of.transposed().shape(),
          of.layout(),
          of.flipKernel(),
          Activation.NONE,
          w,
          null,
          input.array(),
          input.offset(),
          null,
          0,
          forward,
          0);
    }
    return dot(forward, output.content());
  }

  /** Runs, and compares both sides for random weights. */
  void checkAdjoint() {
    run(Execution.serial());
    float[] w = new float[of.run().weightsSize()];
    of.values().fill(new Random(of.run().seed() + 1), w, 0, w.length);
    double expected = loss(w);
    double actual = dot(weights.content(), w);
    if (actual != expected) {
      throw new AssertionError(actual + ", not " + expected + this);
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public String toString() {
    return ": " + of;
  }
}

package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.BackwardDataPlan;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.ConvTranspose2d;
import dev.convector.Execution;
import dev.convector.reference.ReferenceConvTranspose2d;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** On integers and with strict accuracy where nothing else is said, so that equal means equal. */
@Label("the gradient with respect to the input")
class BackwardDataProperties {
  /** Fewer than others: each is eight runs. */
  private static final int LARGE_TRIES = 25;

  /** Elements whose derivative is worked out by differences, each two convolutions. */
  private static final int DIFFERENCES = 4;

  @Property
  @Label("is the oracle's")
  void oracle(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    requireOracle(any);
  }

  static void requireOracle(ConvCase any) {
    Conv2d conv = strict(any.conv());
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] gradient = PlanCheck.integers(any.outputSize(), any.seed() + 1);
    requireSame(
        any.reference().data(weights, gradient), run(conv.backwardData(weights), gradient), any);
  }

  @Property
  @Label("is the oracle's with Winograd's algorithms too, within their bound")
  void winograd(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    BackwardDataPlan plan = any.conv().backwardData(new float[any.weightsSize()]);
    double bound = Bounds.winograd(plan.algorithm());
    float[] weights = new float[any.weightsSize()];
    float[] gradient = new float[any.outputSize()];
    Random random = new Random(any.seed());
    Values.FLOATS.fill(random, weights, 0, weights.length);
    Values.FLOATS.fill(random, gradient, 0, gradient.length);
    float[] expected = any.reference().data(weights, gradient);
    float[] actual = run(any.conv().backwardData(weights), gradient);
    ConvShape s = any.conv().shape();
    long depth = (long) s.groupFilters() * s.kernelHeight() * s.kernelWidth();
    double scale = Math.max(Math.sqrt(depth), Oracle.rms(expected, 0, expected.length));
    for (int i = 0; i < actual.length; i++) {
      double error = bound == 0 ? Bounds.sum(depth, 20.0 * depth) : bound * scale;
      if (!(Math.abs((double) actual[i] - expected[i]) <= error)) {
        throw new AssertionError(
            plan.algorithm() + ": " + i + " is " + actual[i] + ", not " + expected[i] + ": " + any);
      }
    }
  }

  /** Of half the sum of squares of the output, a polynomial of degree 2: differences are exact. */
  @Property
  @Label("is what differences of a loss come to")
  void differences(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    Conv2d conv = strict(any.conv());
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] src = PlanCheck.integers(any.inputSize(), any.seed() + 1);
    float[] output = output(any, weights, src);
    float[] gradient = run(conv.backwardData(weights), output);
    double bound = bound(conv, output);
    Random random = new Random(any.seed());
    for (int i = 0; i < DIFFERENCES; i++) {
      int at = random.nextInt(src.length);
      float value = src[at];
      src[at] = value + 1;
      double more = loss(output(any, weights, src));
      src[at] = value - 1;
      double less = loss(output(any, weights, src));
      src[at] = value;
      double expected = (more - less) / 2;
      if (!(Math.abs(gradient[at] - expected) <= bound)) {
        throw new AssertionError(
            "element " + at + " is " + gradient[at] + ", not " + expected + ": " + any);
      }
    }
  }

  /** Nothing where all sums of weights, up to 4, times outputs are integers that a float holds. */
  private static double bound(Conv2d conv, float[] output) {
    double largest = 0;
    for (float value : output) {
      largest = Math.max(largest, Math.abs(value));
    }
    ConvShape s = conv.shape();
    long depth = (long) s.groupFilters() * s.kernelHeight() * s.kernelWidth();
    double most = depth * 4 * largest;
    return most < 0x1p24 ? 0 : Bounds.sum(depth, most);
  }

  private static double loss(float[] output) {
    double sum = 0;
    for (float value : output) {
      sum += (double) value * value / 2;
    }
    return sum;
  }

  @Property
  @Label("is adjoint to the convolution: <conv(x), y> = <x, data(y)>")
  void adjoint(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    Conv2d conv = strict(any.conv());
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] x = PlanCheck.integers(any.inputSize(), any.seed() + 1);
    float[] y = PlanCheck.integers(any.outputSize(), any.seed() + 2);
    float[] forward = new float[y.length];
    conv.plan(weights).run(x, forward, Execution.serial());
    requireEqual(
        PlanCheck.dot(forward, y), PlanCheck.dot(x, run(conv.backwardData(weights), y)), any);
  }

  @Property
  @Label("of a transposed convolution is adjoint to it")
  void adjointOfTransposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    ConvTranspose2d conv = strict(any.conv());
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] x = PlanCheck.integers(any.inputSize(), any.seed() + 1);
    float[] y = PlanCheck.integers(any.outputSize(), any.seed() + 2);
    float[] forward = new float[y.length];
    conv.plan(weights).run(x, forward, Execution.serial());
    requireEqual(
        PlanCheck.dot(forward, y), PlanCheck.dot(x, run(conv.backwardData(weights), y)), any);
  }

  @Property
  @Label("of a transposed convolution is what differences of a loss come to")
  void differencesOfTransposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    ConvTranspose2d conv = strict(any.conv());
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    float[] y = PlanCheck.integers(any.outputSize(), any.seed() + 2);
    float[] gradient = run(conv.backwardData(weights), y);
    Random random = new Random(any.seed());
    for (int i = 0; i < DIFFERENCES; i++) {
      // The loss <conv(x), y> is linear, so that a difference may be as large as one likes.
      float[] x = new float[any.inputSize()];
      int at = random.nextInt(x.length);
      x[at] = 1;
      float[] output = new float[any.outputSize()];
      ReferenceConvTranspose2d.run(
          conv.shape(),
          conv.layout(),
          conv.flipKernel(),
          Activation.NONE,
          weights,
          null,
          x,
          0,
          null,
          0,
          output,
          0);
      requireEqual(PlanCheck.dot(output, y), gradient[at], any);
    }
  }

  @Property
  @Label("adds to a residual, keeps to its place, and has the same bits on every pool")
  void placement(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    float[] weights = PlanCheck.integers(any.weightsSize(), any.seed());
    PlanCheck.data(any, any.reference(), weights, strict(any.conv()).backwardData(weights));
  }

  @Property(tries = LARGE_TRIES)
  @Label("has the same bits in serial, on the common pool and on pools of 1, 2, 3, 7 and 8")
  void bitsDependOnNoPool(@ForAll(supplier = ConvCases.Large.class) ConvCase large) {
    float[] gradient = new float[large.outputSize()];
    float[] weights = new float[large.weightsSize()];
    Random random = new Random(large.seed());
    Values.FLOATS.fill(random, weights, 0, weights.length);
    Values.FLOATS.fill(random, gradient, 0, gradient.length);
    BackwardDataPlan plan = large.conv().backwardData(weights);
    float[] serial = run(plan, gradient);
    for (Threads threads : Threads.values()) {
      float[] dst = new float[serial.length];
      plan.run(gradient, dst, threads.execution);
      if (!Arrays.equals(serial, dst)) {
        throw new AssertionError("other bits with " + threads + ": " + large);
      }
    }
  }

  @Property
  @Label("refuses wrong arguments, before anything is written")
  void wrong(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    int size = any.weightsSize();
    Refusals.require(() -> any.conv().backwardData(null), "null weights", any, "weights");
    for (int wrong : new int[] {size - 1, size + 1}) {
      Refusals.require(
          () -> any.conv().backwardData(new float[wrong]),
          "weights",
          any,
          "weights",
          "" + wrong,
          "must",
          "" + size);
    }
    BackwardDataPlan plan = any.conv().backwardData(new float[size]);
    float[] dst = PlanCheck.integers(any.inputSize(), any.seed());
    float[] before = dst.clone();
    Refusals.require(
        () -> plan.run(new float[any.outputSize() - 1], dst), "short src", any, "src", "must");
    Refusals.require(() -> plan.run(null, dst), "null src", any, "src");
    Refusals.requireUntouched(before, dst, "short src", any);
  }

  /** Without activation, which is no part of the gradient, and without Winograd's algorithms. */
  private static Conv2d strict(Conv2d conv) {
    return ConvCases.describe(
        conv.shape(),
        new ConvCases.Options(conv.layout(), Activation.NONE, Accuracy.STRICT, conv.flipKernel()));
  }

  private static ConvTranspose2d strict(ConvTranspose2d conv) {
    return TransposedCases.builder(conv).accuracy(Accuracy.STRICT).build();
  }

  private static float[] output(ConvCase any, float[] weights, float[] src) {
    return any.reference().run(weights, null, src, null, Activation.NONE);
  }

  private static float[] run(BackwardDataPlan plan, float[] gradient) {
    float[] result = new float[plan.outputSize()];
    plan.run(gradient, result, Execution.serial());
    return result;
  }

  private static void requireEqual(double expected, double actual, RunCase of) {
    if (expected != actual) {
      throw new AssertionError(actual + ", not " + expected + ": " + of);
    }
  }

  private static void requireSame(float[] expected, float[] actual, ConvCase of) {
    int at = Arrays.mismatch(expected, actual);
    // A sum of nothing may be a negative zero.
    if (at >= 0 && expected[at] != actual[at]) {
      throw new AssertionError(
          "element " + at + " is " + actual[at] + ", not " + expected[at] + ": " + of);
    }
  }
}

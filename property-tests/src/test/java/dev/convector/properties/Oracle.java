package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.reference.ReferenceConv2d;

/** A case's result by the definition, and the comparison with what the library computes. */
final class Oracle {
  private final ConvCase of;
  private final CaseArrays fresh;
  private final float[] expected;

  /** Without the activation; null until it is asked for. */
  private float[] linear;

  /** For each output, the sum of its summands' absolute values; null unless they are floats. */
  private final float[] magnitude;

  Oracle(ConvCase of) {
    this.of = of;
    this.fresh = new CaseArrays(of);
    this.expected = reference(fresh, of.conv().activation());
    this.magnitude = of.values() == Values.FLOATS ? magnitude() : null;
  }

  private float[] linear() {
    if (linear == null) {
      Activation activation = of.conv().activation();
      linear = activation.equals(Activation.NONE) ? expected : reference(fresh, Activation.NONE);
    }
    return linear;
  }

  private float[] reference(CaseArrays arrays, Activation activation) {
    Conv2d conv = of.conv();
    float[] result = new float[conv.shape().outputSize()];
    ReferenceConv2d.run(
        conv.shape(),
        conv.layout(),
        conv.flipKernel(),
        activation,
        arrays.weights,
        arrays.bias,
        arrays.src,
        of.srcOffset(),
        arrays.residual,
        arrays.residualOffset,
        result,
        0);
    return result;
  }

  private float[] magnitude() {
    CaseArrays absolute = new CaseArrays(of);
    for (float[] array :
        new float[][] {absolute.weights, absolute.bias, absolute.src, absolute.residual}) {
      for (int i = 0; array != null && i < array.length; i++) {
        array[i] = Math.abs(array[i]);
      }
    }
    return reference(absolute, Activation.NONE);
  }

  /** Runs one algorithm and fails with one line that rebuilds the case. */
  void check(Algorithm algorithm) {
    CaseArrays arrays = new CaseArrays(of);
    var plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
    require(
        algorithm == Algorithm.AUTO || plan.algorithm() == algorithm,
        algorithm,
        "the plan's algorithm is " + plan.algorithm());
    // Twice: the second time with scratch that is no longer zero.
    for (int run = 0; run < 2; run++) {
      arrays.reset();
      plan.run(
          arrays.src,
          of.srcOffset(),
          arrays.residual,
          arrays.residualOffset,
          arrays.dst,
          of.dstOffset(),
          of.threads().execution);
      check(plan.algorithm(), arrays);
    }
  }

  /** Compares what a run of one algorithm left, and fails with one line that rebuilds the case. */
  void check(Algorithm algorithm, CaseArrays arrays) {
    compare(algorithm, arrays.output());
    require(arrays.guardsHold(), algorithm, "an element before or after the output was written");
    require(arrays.inputsHold(fresh), algorithm, "an input was written");
  }

  private void compare(Algorithm algorithm, float[] actual) {
    double winograd = Bounds.winograd(algorithm) * (Bounds.winograd(algorithm) > 0 ? scale() : 0);
    Activation activation = of.conv().activation();
    boolean exact = winograd == 0 && of.values() != Values.FLOATS && Bounds.isExact(activation);
    float[] linear = exact && of.values() == Values.INTEGERS ? expected : linear();
    for (int i = 0; i < actual.length; i++) {
      double error = winograd;
      if (winograd == 0 && of.values() == Values.FLOATS) {
        error = Bounds.sum(of.conv().shape(), magnitude[i]);
      }
      double bound = exact ? 0 : Bounds.activation(activation, linear[i], error);
      boolean good =
          Float.isFinite(expected[i]) && Float.isFinite(linear[i])
              ? Math.abs((double) actual[i] - expected[i]) <= bound
              : same(actual[i], expected[i]);
      if (!good) {
        require(
            false,
            algorithm,
            "output " + i + " is " + actual[i] + ", not " + expected[i] + " +- " + bound);
      }
    }
  }

  /** Of what is not finite, or comes of it: NaN is NaN, and minus infinity's limits are near. */
  static boolean same(float actual, float expected) {
    return actual == expected
        || Float.isNaN(actual) && Float.isNaN(expected)
        || Float.isFinite(expected) && Math.abs(actual - expected) <= 2e-6;
  }

  /**
   * Rms of the output; of few outputs that happen to cancel, what it would be of many: the rms of
   * the input and of the weights and the root of the depth.
   */
  private double scale() {
    ConvShape shape = of.conv().shape();
    double depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    double typical =
        rms(fresh.src, of.srcOffset(), shape.inputSize())
            * rms(fresh.weights, 0, fresh.weights.length)
            * Math.sqrt(depth);
    return Math.max(typical, rms(linear(), 0, expected.length));
  }

  static double rms(float[] values, int offset, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) values[offset + i] * values[offset + i];
    }
    return Math.sqrt(sum / count);
  }

  private void require(boolean holds, Algorithm algorithm, String otherwise) {
    if (!holds) {
      throw new AssertionError(
          otherwise + ": new Oracle(" + of + ").check(Algorithm." + algorithm + ")");
    }
  }
}

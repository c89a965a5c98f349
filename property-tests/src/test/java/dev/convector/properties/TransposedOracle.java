package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.ConvTransposeShape;
import dev.convector.reference.ReferenceConvTranspose2d;

/** A case's result by the definition, and the comparison with what the library computes. */
final class TransposedOracle {
  private final TransposedCase of;
  private final CaseArrays fresh;
  private final float[] expected;

  /** Without the activation; null until it is asked for. */
  private float[] linear;

  /** For each output, the sum of its summands' absolute values; null unless they are floats. */
  private final float[] magnitude;

  TransposedOracle(TransposedCase of) {
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

  private float[] reference(CaseArrays arrays, Activation activation) {
    ConvTranspose2d conv = of.conv();
    float[] result = new float[of.outputSize()];
    ReferenceConvTranspose2d.run(
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

  /** Runs one algorithm and fails with one line that rebuilds the case. */
  void check(Algorithm algorithm) {
    CaseArrays arrays = new CaseArrays(of);
    ConvTranspose2dPlan plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
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
      compare(plan.algorithm(), arrays.output());
      require(arrays.guardsHold(), algorithm, "an element before or after the output was written");
      require(arrays.inputsHold(fresh), algorithm, "an input was written");
    }
  }

  private void compare(Algorithm algorithm, float[] actual) {
    Activation activation = of.conv().activation();
    boolean exact =
        Bounds.winograd(algorithm) == 0
            && of.values() != Values.FLOATS
            && Bounds.isExact(activation);
    float[] linear = exact && of.values() == Values.INTEGERS ? expected : linear();
    double winograd = Bounds.winograd(algorithm) * (Bounds.winograd(algorithm) > 0 ? scale() : 0);
    for (int i = 0; i < actual.length; i++) {
      double bound = exact ? 0 : Bounds.activation(activation, linear[i], error(winograd, i));
      boolean good =
          Float.isFinite(expected[i]) && Float.isFinite(linear[i])
              ? Math.abs((double) actual[i] - expected[i]) <= bound
              : Oracle.same(actual[i], expected[i]);
      if (!good) {
        require(
            false,
            algorithm,
            "output " + i + " is " + actual[i] + ", not " + expected[i] + " +- " + bound);
      }
    }
  }

  /** Of an output before its activation, whose bound with Winograd is one for all. */
  private double error(double winograd, int i) {
    if (winograd > 0) {
      return winograd;
    }
    ConvTransposeShape s = of.conv().shape();
    long depth = (long) s.groupChannels() * s.kernelHeight() * s.kernelWidth();
    return of.values() == Values.FLOATS ? Bounds.sum(depth, magnitude[i]) : 0;
  }

  /** As in {@link Oracle}. */
  private double scale() {
    ConvTransposeShape s = of.conv().shape();
    double depth = (double) s.groupChannels() * s.kernelHeight() * s.kernelWidth();
    double typical =
        Oracle.rms(fresh.src, of.srcOffset(), of.inputSize())
            * Oracle.rms(fresh.weights, 0, fresh.weights.length)
            * Math.sqrt(depth);
    return Math.max(typical, Oracle.rms(linear(), 0, expected.length));
  }

  private void require(boolean holds, Algorithm algorithm, String otherwise) {
    if (!holds) {
      throw new AssertionError(
          otherwise + ": new TransposedOracle(" + of + ").check(Algorithm." + algorithm + ")");
    }
  }
}

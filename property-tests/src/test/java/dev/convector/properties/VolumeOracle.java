package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Execution;
import dev.convector.reference.ReferenceConv3d;
import java.util.Arrays;

/** A case's result by the definition, and the comparison with what the library computes. */
final class VolumeOracle {
  private final VolumeCase of;
  private final CaseArrays fresh;
  private final float[] expected;
  private final float[] linear;

  /** For each output, the sum of its summands' absolute values. */
  private final float[] magnitude;

  /** A plan's run with a residual. */
  interface Run {
    void run(
        float[] src,
        int srcOffset,
        float[] residual,
        int residualOffset,
        float[] dst,
        int dstOffset,
        Execution execution);
  }

  VolumeOracle(VolumeCase of) {
    this.of = of;
    this.fresh = new CaseArrays(of);
    this.expected = reference(fresh, of.options().activation());
    this.linear = reference(fresh, Activation.NONE);
    CaseArrays absolute = new CaseArrays(of);
    for (float[] array :
        new float[][] {absolute.weights, absolute.bias, absolute.src, absolute.residual}) {
      for (int i = 0; array != null && i < array.length; i++) {
        array[i] = Math.abs(array[i]);
      }
    }
    this.magnitude = reference(absolute, Activation.NONE);
  }

  static ReferenceConv3d reference(VolumeCase of) {
    return new ReferenceConv3d(
        of.shape(), of.mode(), of.options().layout(), of.options().flipKernel());
  }

  private float[] reference(CaseArrays arrays, Activation activation) {
    float[] residual =
        arrays.residual == null
            ? null
            : part(arrays.residual, arrays.residualOffset, of.outputSize());
    return reference(of)
        .run(
            arrays.weights,
            arrays.bias,
            part(arrays.src, of.srcOffset(), of.inputSize()),
            residual,
            activation);
  }

  static float[] part(float[] array, int offset, int size) {
    return Arrays.copyOfRange(array, offset, offset + size);
  }

  /**
   * Runs what a plan does, and fails with one line that rebuilds the case.
   *
   * @param asked the algorithm that the plan was asked for
   * @param algorithm the plan's
   */
  void check(Algorithm asked, Algorithm algorithm, Run run) {
    boolean taken = asked == Algorithm.AUTO || asked == algorithm;
    require(taken, asked, "the plan's algorithm is " + algorithm);
    CaseArrays arrays = new CaseArrays(of);
    // Twice: the second time with scratch that is no longer zero.
    for (int i = 0; i < 2; i++) {
      arrays.reset();
      run.run(
          arrays.src,
          of.srcOffset(),
          arrays.residual,
          arrays.residualOffset,
          arrays.dst,
          of.dstOffset(),
          of.threads().execution);
      compare(algorithm, arrays.output());
      require(arrays.guardsHold(), algorithm, "an element before or after the output was written");
      require(arrays.inputsHold(fresh), algorithm, "an input was written");
    }
    float[] serial = arrays.output();
    arrays.reset();
    run.run(
        arrays.src,
        of.srcOffset(),
        arrays.residual,
        arrays.residualOffset,
        arrays.dst,
        of.dstOffset(),
        Execution.serial());
    require(Arrays.equals(serial, arrays.output()), algorithm, "other bits in serial");
  }

  private void compare(Algorithm algorithm, float[] actual) {
    Activation activation = of.options().activation();
    double winograd = Bounds.winograd(algorithm);
    boolean exact = winograd == 0 && of.values() != Values.FLOATS && Bounds.isExact(activation);
    double scale = winograd == 0 ? 0 : scale();
    long depth = (long) of.shape().groupChannels() * of.shape().kernelSize();
    for (int i = 0; i < actual.length; i++) {
      double error = of.values() == Values.FLOATS ? Bounds.sum(depth, magnitude[i]) : 0;
      error = winograd == 0 ? error : winograd * scale;
      double bound = exact ? 0 : Bounds.activation(activation, linear[i], error);
      boolean good = Math.abs((double) actual[i] - expected[i]) <= bound;
      if (!good) {
        String text = "output " + i + " is " + actual[i] + ", not " + expected[i] + " +- " + bound;
        require(false, algorithm, text);
      }
    }
  }

  /** As in {@link Oracle}. */
  private double scale() {
    double depth = (double) of.shape().groupChannels() * of.shape().kernelSize();
    double typical =
        Oracle.rms(fresh.src, of.srcOffset(), of.inputSize())
            * Oracle.rms(fresh.weights, 0, fresh.weights.length)
            * Math.sqrt(depth);
    return Math.max(typical, Oracle.rms(linear, 0, linear.length));
  }

  private void require(boolean holds, Algorithm algorithm, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + ": " + algorithm + ", " + of);
    }
  }
}

package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.ConvShape;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.Execution;
import dev.convector.reference.ReferenceConv2d;
import java.util.Arrays;
import java.util.Random;

/** A case's arrays, its result by two runs of the definition, and the comparison with it. */
final class SeparableOracle {
  private final SeparableCase of;
  private final ConvShape depthwise;
  private final ConvShape pointwise;
  private final float[][] weights;
  private final float[][] biases;
  private final float[] src;
  private final float[] dst;
  private final float[] srcBefore;
  private final float[] dstBefore;

  /** Null until it is asked for. */
  private float[] expected;

  /** For each output how far it may be off. */
  private double[] bounds;

  SeparableOracle(SeparableCase of) {
    this.of = of;
    this.depthwise = of.conv().depthwise();
    this.pointwise = of.conv().pointwise();
    Random random = new Random(of.seed());
    weights =
        new float[][] {
          filled(random, depthwise.weightsSize()), filled(random, pointwise.weightsSize())
        };
    biases =
        new float[][] {
          of.depthwiseBias() ? filled(random, depthwise.filters()) : null,
          of.pointwiseBias() ? filled(random, pointwise.filters()) : null
        };
    src = GuardedArray.guarded(of.srcOffset(), depthwise.inputSize());
    of.values().fillInput(random, src, of.srcOffset(), of.srcOffset() + depthwise.inputSize());
    dst = GuardedArray.guarded(of.dstOffset(), pointwise.outputSize());
    srcBefore = src.clone();
    dstBefore = dst.clone();
  }

  private void compute() {
    if (expected != null) {
      return;
    }
    float[] input =
        Arrays.copyOfRange(srcBefore, of.srcOffset(), of.srcOffset() + depthwise.inputSize());
    Activation first = of.conv().depthwiseActivation();
    float[] between = reference(depthwise, first, weights[0], biases[0], input);
    expected = reference(pointwise, of.conv().activation(), weights[1], biases[1], between);
    bounds = bounds(input, between);
  }

  private float[] filled(Random random, int size) {
    float[] array = new float[size];
    of.values().fill(random, array, 0, size);
    return array;
  }

  private float[] reference(
      ConvShape shape, Activation activation, float[] weights, float[] bias, float[] input) {
    float[] result = new float[shape.outputSize()];
    ReferenceConv2d.run(
        shape, of.conv().layout(), false, activation, weights, bias, input, 0, null, 0, result, 0);
    return result;
  }

  /** What the intermediate may be off by goes through the products, whose own errors are added. */
  private double[] bounds(float[] input, float[] between) {
    Activation first = of.conv().depthwiseActivation();
    Activation second = of.conv().activation();
    boolean integers = of.values() == Values.INTEGERS;
    double[] result = new double[expected.length];
    if (integers && Bounds.isExact(first) && Bounds.isExact(second)) {
      return result;
    }
    float[] linear = reference(depthwise, Activation.NONE, weights[0], biases[0], input);
    float[] magnitude =
        reference(depthwise, Activation.NONE, abs(weights[0]), abs(biases[0]), abs(input));
    float[] errors = new float[linear.length];
    for (int i = 0; i < errors.length && !(integers && Bounds.isExact(first)); i++) {
      double sum = integers ? 0 : Bounds.sum(depthwise, magnitude[i]);
      errors[i] = (float) Bounds.activation(first, linear[i], sum);
    }
    float[] carried = reference(pointwise, Activation.NONE, abs(weights[1]), null, errors);
    linear = reference(pointwise, Activation.NONE, weights[1], biases[1], between);
    magnitude =
        reference(pointwise, Activation.NONE, abs(weights[1]), abs(biases[1]), abs(between));
    for (int i = 0; i < result.length; i++) {
      double error = carried[i] + Bounds.sum(pointwise, magnitude[i]);
      result[i] = Bounds.activation(second, linear[i], error);
    }
    return result;
  }

  private static float[] abs(float[] values) {
    float[] absolute = values == null ? null : values.clone();
    for (int i = 0; absolute != null && i < absolute.length; i++) {
      absolute[i] = Math.abs(absolute[i]);
    }
    return absolute;
  }

  DepthwiseSeparable2dPlan plan() {
    return of.conv().plan(weights[0], biases[0], weights[1], biases[1]);
  }

  /** A run whose result {@link #check} looks at. */
  void run(DepthwiseSeparable2dPlan plan, Execution execution) {
    System.arraycopy(dstBefore, 0, dst, 0, dst.length);
    plan.run(src, of.srcOffset(), dst, of.dstOffset(), execution);
  }

  /** Fails with one line that rebuilds the case. */
  void check() {
    compute();
    int end = of.dstOffset() + expected.length;
    for (int i = 0; i < expected.length; i++) {
      float actual = dst[of.dstOffset() + i];
      boolean good =
          Float.isNaN(expected[i])
              ? Float.isNaN(actual)
              : actual == expected[i] || Math.abs((double) actual - expected[i]) <= bounds[i];
      require(good, "output " + i + " is " + actual + ", not " + expected[i] + " +- " + bounds[i]);
    }
    require(
        CaseArrays.same(dst, dstBefore, 0, of.dstOffset())
            && CaseArrays.same(dst, dstBefore, end, dst.length),
        "an element before or after the output was written");
    require(CaseArrays.same(src, srcBefore, 0, src.length), "the input was written");
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + ": new SeparableOracle(" + of + ")");
    }
  }
}

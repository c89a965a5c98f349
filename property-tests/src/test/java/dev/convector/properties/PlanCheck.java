package dev.convector.properties;

import dev.convector.BackwardDataPlan;
import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.reference.ReferenceConv3d;
import java.util.Arrays;
import java.util.Random;

/**
 * Gradients on integers, of plans without activation and with strict accuracy: equal means equal.
 */
final class PlanCheck {
  private PlanCheck() {}

  static float[] integers(int size, long seed) {
    float[] values = new float[size];
    Values.INTEGERS.fill(new Random(seed), values, 0, size);
    return values;
  }

  /** The gradient with respect to the input, with the case's residual, against the oracle. */
  static void data(VolumeCase of, float[] weights, BackwardDataPlan plan) {
    data(of, VolumeOracle.reference(of), weights, plan);
  }

  /** The same, each array in its place in a larger one. */
  static void data(RunCase of, ReferenceConv3d reference, float[] weights, BackwardDataPlan plan) {
    float[] gradient = integers(of.outputSize(), of.seed() + 1);
    float[] expected = reference.data(weights, gradient);
    GuardedArray src = GuardedArray.of(of.srcOffset(), gradient.length);
    System.arraycopy(gradient, 0, src.array(), of.srcOffset(), gradient.length);
    float[] before = integers(of.inputSize(), of.seed() + 2);
    GuardedArray dst = GuardedArray.of(of.dstOffset(), of.inputSize());
    boolean inPlace = of.residual() == Residual.IN_DST;
    if (inPlace) {
      System.arraycopy(before, 0, dst.array(), of.dstOffset(), before.length);
    }
    boolean added = of.residual() != Residual.NONE;
    plan.run(
        src.array(),
        of.srcOffset(),
        inPlace ? dst.array() : added ? before : null,
        inPlace ? of.dstOffset() : 0,
        dst.array(),
        of.dstOffset(),
        of.threads().execution);
    src.require(of);
    dst.require(of);
    float[] actual = dst.content();
    for (int i = 0; i < actual.length; i++) {
      float wanted = expected[i] + (added ? before[i] : 0);
      if (actual[i] != wanted) {
        throw new AssertionError(
            "gradient " + i + " is " + actual[i] + ", not " + wanted + ": " + of);
      }
    }
  }

  /** {@code <forward(x), y> = <x, backward(y)>}. */
  static void adjoint(VolumeCase of, Plan forward, Plan backward) {
    float[] x = integers(forward.inputSize(), of.seed() + 3);
    float[] y = integers(forward.outputSize(), of.seed() + 4);
    float[] output = new float[y.length];
    float[] gradient = new float[x.length];
    forward.run(x, output, Execution.serial());
    backward.run(y, gradient, Execution.serial());
    double expected = dot(output, y);
    double actual = dot(x, gradient);
    if (expected != actual) {
      throw new AssertionError(
          "<conv(x), y> is " + expected + ", <x, data(y)> " + actual + ": " + of);
    }
  }

  /** The same output of the same input. */
  static void same(VolumeCase of, Plan expected, Plan actual) {
    float[] src = integers(expected.inputSize(), of.seed());
    float[] wanted = new float[expected.outputSize()];
    float[] dst = new float[actual.outputSize()];
    expected.run(src, wanted, Execution.serial());
    actual.run(src, dst, Execution.serial());
    int at = Arrays.mismatch(wanted, dst);
    if (at >= 0) {
      throw new AssertionError(
          actual + ": " + at + " is " + dst[at] + ", not " + wanted[at] + ": " + of);
    }
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

package dev.convector.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

/** Convolutions against the oracle, on integers, so that every sum is exact, between guards. */
public final class IntegerChecks {
  private static final float GUARD = -12345;

  private final Random random;

  public IntegerChecks(Random random) {
    this.random = random;
  }

  /** The direct algorithm in both layouts, with a residual or without. */
  public void direct(Conv2d.Builder builder) {
    inBothLayouts(builder, conv -> Algorithm.DIRECT);
  }

  /** The pointwise algorithm where it can, else the direct one. */
  public void withoutUnfolding(Conv2d.Builder builder) {
    inBothLayouts(
        builder,
        conv ->
            conv.refusal(Algorithm.POINTWISE).isEmpty() ? Algorithm.POINTWISE : Algorithm.DIRECT);
  }

  /** The depthwise algorithm in both layouts. */
  public void depthwise(Conv2d.Builder builder) {
    inBothLayouts(builder, conv -> Algorithm.DEPTHWISE);
  }

  private void inBothLayouts(Conv2d.Builder builder, Function<Conv2d, Algorithm> algorithm) {
    Activation activation = random.nextBoolean() ? Activation.RELU6 : Activation.leakyRelu(0.25f);
    for (Layout layout : Layout.values()) {
      Conv2d conv = builder.layout(layout).activation(activation).build();
      int residual = random.nextInt(3);
      check(conv, algorithm.apply(conv), residual > 0, residual > 1);
    }
  }

  private void check(Conv2d conv, Algorithm algorithm, boolean residual, boolean inPlace) {
    ConvShape shape = conv.shape();
    float[] weights = integers(shape.weightsSize());
    float[] bias = random.nextBoolean() ? integers(shape.filters()) : null;
    float[] src = integers(shape.inputSize() + 3);
    int behind = random.nextBoolean() ? 20 : 0; // At an array's end kernels may do otherwise.
    float[] expected = new float[20 + shape.outputSize() + behind];
    Arrays.fill(expected, GUARD);
    float[] added = residual ? integers(shape.outputSize() + 5) : null;
    if (inPlace) {
      System.arraycopy(added, 5, expected, 20, shape.outputSize());
    }
    float[] actual = expected.clone();
    ReferenceConv2d.run(
        shape,
        conv.layout(),
        false,
        conv.activation(),
        weights,
        bias,
        src,
        3,
        added,
        5,
        expected,
        20);
    conv.plan(weights, bias, algorithm)
        .run(
            src,
            3,
            inPlace ? actual : added,
            inPlace ? 20 : 5,
            actual,
            20,
            random.nextBoolean() ? Execution.serial() : Execution.common());
    assertArrayEquals(expected, actual, () -> conv + ", residual " + residual);
  }

  private float[] integers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(9) - 4;
    }
    return values;
  }
}

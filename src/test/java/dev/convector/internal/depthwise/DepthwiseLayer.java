package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.Arrays;
import java.util.Random;

/** A channels-last depthwise layer on small integers, and what its results should be. */
final class DepthwiseLayer {
  private static final float GUARD = -12345;
  private static final int GUARDS = 20;

  private final Random random = new Random(31);
  private final float[] src;
  private final float[] residual;
  private final float[] expected;
  private final Conv2dPlan plan;

  DepthwiseLayer(Conv2d conv, boolean hasResidual) {
    src = data(conv.shape().inputSize());
    float[] weights = data(conv.shape().weightsSize());
    float[] bias = data(conv.shape().filters());
    expected = new float[conv.shape().outputSize()];
    residual = hasResidual ? data(expected.length) : null;
    plan = conv.plan(weights, bias, Algorithm.DEPTHWISE);
    ReferenceConv2d.run(
        conv.shape(),
        Layout.NHWC,
        false,
        conv.activation(),
        weights,
        bias,
        src,
        0,
        residual,
        0,
        expected,
        0);
  }

  /** Two images of a 3x3 kernel, clamped. */
  static DepthwiseLayer of3x3(
      int channels, int height, int width, int padding, boolean hasResidual) {
    Conv2d.Builder conv =
        Conv2d.builder()
            .input(2, channels, height, width)
            .filters(channels, 3, 3)
            .groups(channels)
            .padding(padding)
            .layout(Layout.NHWC)
            .activation(Activation.RELU6);
    return new DepthwiseLayer(conv.build(), hasResidual);
  }

  /** Runs the plan to an index of an array, and compares that and what lies around it. */
  void check(int offset) {
    float[] dst = new float[offset + expected.length + GUARDS];
    Arrays.fill(dst, GUARD);
    if (residual == null) {
      plan.run(src, 0, dst, offset, Execution.common());
    } else {
      plan.run(src, 0, residual, 0, dst, offset, Execution.common());
    }
    int end = offset + expected.length;
    assertArrayEquals(expected, Arrays.copyOfRange(dst, offset, end), plan.toString());
    assertArrayEquals(guards(offset), Arrays.copyOf(dst, offset));
    assertArrayEquals(guards(GUARDS), Arrays.copyOfRange(dst, end, dst.length));
  }

  private static float[] guards(int count) {
    float[] guards = new float[count];
    Arrays.fill(guards, GUARD);
    return guards;
  }

  private float[] data(int size) {
    float[] data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = random.nextInt(9) - 4;
    }
    return data;
  }
}

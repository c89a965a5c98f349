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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 3x3 kernels whose tiles may touch the lines of their results: the contest decides no bit. */
class Depthwise3x3TouchTest {
  private static final float GUARD = -12345;

  private final Random random = new Random(31);

  @ParameterizedTest
  @CsvSource({"128, 33, 31, 1", "131, 28, 29, 0", "512, 14, 15, 1", "1024, 7, 7, 1"})
  void hasTheSameBits(int channels, int height, int width, int padding) {
    Conv2d conv =
        Conv2d.builder()
            .input(2, channels, height, width)
            .filters(channels, 3, 3)
            .groups(channels)
            .padding(padding)
            .layout(Layout.NHWC)
            .activation(Activation.RELU6)
            .build();
    float[] src = data(conv.shape().inputSize());
    float[] weights = data(conv.shape().weightsSize());
    float[] bias = data(conv.shape().filters());
    float[] residual = data(conv.shape().outputSize());
    Conv2dPlan plan = conv.plan(weights, bias, Algorithm.DEPTHWISE);
    int outputs = conv.shape().outputSize();

    float[] first = run(plan, src, residual, outputs);
    Depthwise3x3.TOUCH.decide(false);
    float[] untouched = run(plan, src, residual, outputs);
    Depthwise3x3.TOUCH.decide(true);
    float[] touched = run(plan, src, residual, outputs);

    float[] expected = new float[outputs];
    ReferenceConv2d.run(
        conv.shape(),
        Layout.NHWC,
        false,
        Activation.RELU6,
        weights,
        bias,
        src,
        0,
        residual,
        0,
        expected,
        0);
    for (float[] actual : new float[][] {first, untouched, touched}) {
      assertArrayEquals(expected, Arrays.copyOf(actual, outputs), conv.toString());
      assertArrayEquals(guards(), Arrays.copyOfRange(actual, outputs, actual.length));
    }
  }

  private static float[] run(Conv2dPlan plan, float[] src, float[] residual, int outputs) {
    float[] dst = new float[outputs + guards().length];
    Arrays.fill(dst, GUARD);
    plan.run(src, 0, residual, 0, dst, 0, Execution.common());
    return dst;
  }

  private static float[] guards() {
    float[] guards = new float[20];
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

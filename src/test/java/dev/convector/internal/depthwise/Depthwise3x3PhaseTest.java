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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Vectors that begin elsewhere than a pixel's channels, wherever cache lines are taken to begin.
 */
class Depthwise3x3PhaseTest {
  private static final float GUARD = -12345;
  private static final int LINE = 16;

  private final Random random = new Random(32);

  @AfterEach
  void letTheProbeFindOut() {
    DepthwisePhase.line = DepthwisePhase.FIND_OUT;
  }

  @ParameterizedTest
  @CsvSource({
    "128, 33, 31, 1",
    "256, 17, 9, 1",
    "512, 14, 15, 0",
    "1024, 7, 7, 1",
    "144, 40, 28, 1"
  })
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
    Conv2dPlan plan = conv.plan(weights, bias, Algorithm.DEPTHWISE);
    float[] expected = new float[conv.shape().outputSize()];
    ReferenceConv2d.run(
        conv.shape(),
        Layout.NHWC,
        false,
        Activation.RELU6,
        weights,
        bias,
        src,
        0,
        null,
        0,
        expected,
        0);
    for (int times = 0; times < 2; times++) {
      Depthwise3x3.TOUCH.decide(times > 0);
      DepthwisePhase.line = DepthwisePhase.FIND_OUT;
      check(plan, src, expected, 0);
      for (int line = 0; line < LINE; line++) {
        DepthwisePhase.line = line;
        check(plan, src, expected, line % 3);
      }
    }
  }

  private static void check(Conv2dPlan plan, float[] src, float[] expected, int offset) {
    float[] dst = new float[offset + expected.length + 20];
    // Calls are short until the kernels are compiled, and have no phase.
    for (int i = 0; i < 3; i++) {
      Arrays.fill(dst, GUARD);
      plan.run(src, 0, dst, offset, Execution.common());
    }
    int end = offset + expected.length;
    assertArrayEquals(expected, Arrays.copyOfRange(dst, offset, end), plan.toString());
    assertArrayEquals(guards(offset), Arrays.copyOf(dst, offset));
    assertArrayEquals(guards(20), Arrays.copyOfRange(dst, end, dst.length));
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

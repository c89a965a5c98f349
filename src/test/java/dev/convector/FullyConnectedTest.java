package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FullyConnectedTest {
  private static final Random RANDOM = new Random(3);

  private static float[] integers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = RANDOM.nextInt(9) - 4;
    }
    return values;
  }

  /** LeCun, "Generalization and network design strategies", 1989: the same layer, said twice. */
  @Test
  void linearLayerIsAConv1dOverItsWholeInput() {
    float[] weights = integers(10 * 3 * 7);
    float[] bias = integers(10);
    float[] src = integers(4 * 3 * 7);
    float[] linear = new float[40];
    float[] convolved = new float[40];
    FullyConnected.builder().input(4, 21).outputs(10).build().plan(weights, bias).run(src, linear);
    Conv1d.builder().input(4, 3, 7).filters(10, 7).build().plan(weights, bias).run(src, convolved);
    assertArrayEquals(convolved, linear);
  }

  @Test
  void byHand() {
    float[] dst = new float[2];
    FullyConnected.builder()
        .input(1, 2, 1, 2)
        .outputs(2)
        .layout(Layout.NHWC)
        .build()
        .plan(new float[] {1, 10, 100, 1000, 0, 0, 0, 1}, new float[] {0, 5})
        // The first pixel has channels 1 and 2, the second 3 and 4.
        .run(new float[] {1, 2, 3, 4}, dst);
    assertArrayEquals(new float[] {1 + 30 + 200 + 4000, 9}, dst);
  }

  @Test
  void reads() {
    FullyConnected layer =
        FullyConnected.builder()
            .input(32, 512, 7, 7)
            .outputs(4096)
            .layout(Layout.NHWC)
            .activation(Activation.RELU)
            .build();
    assertEquals("FullyConnected 32x512x7x7 -> 4096 NHWC relu", layer.toString());
    assertEquals(4096L * (512 * 49 + 1), layer.parameters());
    assertEquals(32L * 512 * 49 * 4096, layer.multiplyAdds());
  }

  @Test
  void refusesWithNameValueAndRule() {
    FullyConnected.Builder builder = FullyConnected.builder().input(1, 3, 0, 2).outputs(1);
    assertRefused("height: 0; must be at least 1", builder::build);
    FullyConnected.Builder large = FullyConnected.builder().input(1, 1 << 16, 1 << 8, 1 << 8);
    assertRefused("input: 1 x 65536 x 256 x 256; must have", large.outputs(1)::build);
    FullyConnected layer = builder.input(2, 3).build();
    assertRefused("weights: length 2; must be 3", () -> layer.plan(new float[2]));
    assertRefused("batch: 0; must be at least 1", () -> layer.withBatch(0));
    assertThrows(
        IllegalStateException.class, () -> FullyConnected.builder().outputs(1).build(), "input");
  }

  private static void assertRefused(String beginning, Runnable action) {
    String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(message.startsWith(beginning), message);
  }
}

package dev.convector.internal.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.Layout;
import org.junit.jupiter.api.Test;

/** What the two lists take, refuse and keep, seen from the public face. */
class AlgorithmListsTest {
  private static ConvTranspose2d.Builder up(int channels, int filters, int kernel) {
    return ConvTranspose2d.builder()
        .input(1, channels, 12, 12)
        .filters(filters, kernel, kernel)
        .layout(Layout.NHWC);
  }

  @Test
  void whatIsForcedIsTakenOrRefused() {
    for (Layout layout : Layout.values()) {
      Conv2d conv = Conv2d.builder().input(1, 32, 9, 9).filters(32, 1, 1).layout(layout).build();
      for (Algorithm algorithm : Algorithm.values()) {
        if (conv.refusal(algorithm).isEmpty()) {
          Algorithm taken = conv.plan(new float[1024], null, algorithm).algorithm();
          assertEquals(algorithm == Algorithm.AUTO ? Algorithm.POINTWISE : algorithm, taken);
        } else {
          String message =
              assertThrows(
                      IllegalArgumentException.class,
                      () -> conv.plan(new float[1024], null, algorithm))
                  .getMessage();
          assertTrue(message.startsWith("algorithm: " + algorithm + "; "), message);
        }
      }
    }
  }

  @Test
  void transposedOnesOfStride1AreConvolutions() {
    ConvTranspose2d plain = up(64, 64, 3).padding(1).build();
    assertTrue(plain.refusal(Algorithm.WINOGRAD_F2X2_3X3).isEmpty());
    assertTrue(plain.plan(new float[64 * 64 * 9]).algorithm().name().startsWith("WINOGRAD"));
    assertEquals(
        Algorithm.IM2COL_GEMM,
        plain.plan(new float[64 * 64 * 9], null, Algorithm.IM2COL_GEMM).algorithm());
    assertTrue(plain.refusal(Algorithm.DEPTHWISE).isPresent());
  }

  @Test
  void transposedOnesOfLargerStridesHaveAListOfTheirOwn() {
    ConvTranspose2d strided = up(64, 64, 3).stride(2).build();
    ConvTranspose2dPlan plan = strided.plan(new float[64 * 64 * 9]);
    assertEquals(Algorithm.DIRECT, plan.algorithm());
    assertTrue(strided.refusal(Algorithm.AUTO).isEmpty());
    assertTrue(strided.refusal(Algorithm.DIRECT).isEmpty());
    assertEquals(
        "needs stride 1 and no more padding than the kernel reaches",
        strided.refusal(Algorithm.WINOGRAD_F2X2_3X3).orElseThrow());
    assertTrue(strided.refusal(Algorithm.DEPTHWISE).isPresent());
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> strided.plan(new float[64 * 64 * 9], null, Algorithm.DEPTHWISE))
            .getMessage();
    assertTrue(message.startsWith("algorithm: DEPTHWISE; "), message);
    ConvTranspose2d depthwise = up(64, 64, 3).stride(2).groups(64).build();
    assertEquals(Algorithm.DEPTHWISE, depthwise.plan(new float[64 * 9]).algorithm());
    assertEquals(
        Algorithm.REFERENCE,
        depthwise.plan(new float[64 * 9], null, Algorithm.REFERENCE).algorithm());
  }

  /** What the reference keeps, and gives to another size. */
  @Test
  void theReferenceKeepsWhatItWasGiven() {
    Conv2d conv = Conv2d.builder().input(1, 2, 3, 3).filters(3, 2, 2).build();
    float[] weights = new float[24];
    weights[0] = 2;
    float[] bias = {1, 2, 3};
    Conv2dPlan plan = conv.plan(weights, bias, Algorithm.REFERENCE);
    assertTrue(plan.packedBytes() >= 4 * 27);
    assertTrue(plan.packedBytes() <= 2 * 4 * 27);
    Conv2dPlan other = plan.withInput(1, 2, 2);
    assertEquals(plan.packedBytes(), other.packedBytes());
    float[] dst = new float[3];
    other.run(new float[] {5, 0, 0, 0, 0, 0, 0, 0}, dst);
    assertArrayEquals(new float[] {11, 2, 3}, dst);
  }
}

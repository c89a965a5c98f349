package dev.convector.internal.winograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.ConvShape;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Winograd through the public face, against the oracle. */
class WinogradConvTest {
  private static final int[] KERNELS = {3, 5};

  private final Random random = new Random(11);

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everySizeOfImageAndPadding(Layout layout) {
    for (int kernel : KERNELS) {
      for (int size = 1; size <= 20; size++) {
        for (int padding = 0; padding <= kernel; padding++) {
          if (size + 2 * padding >= kernel) {
            check(
                Conv2d.builder()
                    .input(1, 5, size, 21 - size + 2)
                    .filters(18, kernel, kernel)
                    .padding(padding, kernel - padding, kernel, padding)
                    .layout(layout));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void groupsBatchAndTails(Layout layout) {
    int[][] cases = {{2, 1, 1, 1}, {3, 6, 9, 3}, {2, 34, 66, 2}, {1, 130, 70, 1}, {4, 16, 16, 4}};
    for (int[] c : cases) {
      for (Activation activation :
          new Activation[] {Activation.NONE, Activation.RELU6, Activation.SILU}) {
        for (int kernel : KERNELS) {
          check(
              Conv2d.builder()
                  .input(c[0], c[1], 9, 11)
                  .filters(c[2], kernel, kernel)
                  .groups(c[3])
                  .padding(kernel / 2)
                  .activation(activation)
                  .layout(layout));
        }
      }
    }
  }

  /** More channels than V holds at once: blocked, in an order that no thread changes. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void bitsDoNotDependOnThreads(Layout layout) {
    for (int kernel : KERNELS) {
      Conv2d conv = builder(512, 96, 28, kernel).layout(layout).build();
      float[] weights = normal(conv.shape().weightsSize());
      float[] src = normal(conv.shape().inputSize());
      for (Algorithm algorithm : sizes(conv)) {
        Conv2dPlan plan = conv.plan(weights, null, algorithm);
        assertTrue(plan.workspaceBytes() <= 2 << 20, () -> "scratch " + plan.workspaceBytes());
        float[] alone = new float[conv.shape().outputSize()];
        plan.run(src, alone, Execution.serial());
        float[] together = new float[alone.length];
        plan.run(src, together);
        assertArrayEquals(alone, together);
      }
    }
  }

  /** The bounds that {@link Accuracy} promises: largest error over the output's rms. */
  @ParameterizedTest
  @CsvSource({
    "3, 16, 2e-5, 2e-4",
    "3, 64, 2e-5, 2e-4",
    "3, 512, 2e-5, 2e-4",
    "3, 1024, 4e-5, 4e-4",
    "5, 16, 2e-5, 2e-4",
    "5, 64, 2e-5, 2e-4",
    "5, 512, 2e-5, 2e-4",
    "5, 1024, 4e-5, 4e-4"
  })
  void errorsStayWithinTheirBounds(int kernel, int channels, double standard, double relaxed) {
    Conv2d conv = builder(channels, 24, 16, kernel).build();
    ConvShape shape = conv.shape();
    float[] weights = normal(shape.weightsSize());
    float[] src = normal(shape.inputSize());
    float[] expected = new float[shape.outputSize()];
    ReferenceConv2d.run(
        shape, conv.layout(), false, Activation.NONE, weights, null, src, 0, null, 0, expected, 0);
    Conv2d accurate = builder(channels, 24, 16, kernel).accuracy(Accuracy.STANDARD).build();
    for (Algorithm algorithm : sizes(conv)) {
      float[] actual = new float[expected.length];
      conv.plan(weights, null, algorithm).run(src, actual);
      double error = error(expected, actual);
      double bound = accurate.refusal(algorithm).isPresent() ? relaxed : standard;
      assertTrue(error <= bound, () -> algorithm + ": " + error + " above " + bound);
    }
  }

  /** A value that is not finite reaches the outputs of its tiles and no others. */
  @Test
  void notANumberStaysInItsTiles() {
    for (int kernel : KERNELS) {
      Conv2d conv = builder(3, 5, 24, kernel).build();
      float[] src = normal(conv.shape().inputSize());
      src[12 * 24 + 12] = Float.NaN;
      for (Algorithm algorithm : sizes(conv)) {
        float[] dst = new float[conv.shape().outputSize()];
        conv.plan(normal(conv.shape().weightsSize()), null, algorithm).run(src, dst);
        for (int i = 0; i < dst.length; i++) {
          int far = Math.max(Math.abs(i / 24 % 24 - 12), Math.abs(i % 24 - 12));
          assertTrue(far <= kernel / 2 ? Float.isNaN(dst[i]) : far <= 6 || !Float.isNaN(dst[i]));
        }
      }
    }
  }

  @Test
  void accuracyForbids() {
    Conv2d strict = builder(16, 16, 8, 3).accuracy(Accuracy.STRICT).build();
    Conv2d standard = builder(16, 16, 8, 3).accuracy(Accuracy.STANDARD).build();
    assertEquals(
        "needs accuracy STANDARD, not STRICT",
        strict.refusal(Algorithm.WINOGRAD_F2X2_3X3).orElseThrow());
    assertEquals(
        "needs accuracy RELAXED, not STANDARD",
        standard.refusal(Algorithm.WINOGRAD_F6X6_3X3).orElseThrow());
    assertTrue(standard.refusal(Algorithm.WINOGRAD_F4X4_3X3).isEmpty());
    float[] weights = new float[strict.shape().weightsSize()];
    assertThrows(
        IllegalArgumentException.class,
        () -> strict.plan(weights, null, Algorithm.WINOGRAD_F4X4_3X3));
  }

  @Test
  void everyKernelHasItsSizes() {
    assertEquals(
        List.of(
            Algorithm.WINOGRAD_F2X2_3X3, Algorithm.WINOGRAD_F4X4_3X3, Algorithm.WINOGRAD_F6X6_3X3),
        sizes(builder(16, 16, 8, 3).build()));
    assertEquals(
        List.of(Algorithm.WINOGRAD_F2X2_5X5, Algorithm.WINOGRAD_F4X4_5X5),
        sizes(builder(16, 16, 8, 5).build()));
    assertEquals(
        List.of(Algorithm.WINOGRAD_F2X2_5X5),
        sizes(builder(16, 16, 8, 5).accuracy(Accuracy.STANDARD).build()));
    assertEquals(List.of(), sizes(builder(16, 16, 8, 4).build()));
  }

  /** Winograd's algorithms that a convolution allows. */
  private static List<Algorithm> sizes(Conv2d conv) {
    return Arrays.stream(Algorithm.values())
        .filter(a -> a.name().startsWith("WINOGRAD") && conv.refusal(a).isEmpty())
        .toList();
  }

  private static Conv2d.Builder builder(int channels, int filters, int size, int kernel) {
    return Conv2d.builder()
        .input(1, channels, size, size)
        .filters(filters, kernel, kernel)
        .padding(kernel / 2)
        .accuracy(Accuracy.RELAXED);
  }

  /** All sizes, without residual, with one, and accumulating in place. */
  private void check(Conv2d.Builder builder) {
    Conv2d conv = builder.accuracy(Accuracy.RELAXED).build();
    ConvShape shape = conv.shape();
    float[] weights = normal(shape.weightsSize());
    float[] bias = normal(shape.filters());
    float[] src = normal(shape.inputSize());
    float[] residual = normal(shape.outputSize());
    for (float[] added : new float[][] {null, residual}) {
      float[] expected = new float[shape.outputSize()];
      ReferenceConv2d.run(
          shape,
          conv.layout(),
          false,
          conv.activation(),
          weights,
          bias,
          src,
          0,
          added,
          0,
          expected,
          0);
      for (Algorithm algorithm : sizes(conv)) {
        Conv2dPlan plan = conv.plan(weights, bias, algorithm);
        float[] apart = new float[expected.length];
        plan.run(src, 0, added, 0, apart, 0, Execution.common());
        assertClose(expected, apart, plan);
        if (added != null) {
          float[] inPlace = residual.clone();
          plan.run(src, 0, inPlace, 0, inPlace, 0, Execution.common());
          assertArrayEquals(apart, inPlace, plan::toString);
        }
      }
    }
  }

  private static void assertClose(float[] expected, float[] actual, Conv2dPlan plan) {
    ConvShape shape = plan.description().shape();
    double scale = Math.sqrt(shape.weightsSize() / shape.filters() + 2.0);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      assertEquals(expected[i], actual[i], 2e-4 * scale, () -> plan + " at " + at);
    }
  }

  private static double error(float[] expected, float[] actual) {
    double largest = 0;
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) expected[i] - actual[i]));
      squares += (double) expected[i] * expected[i];
    }
    return largest / Math.sqrt(squares / expected.length);
  }

  private float[] normal(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Examples small enough to be checked by hand, and sizes that networks are known by. */
class ConvTranspose2dTest {

  @ParameterizedTest
  @EnumSource(Layout.class)
  void identitySpreadWithStride2(Layout layout) {
    float[] expected = {
      1, 0, 2, 0, //
      0, 1, 0, 2, //
      3, 0, 4, 0, //
      0, 3, 0, 4
    };
    ConvTranspose2d up =
        ConvTranspose2d.builder()
            .input(1, 1, 2, 2)
            .filters(1, 2, 2)
            .stride(2)
            .layout(layout)
            .build();
    for (Algorithm algorithm : Algorithm.values()) {
      if (up.refusal(algorithm).isEmpty()) {
        float[] dst = new float[16];
        up.plan(new float[] {1, 0, 0, 1}, null, algorithm).run(new float[] {1, 2, 3, 4}, dst);
        assertArrayEquals(expected, dst, algorithm.toString());
      }
    }
  }

  @Test
  void overlappingWindowsAdd() {
    ConvTranspose2d up =
        ConvTranspose2d.builder().input(1, 1, 1, 3).filters(1, 1, 3).stride(2).build();
    float[] dst = new float[7];
    up.plan(new float[] {1, 10, 100}, new float[] {0.5f}).run(new float[] {1, 2, 3}, dst);
    assertArrayEquals(new float[] {1.5f, 10.5f, 102.5f, 20.5f, 203.5f, 30.5f, 300.5f}, dst);
  }

  @Test
  void flippedKernelIsTurnedByHalfACircle() {
    ConvTranspose2d up =
        ConvTranspose2d.builder()
            .input(1, 1, 1, 2)
            .filters(1, 1, 2)
            .stride(2)
            .flipKernel(true)
            .build();
    float[] dst = new float[4];
    up.plan(new float[] {1, 10}).run(new float[] {1, 2}, dst);
    assertArrayEquals(new float[] {10, 1, 20, 2}, dst);
  }

  @Test
  void outputsThatNoTapReachesAreTheBias() {
    ConvTranspose2d up =
        ConvTranspose2d.builder()
            .input(1, 1, 1, 2)
            .filters(1, 1, 1)
            .stride(1, 3)
            .outputPadding(0, 2)
            .activation(Activation.RELU)
            .build();
    float[] dst = new float[6];
    up.plan(new float[] {-2}, new float[] {1}).run(new float[] {5, -1}, dst);
    assertArrayEquals(new float[] {0, 1, 1, 3, 1, 1}, dst);
  }

  @Test
  void sameWithStride2DoublesAnImage() {
    ConvTranspose2d up =
        ConvTranspose2d.builder()
            .input(1, 512, 7, 7)
            .filters(256, 4, 4)
            .stride(2)
            .padding(AutoPad.SAME)
            .build();
    assertEquals(14, up.outputHeight());
    assertEquals(14, up.outputWidth());
    assertEquals(256 * 14 * 14, up.shape().outputSize());
    assertEquals(26, up.withInput(1, 13, 9).outputHeight());
    assertEquals(18, up.withInput(1, 13, 9).outputWidth());
  }

  /** Examples of PyTorch's ConvTranspose2d and ONNX's ConvTranspose. */
  @ParameterizedTest
  @CsvSource({
    // size, kernel, stride, dilation, before, after, output padding, output
    "3, 3, 1, 1, 0, 0, 0, 5",
    "3, 3, 3, 1, 0, 0, 1, 10",
    "6, 3, 2, 1, 1, 1, 1, 12",
    "6, 3, 2, 1, 1, 1, 0, 11",
    "8, 4, 2, 1, 1, 1, 0, 16",
    "34, 16, 8, 1, 0, 0, 0, 280",
    "3, 2, 1, 2, 0, 0, 0, 5",
    "3, 2, 2, 3, 0, 0, 2, 10"
  })
  void outputSize(
      int size, int kernel, int stride, int dilation, int before, int after, int pad, int output) {
    ConvTranspose2d up =
        ConvTranspose2d.builder()
            .input(1, 1, size, 1)
            .filters(1, kernel, 1)
            .stride(stride, 1)
            .dilation(dilation, 1)
            .padding(before, 0, after, 0)
            .outputPadding(pad, 0)
            .build();
    assertEquals(output, up.outputHeight());
  }

  /** ONNX's rule, and its examples: 3 with kernel 3 and stride 3 to 10, padding -1 in all. */
  @Test
  void outputGivenGivesPadding() {
    ConvTranspose2d.Builder builder =
        ConvTranspose2d.builder().input(1, 1, 3, 3).filters(2, 3, 3).stride(3, 2).output(10, 8);
    ConvTranspose2d up = builder.build();
    assertEquals(10, up.outputHeight());
    assertEquals(8, up.outputWidth());
    assertEquals(1, up.shape().rows().outputPadding());
    ConvTranspose2d less = builder.output(8, 4).build();
    assertEquals(1, less.shape().rows().padBefore());
    assertEquals(0, less.shape().rows().padAfter());
    assertEquals(2, less.shape().columns().padBefore());
    assertEquals(1, less.shape().columns().padAfter());
    ConvTranspose2d upper = builder.padding(AutoPad.SAME_UPPER).build();
    assertEquals(0, upper.shape().rows().padBefore());
    assertEquals(1, upper.shape().rows().padAfter());
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> builder.output(12, 8).build());
    assertTrue(refused.getMessage().contains("outputHeight: 12; must be at most 11"));
  }

  @Test
  void winogradWhereTheStrideIs1() {
    ConvTranspose2d up =
        ConvTranspose2d.builder().input(1, 64, 56, 56).filters(64, 3, 3).padding(1).build();
    Algorithm chosen = up.plan(new float[64 * 64 * 9]).algorithm();
    assertTrue(chosen.name().startsWith("WINOGRAD"), chosen.toString());
  }
}

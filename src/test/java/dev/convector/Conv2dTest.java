package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Examples small enough to be checked by hand. */
class Conv2dTest {
  private static final float[] PICTURE = {
    0, 1, 3, 1, 0, //
    1, 1, 2, 3, 0, //
    2, 0, 1, 2, 2, //
    0, 0, 0, 1, 3, //
    0, 0, 4, 0, 0
  };

  private static final float[] LAPLACIAN = {
    0, 1, 0, //
    1, -4, 1, //
    0, 1, 0
  };

  @ParameterizedTest
  @EnumSource(Layout.class)
  void laplacianOfPicture(Layout layout) {
    float[] expected = {
      0, 0, -7, //
      4, 0, -1, //
      0, 6, 1
    };
    for (boolean flip : new boolean[] {false, true}) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, 1, 5, 5)
              .filters(1, 3, 3)
              .layout(layout)
              .flipKernel(flip)
              .build();
      for (Algorithm algorithm : Algorithm.values()) {
        if (conv.refusal(algorithm).isEmpty()) {
          float[] dst = new float[9];
          conv.plan(LAPLACIAN, null, algorithm).run(PICTURE, dst);
          assertArrayEquals(expected, dst, 1e-4f, algorithm + ", flipKernel " + flip);
        }
      }
    }
  }

  @Test
  void flippedKernelIsTurnedByHalfACircle() {
    float[] kernel = {1, 2, 3, 4};
    float[] src = {0, 0, 0, 1};
    Conv2d.Builder builder = Conv2d.builder().input(1, 1, 2, 2).filters(1, 2, 2);
    float[] dst = new float[1];
    builder.build().plan(kernel).run(src, dst);
    assertEquals(4, dst[0]);
    builder.flipKernel(true).build().plan(kernel).run(src, dst);
    assertEquals(1, dst[0]);
  }

  @Test
  void outputOf28x28With3x3() {
    Conv2d.Builder builder = Conv2d.builder().input(1, 1, 28, 28).filters(1, 3, 3);
    assertEquals(26, builder.build().outputHeight());
    assertEquals(26, builder.build().outputWidth());
    assertEquals(13, builder.stride(2).build().outputHeight());
    assertEquals(13, builder.stride(2).build().outputWidth());
  }

  @Test
  void kernel3x3WithDilation2Covers5x5() {
    Conv2d conv = Conv2d.builder().input(1, 1, 5, 5).filters(1, 3, 3).dilation(2).build();
    assertEquals(5, conv.effectiveKernelHeight());
    assertEquals(5, conv.effectiveKernelWidth());
    assertEquals(1, conv.outputHeight());
    assertEquals(1, conv.outputWidth());
  }

  @Test
  void parametersOf64Filters3x3On3Channels() {
    Conv2d conv = Conv2d.builder().input(1, 3, 32, 32).filters(64, 3, 3).build();
    assertEquals(1_792, conv.parameters());
    assertEquals(64L * 30 * 30 * 27, conv.multiplyAdds());
  }

  /** Its input is one row, as that of a flattened 1x1 kernel, but its output is not. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void paddedRowOf1x1(Layout layout) {
    Conv2d conv =
        Conv2d.builder()
            .input(1, 2, 1, 32)
            .filters(1, 1, 1)
            .padding(2, 0, 0, 0)
            .layout(layout)
            .build();
    float[] expected = new float[3 * 32];
    Arrays.fill(expected, 64, 96, 5);
    float[] src = new float[64];
    Arrays.fill(src, 1);
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isEmpty()) {
        float[] dst = new float[3 * 32];
        conv.plan(new float[] {2, 3}, null, algorithm).run(src, dst, Execution.serial());
        assertArrayEquals(expected, dst, algorithm.name());
      }
    }
  }
}

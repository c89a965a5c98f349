package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Examples of ONNX's operator Resize, and some that are small enough to be checked by hand. */
class Upsample2dTest {
  private static final float[] SQUARE = {1, 2, 3, 4};
  private static final float[] RAMP = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  private static float[] run(Upsample2d.Builder builder, float... src) {
    Upsample2dPlan plan = builder.build().plan();
    float[] dst = new float[plan.outputSize()];
    plan.run(src, dst);
    return dst;
  }

  private static Upsample2d.Builder square() {
    return Upsample2d.builder().input(1, 1, 2, 2);
  }

  private static Upsample2d.Builder ramp() {
    return Upsample2d.builder().input(1, 1, 4, 4);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void nearestDoubles(Layout layout) {
    float[] expected = {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4};
    assertArrayEquals(expected, run(square().scale(2, 2).nearest().layout(layout), SQUARE));
    assertArrayEquals(
        expected,
        run(
            square()
                .scale(2, 2)
                .nearest(NearestMode.FLOOR)
                .coordinates(Coordinates.ASYMMETRIC)
                .layout(layout),
            SQUARE));
  }

  /** ONNX's resize_upsample_scales_linear. */
  @Test
  void bilinearHalfPixel() {
    float[] expected = {
      1, 1.25f, 1.75f, 2, //
      1.5f, 1.75f, 2.25f, 2.5f, //
      2.5f, 2.75f, 3.25f, 3.5f, //
      3, 3.25f, 3.75f, 4
    };
    assertArrayEquals(expected, run(square().scale(2, 2).bilinear(), SQUARE));
  }

  /** ONNX's resize_upsample_scales_linear_align_corners. */
  @Test
  void bilinearAlignCorners() {
    float[] expected = {
      1, 4 / 3f, 5 / 3f, 2, //
      5 / 3f, 2, 7 / 3f, 8 / 3f, //
      7 / 3f, 8 / 3f, 3, 10 / 3f, //
      3, 10 / 3f, 11 / 3f, 4
    };
    assertArrayEquals(
        expected,
        run(square().scale(2, 2).bilinear().coordinates(Coordinates.ALIGN_CORNERS), SQUARE),
        1e-6f);
  }

  /** ONNX's resize_downsample_scales_linear: a scale of 0.6 on two rows and four columns. */
  @Test
  void bilinearScaleThatIsNotWhole() {
    Upsample2d.Builder builder = Upsample2d.builder().input(1, 1, 2, 4).scale(0.6, 0.6).bilinear();
    assertArrayEquals(
        new float[] {2.6666665f, 4.3333331f}, run(builder, 1, 2, 3, 4, 5, 6, 7, 8), 1e-6f);
    // The size's own scale is 0.5, in both directions.
    builder = Upsample2d.builder().input(1, 1, 2, 4).output(1, 2).bilinear();
    assertArrayEquals(new float[] {3.5f, 5.5f}, run(builder, 1, 2, 3, 4, 5, 6, 7, 8), 1e-6f);
  }

  /** The first row of ONNX's resize_upsample_scales_cubic. */
  @Test
  void bicubicHalfPixel() {
    float[] expected = {
      0.47265625f, 0.76953125f, 1.24609375f, 1.875f, 2.28125f, 2.91015625f, 3.38671875f, 3.68359375f
    };
    float[] dst = run(ramp().scale(2, 2).bicubic(), RAMP);
    assertArrayEquals(expected, java.util.Arrays.copyOf(dst, 8), 1e-6f);
  }

  /** ONNX's resize_downsample_sizes_linear_pytorch_half_pixel: one column lies at 0. */
  @Test
  void bilinearPytorchHalfPixel() {
    assertArrayEquals(
        new float[] {1.6666666f, 7, 12.333333f},
        run(ramp().output(3, 1).bilinear().coordinates(Coordinates.PYTORCH_HALF_PIXEL), RAMP),
        1e-5f);
  }

  @Test
  void nearestModesDifferAtTies() {
    // Columns 0.5 and 2.5.
    Upsample2d.Builder builder = Upsample2d.builder().input(1, 1, 1, 4).output(1, 2);
    float[][] expected = {{1, 3}, {2, 4}, {1, 3}, {2, 4}};
    for (NearestMode mode : NearestMode.values()) {
      assertArrayEquals(expected[mode.ordinal()], run(builder.nearest(mode), 1, 2, 3, 4));
    }
  }

  @Test
  void zeroWeightsAreNotRead() {
    float nan = Float.NaN;
    Upsample2d.Builder builder = Upsample2d.builder().input(1, 1, 1, 3).output(1, 5).bilinear();
    assertArrayEquals(
        new float[] {1, nan, nan, nan, 2},
        run(builder.coordinates(Coordinates.ALIGN_CORNERS), 1, nan, 2));
  }

  @Test
  void gradientOfDoubling() {
    Upsample2dPlan plan = square().scale(2, 2).nearest().build().backward();
    float[] dst = new float[4];
    plan.run(RAMP, dst);
    assertArrayEquals(new float[] {14, 22, 46, 54}, dst);
  }

  @Test
  void refusesWrongNumbers() {
    assertEquals(
        "scaleWidth: 0.4; of 2 elements it makes 0.0, must make 1 to 2147483647",
        refusal(square().scale(1, 0.4).nearest()));
    assertEquals(
        "scaleHeight: NaN; must be above 0 and at most 2147483647",
        refusal(square().scale(Double.NaN, 1).nearest()));
    assertEquals("outputHeight: 0; must be at least 1", refusal(square().output(0, 1).nearest()));
    assertEquals(
        "coefficient: Infinity; must be finite",
        refusal(square().output(1, 1).bicubic(Double.POSITIVE_INFINITY)));
  }

  private static String refusal(Upsample2d.Builder builder) {
    return assertThrows(IllegalArgumentException.class, builder::build).getMessage();
  }
}

package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SpatiallySeparableTest {

  @Test
  void gaussianIsSeparable() {
    float[] line = {1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f};
    float[] kernel = product(line, line);
    SpatiallySeparable factors = SpatiallySeparable.of(kernel, 5, 5).orElseThrow();
    assertArrayEquals(line, factors.column(), 1e-7f);
    assertArrayEquals(line, factors.row(), 1e-7f);
    assertEquals(0, factors.error(), 1e-12);
  }

  @Test
  void sobelIsSeparable() {
    float[] kernel = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
    SpatiallySeparable factors = SpatiallySeparable.of(kernel, 3, 3, 1e-12).orElseThrow();
    assertTrue(factors.column()[1] > 0);
    assertArrayEquals(kernel, product(factors.column(), factors.row()), 1e-6f);
  }

  @Test
  void laplacianIsNot() {
    float[] kernel = {0, 1, 0, 1, -4, 1, 0, 1, 0};
    assertTrue(SpatiallySeparable.of(kernel, 3, 3).isEmpty());
  }

  @Test
  void identityIsNotAtAnyTolerance() {
    assertTrue(SpatiallySeparable.of(new float[] {1, 0, 0, 1}, 2, 2, 0.999).isEmpty());
  }

  @Test
  void randomOuterProductsComeBack() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      float[] column = normals(random, 1 + random.nextInt(12));
      float[] row = normals(random, 1 + random.nextInt(12));
      float[] kernel = product(column, row);
      SpatiallySeparable factors =
          SpatiallySeparable.of(kernel, column.length, row.length).orElseThrow();
      assertArrayEquals(kernel, product(factors.column(), factors.row()), 1e-5f);
      assertEquals(norm(factors.column()), norm(factors.row()), 1e-5);
    }
  }

  /** {@code diag(4, 1)} between rotations: the singular values' ratio is a quarter. */
  @Test
  void toleranceIsRelativeToTheLargestSingularValue() {
    double c = Math.cos(0.3);
    double s = Math.sin(0.3);
    for (float scale : new float[] {1e-15f, 1, 1e15f}) {
      float[] kernel = {
        (float) (4 * c * scale), (float) (4 * s * scale), (float) (-s * scale), (float) (c * scale)
      };
      assertTrue(SpatiallySeparable.of(kernel, 2, 2, 0.2499).isEmpty());
      assertEquals(0.25, SpatiallySeparable.of(kernel, 2, 2, 0.2501).orElseThrow().error(), 1e-6);
    }
  }

  @Test
  void zerosFactoriseIntoZeros() {
    SpatiallySeparable factors = SpatiallySeparable.of(new float[6], 2, 3, 0).orElseThrow();
    assertArrayEquals(new float[2], factors.column());
    assertArrayEquals(new float[3], factors.row());
    assertEquals(0, factors.error());
  }

  @Test
  void lineIsAlwaysSeparable() {
    float[] line = {-3, 1, 4, 0, -5};
    SpatiallySeparable across = SpatiallySeparable.of(line, 1, 5, 0).orElseThrow();
    assertArrayEquals(line, product(across.column(), across.row()), 1e-6f);
    SpatiallySeparable down = SpatiallySeparable.of(line, 5, 1, 0).orElseThrow();
    assertArrayEquals(line, product(down.column(), down.row()), 1e-6f);
    assertTrue(down.column()[4] > 0);
  }

  /** The two passes of the class's example do what the kernel does. */
  @Test
  void twoPassesEqualOne() {
    float[] kernel = product(new float[] {1, 2, 1}, new float[] {1, 0, -2, 0, 1});
    SpatiallySeparable factors = SpatiallySeparable.of(kernel, 3, 5).orElseThrow();
    float[] src = normals(new Random(3), 9 * 8);
    float[] expected = new float[9 * 8];
    float[] between = new float[9 * 8];
    float[] actual = new float[9 * 8];
    convolve(3, 5, kernel, src, expected);
    convolve(3, 1, factors.column(), src, between);
    convolve(1, 5, factors.row(), between, actual);
    assertArrayEquals(expected, actual, 1e-4f);
  }

  @Test
  void refusesWithArgumentValueAndRule() {
    float[] kernel = {1, 2, 3, Float.NaN};
    refused("kernel: element 3 is NaN; must be finite", kernel, 2, 2, 0);
    refused("kernel: length 4; must be 6", kernel, 2, 3, 0);
    refused("height: 0; must be at least 1", kernel, 0, 2, 0);
    refused("width: -1; must be at least 1", kernel, 2, -1, 0);
    refused("tolerance: 1.0; must be at least 0 and below 1", new float[4], 2, 2, 1);
    refused("tolerance: NaN; must be at least 0 and below 1", new float[4], 2, 2, Double.NaN);
  }

  private static void refused(
      String message, float[] kernel, int height, int width, double tolerance) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> SpatiallySeparable.of(kernel, height, width, tolerance))
            .getMessage());
  }

  private static void convolve(int height, int width, float[] weights, float[] src, float[] dst) {
    Conv2d.builder()
        .input(1, 1, 9, 8)
        .filters(1, height, width)
        .padding(AutoPad.SAME)
        .build()
        .plan(weights)
        .run(src, dst, Execution.serial());
  }

  private static float[] product(float[] column, float[] row) {
    float[] kernel = new float[column.length * row.length];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = column[i / row.length] * row[i % row.length];
    }
    return kernel;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static float[] normals(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

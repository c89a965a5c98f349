package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.examples.Photo;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final int WIDTH = 6;
  private static final int HEIGHT = 4;
  private static final float TOLERANCE = 1e-6f;

  /** Values are pixels, from -128 to 127, over 127.5 after a shift of half a step. */
  private static final Sampler SAMPLER = Sampler.SYMMETRIC;

  private static final TextArea ALL =
      new TextArea(new Point(0, 0), new Point(WIDTH, 0), new Point(0, HEIGHT));

  /** Red counts pixels, green is 50, blue 100. */
  private static Photo photo() {
    float[] pixels = new float[WIDTH * HEIGHT * 3];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      pixels[3 * i] = i;
      pixels[3 * i + 1] = 50;
      pixels[3 * i + 2] = 100;
    }
    return new Photo(WIDTH, HEIGHT, pixels);
  }

  private static float value(double pixel) {
    return (float) ((pixel + 128) / 255 - 0.5) / 0.5f;
  }

  /** The plane of red, each value the number of a pixel again. */
  private static float[] red(TextArea area, int columns, int rows, int planeColumns) {
    float[] planes = SAMPLER.planes(photo(), area, columns, rows, planeColumns);
    int plane = rows * planeColumns;
    assertEquals(3 * plane, planes.length);
    float[] red = new float[plane];
    for (int i = 0; i < plane; i++) {
      red[i] = planes[2 * plane + i] == 0 ? Float.NaN : (planes[2 * plane + i] + 1) * 127.5f - 128;
    }
    return red;
  }

  @Test
  void planesAreBlueGreenRed() {
    float[] planes = SAMPLER.planes(photo(), ALL, WIDTH, HEIGHT, WIDTH);
    assertEquals(value(100), planes[7], TOLERANCE);
    assertEquals(value(50), planes[WIDTH * HEIGHT + 7], TOLERANCE);
    assertEquals(value(7), planes[2 * WIDTH * HEIGHT + 7], TOLERANCE);
  }

  @Test
  void eachColourHasItsMeanAndDeviation() {
    Sampler sampler = new Sampler(new float[] {0, 0.5f, 1}, new float[] {0.25f, 0.5f, 1});
    float[] planes = sampler.planes(photo(), ALL, WIDTH, HEIGHT, WIDTH);
    int plane = WIDTH * HEIGHT;
    assertEquals(228f / 255 / 0.25f, planes[0], TOLERANCE);
    assertEquals((178f / 255 - 0.5f) / 0.5f, planes[plane], TOLERANCE);
    assertEquals(128f / 255 - 1, planes[2 * plane], TOLERANCE);
  }

  @Test
  void turnedAreasGiveTurnedPixels() {
    assertArrayEquals(
        new float[] {23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12},
        red(new TextArea(new Point(0, 2), new Point(6, 0), new Point(0, 2)).upsideDown(), 6, 2, 6),
        1e-4f);
    assertArrayEquals(
        new float[] {5, 11, 17, 23, 4, 10, 16, 22},
        red(new TextArea(new Point(4, 0), new Point(2, 0), new Point(0, 4)).sideways(), 4, 2, 4),
        1e-4f);
  }

  @Test
  void enlargingInterpolatesAndBordersGoOn() {
    TextArea firstRow = new TextArea(new Point(0, 0), new Point(3, 0), new Point(0, 1));
    assertArrayEquals(
        new float[] {0, 0.25f, 0.75f, 1.25f, 1.75f, 2.25f}, red(firstRow, 6, 1, 6), 1e-4f);
    TextArea outside = new TextArea(new Point(-2, -5), new Point(3, 0), new Point(0, 1));
    assertArrayEquals(new float[] {0, 0, 0}, red(outside, 3, 1, 3), 1e-4f);
  }

  @Test
  void shrinkingTakesTheMean() {
    Photo photo = photo();
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      photo.pixels()[3 * i] = i % 3 == 0 ? 90 : 0;
    }
    float[] planes = SAMPLER.planes(photo, ALL, 2, 2, 2);
    for (int i = 0; i < 4; i++) {
      assertEquals(value(30), planes[2 * 4 + i], TOLERANCE);
    }
  }

  @Test
  void columnsAfterTheGridAreZero() {
    float[] red = red(ALL, WIDTH, HEIGHT, WIDTH + 2);
    assertEquals(5, red[5], 1e-4f);
    assertEquals(Float.NaN, red[6]);
    assertEquals(Float.NaN, red[7]);
    assertEquals(6, red[8], 1e-4f);
  }
}

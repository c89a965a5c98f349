package dev.convector.jmh.network;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** What an input shows. */
enum Picture {
  NOISE {
    @Override
    void fill(SplittableRandom random, float[] plane, int width) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = (float) random.nextDouble(-1, 1);
      }
    }
  },

  /** Lines of dark strokes on white, in which a network that looks for text finds some. */
  WRITING {
    @Override
    void fill(SplittableRandom random, float[] plane, int width) {
      Arrays.fill(plane, 1);
      int height = plane.length / width;
      for (int top = 12; top + GLYPH <= height; top += 2 * GLYPH) {
        for (int left = 12; left + GLYPH <= width; left += 3 * GLYPH / 4) {
          if (random.nextInt(6) > 0) {
            glyph(random, plane, width, top * width + left);
          }
        }
      }
    }
  };

  private static final int GLYPH = 24;
  private static final int STROKE = 3;

  abstract void fill(SplittableRandom random, float[] plane, int width);

  /** All channels are alike in writing, and none in noise. */
  final float[] pixels(List<Integer> shape) {
    int plane = shape.get(2) * shape.get(3);
    float[] pixels = new float[shape.get(0) * shape.get(1) * plane];
    SplittableRandom random = new SplittableRandom(1);
    for (int start = 0; start < pixels.length; start += plane) {
      float[] values = new float[plane];
      fill(this == NOISE ? random : new SplittableRandom(1), values, shape.get(3));
      System.arraycopy(values, 0, pixels, start, plane);
    }
    return pixels;
  }

  /** An upright and two level strokes, half as wide as high. */
  private static void glyph(SplittableRandom random, float[] plane, int width, int corner) {
    int column = random.nextInt(GLYPH / 2);
    stroke(plane, width, corner + column, GLYPH, STROKE);
    for (int bar = 0; bar < 2; bar++) {
      int row = random.nextInt(GLYPH - STROKE);
      stroke(plane, width, corner + row * width, STROKE, GLYPH / 2);
    }
  }

  private static void stroke(float[] plane, int width, int corner, int high, int wide) {
    for (int y = 0; y < high; y++) {
      Arrays.fill(plane, corner + y * width, corner + y * width + wide, -1);
    }
  }
}

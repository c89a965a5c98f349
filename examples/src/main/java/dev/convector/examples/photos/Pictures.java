package dev.convector.examples.photos;

import dev.convector.examples.photos.Filter.View;
import java.awt.image.BufferedImage;

/** Convolution's output as pictures. */
final class Pictures {
  private Pictures() {}

  /** What a view shows of pixels whose channels lie side by side. */
  static BufferedImage of(View view, float[] pixels, int width, int height) {
    int channels = pixels.length / (width * height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = rgb(view, pixels, (y * width + x) * channels);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  private static int rgb(View view, float[] pixels, int at) {
    float gain = view.gain();
    return switch (view.mode()) {
      case COLOURS ->
          around(gain * pixels[at]) << 16
              | around(gain * pixels[at + 1]) << 8
              | around(gain * pixels[at + 2]);
      case FIRST -> grey(around(gain * pixels[at]));
      case SECOND -> grey(around(gain * pixels[at + 1]));
      case MAGNITUDE -> grey(around(gain * length(pixels[at], pixels[at + 1]) - 128));
    };
  }

  private static float length(float x, float y) {
    return (float) Math.sqrt(x * x + y * y);
  }

  /** A byte, 128 for 0. */
  private static int around(float value) {
    return Math.clamp(Math.round(value) + 128, 0, 255);
  }

  private static int grey(int value) {
    return value * 0x010101;
  }
}

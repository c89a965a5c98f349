package dev.convector.properties;

import dev.convector.Layout;
import java.util.Random;

/** A batch of images in either layout, addressed by coordinates. */
record Image(Layout layout, int batch, int channels, int height, int width, float[] data) {

  /** An element as a function of its coordinates. */
  @FunctionalInterface
  interface Element {
    float at(int n, int c, int y, int x);
  }

  static Image of(Layout layout, int batch, int channels, int height, int width, Element element) {
    Image image =
        new Image(
            layout, batch, channels, height, width, new float[batch * channels * height * width]);
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            image.data[image.index(n, c, y, x)] = element.at(n, c, y, x);
          }
        }
      }
    }
    return image;
  }

  static Image random(Layout layout, int batch, int channels, int height, int width, long seed) {
    Random random = new Random(seed);
    return of(layout, batch, channels, height, width, (n, c, y, x) -> random.nextInt(-4, 5));
  }

  float at(int n, int c, int y, int x) {
    return data[index(n, c, y, x)];
  }

  Image crop(int top, int left, int rows, int columns) {
    return of(layout, batch, channels, rows, columns, (n, c, y, x) -> at(n, c, top + y, left + x));
  }

  private int index(int n, int c, int y, int x) {
    return layout == Layout.NCHW
        ? ((n * channels + c) * height + y) * width + x
        : ((n * height + y) * width + x) * channels + c;
  }
}

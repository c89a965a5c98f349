package dev.convector.examples.page;

import dev.convector.examples.Photo;
import java.util.stream.IntStream;

/**
 * Part of a picture, however turned and sheared, as a network's input: planes of blue, green and
 * red, the order that PP-OCR was trained with.
 *
 * @param mean of blue, green and red, on a scale from 0 to 1
 * @param deviation of the same
 */
record Sampler(float[] mean, float[] deviation) {
  /** What PP-OCR's detection was trained with: ImageNet's statistics. */
  static final Sampler IMAGE_NET =
      new Sampler(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  /** From -1 for black to 1 for white. */
  static final Sampler SYMMETRIC =
      new Sampler(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.5f, 0.5f});

  /** Samples a pixel along an axis; more would cost more than they show. */
  private static final int MOST_SAMPLES = 8;

  /**
   * Lays a grid of pixels over an area. A pixel that covers several of the picture's is the mean of
   * as many bilinear samples; outside, the picture's border goes on.
   *
   * @param columns of the grid
   * @param rows of the grid
   * @param planeColumns of the result: columns after the grid's are 0
   * @return {@code [3][rows][planeColumns]}
   */
  float[] planes(Photo photo, TextArea area, int columns, int rows, int planeColumns) {
    float[] planes = new float[3 * rows * planeColumns];
    Point right = area.along().times(1.0 / columns);
    Point down = area.down().times(1.0 / rows);
    Grid grid = new Grid(photo, area.corner(), right, down, samples(right), samples(down));
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              float[] means = new float[3];
              for (int column = 0; column < columns; column++) {
                grid.means(column, row, means);
                for (int c = 0; c < 3; c++) {
                  planes[(c * rows + row) * planeColumns + column] =
                      ((means[c] + 128) / 255 - mean[c]) / deviation[c];
                }
              }
            });
    return planes;
  }

  /**
   * Where pixels lie in the picture.
   *
   * @param right from one column to the next
   * @param down from one row to the next
   * @param across samples of a pixel along a row
   * @param along the same along a column
   */
  private record Grid(Photo photo, Point corner, Point right, Point down, int across, int along) {
    /** Blue, green and red of a pixel. */
    void means(int column, int row, float[] means) {
      means[0] = means[1] = means[2] = 0;
      for (int i = 0; i < across * along; i++) {
        double x = column + (i % across + 0.5) / across;
        double y = row + (i / across + 0.5) / along;
        add(photo, corner.plus(right.times(x)).plus(down.times(y)), means);
      }
      for (int c = 0; c < 3; c++) {
        means[c] /= across * along;
      }
    }
  }

  private static int samples(Point step) {
    return Math.clamp((int) Math.ceil(step.length() - 1e-6), 1, MOST_SAMPLES);
  }

  /** Adds blue, green and red between the centres of four pixels. */
  private static void add(Photo photo, Point place, float[] sums) {
    double x = Math.clamp(place.x() - 0.5, 0, photo.width() - 1);
    double y = Math.clamp(place.y() - 0.5, 0, photo.height() - 1);
    int left = (int) x;
    int top = (int) y;
    int toRight = left + 1 < photo.width() ? Photo.CHANNELS : 0;
    int toBottom = top + 1 < photo.height() ? Photo.CHANNELS * photo.width() : 0;
    float partX = (float) (x - left);
    float partY = (float) (y - top);
    float[] pixels = photo.pixels();
    int at = (top * photo.width() + left) * Photo.CHANNELS;
    for (int c = 0; c < 3; c++) {
      int channel = at + 2 - c;
      float above = mix(pixels[channel], pixels[channel + toRight], partX);
      float below = mix(pixels[channel + toBottom], pixels[channel + toBottom + toRight], partX);
      sums[c] += mix(above, below, partY);
    }
  }

  private static float mix(float first, float second, float part) {
    return first + (second - first) * part;
  }
}

package dev.convector.examples.page;

import java.util.ArrayList;
import java.util.List;

/**
 * How likely each pixel belongs to text, and the boxes around what does: the last steps of
 * "Real-time Scene Text Detection with Differentiable Binarization" (Liao et al. 2020), with
 * PP-OCR's parameters.
 *
 * @param width columns
 * @param height rows
 * @param values {@code [height][width]}, from 0 to 1
 */
record ProbabilityMap(int width, int height, float[] values) {
  /** A pixel is text from here on. */
  private static final float PIXEL_THRESHOLD = 0.3f;

  /**
   * A region is text where the mean of its pixels is at least this: of the region itself, not of
   * the box around it (PP-OCR's score mode "slow"), since the lines of a bent page fill their boxes
   * badly.
   */
  private static final double REGION_THRESHOLD = 0.6;

  /**
   * The network is taught to mark shrunk lines; a box grows by area x this / circumference, which
   * gives the line back.
   */
  private static final double UNCLIP_RATIO = 1.6;

  /** Pixels; whose box is thinner is a speck. */
  private static final double THINNEST = 3;

  /** Bounds what a picture of nothing but specks costs. */
  private static final int MOST_BOXES = 1000;

  /** The areas of text, in the map's pixels, in no particular order; at most 1000. */
  List<TextArea> boxes() {
    List<TextArea> boxes = new ArrayList<>();
    boolean[] seen = new boolean[values.length];
    int[] region = new int[values.length];
    int i = next(0, seen);
    while (i < values.length && boxes.size() < MOST_BOXES) {
      int size = collect(i, seen, region);
      TextArea box = MinimumAreaRectangle.around(rowEnds(region, size));
      if (Math.min(box.length(), box.height()) >= THINNEST
          && mean(region, size) >= REGION_THRESHOLD) {
        boxes.add(unclipped(box));
      }
      i = next(i, seen);
    }
    return boxes;
  }

  /**
   * The next pixel of text, from one on, that is in no region yet; one past all if there is none.
   */
  private int next(int from, boolean[] seen) {
    int i = from;
    while (i < values.length && (seen[i] || !isText(i % width, i / width))) {
      i++;
    }
    return i;
  }

  /** Puts the connected region around a pixel first into an array, and returns its size. */
  private int collect(int start, boolean[] seen, int[] region) {
    int size = 0;
    region[size++] = start;
    seen[start] = true;
    for (int i = 0; i < size; i++) {
      int x = region[i] % width;
      int y = region[i] / width;
      for (int ny = y - 1; ny <= y + 1; ny++) {
        for (int nx = x - 1; nx <= x + 1; nx++) {
          if (isText(nx, ny) && !seen[ny * width + nx]) {
            seen[ny * width + nx] = true;
            region[size++] = ny * width + nx;
          }
        }
      }
    }
    return size;
  }

  /** Centres of the pixels at which rows begin and end: the convex hull needs no others. */
  private List<Point> rowEnds(int[] region, int size) {
    List<Point> ends = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int x = region[i] % width;
      int y = region[i] / width;
      if (!isText(x - 1, y) || !isText(x + 1, y)) {
        ends.add(new Point(x + 0.5, y + 0.5));
      }
    }
    return ends;
  }

  private double mean(int[] region, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += values[region[i]];
    }
    return sum / size;
  }

  private boolean isText(int x, int y) {
    return x >= 0 && x < width && y >= 0 && y < height && values[y * width + x] > PIXEL_THRESHOLD;
  }

  /** Offsetting the four sides gives the same rectangle as offsetting with round corners. */
  private static TextArea unclipped(TextArea box) {
    double area = box.length() * box.height();
    double circumference = 2 * (box.length() + box.height());
    return box.grown(area * UNCLIP_RATIO / circumference);
  }
}

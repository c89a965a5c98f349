package dev.convector.examples.page;

/**
 * A place in a picture, or a way from one to another, in pixels: x to the right, y down. The pixel
 * in column i and row j covers i to i + 1 and j to j + 1.
 *
 * @param x columns
 * @param y rows
 */
public record Point(double x, double y) {
  Point plus(Point other) {
    return new Point(x + other.x, y + other.y);
  }

  Point minus(Point other) {
    return new Point(x - other.x, y - other.y);
  }

  Point times(double factor) {
    return new Point(x * factor, y * factor);
  }

  double dot(Point other) {
    return x * other.x + y * other.y;
  }

  /** Positive where the other one lies clockwise of this one, as seen in the picture. */
  double cross(Point other) {
    return x * other.y - y * other.x;
  }

  double length() {
    return Math.hypot(x, y);
  }

  /** A quarter turn clockwise, as seen in the picture: right becomes down. */
  Point clockwise() {
    return new Point(-y, x);
  }
}

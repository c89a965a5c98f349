package dev.convector.examples.page;

import java.util.List;

/**
 * The parallelogram that a line of text fills.
 *
 * @param corner where the text begins, above its first letter
 * @param along from there to above the last letter
 * @param down from there to below the first letter
 */
public record TextArea(Point corner, Point along, Point down) {
  double length() {
    return along.length();
  }

  double height() {
    return down.length();
  }

  Point centre() {
    return at(0.5, 0.5);
  }

  /** The place that lies these parts of the way along and down. */
  Point at(double alongPart, double downPart) {
    return corner.plus(along.times(alongPart)).plus(down.times(downPart));
  }

  /** First letter's top, last letter's top, last letter's foot, first letter's foot. */
  List<Point> corners() {
    return List.of(corner, at(1, 0), at(1, 1), at(0, 1));
  }

  /** The same place, read from its other end: what was below is above. */
  TextArea upsideDown() {
    return new TextArea(at(1, 1), along.times(-1), down.times(-1));
  }

  /** The same place, read down its right-hand side: what was right is up. */
  TextArea sideways() {
    return new TextArea(at(1, 0), down, along.times(-1));
  }

  /** A rectangle whose sides lie this far outside this one's; this one must be a rectangle. */
  TextArea grown(double distance) {
    Point a = along.times(distance / along.length());
    Point d = down.times(distance / down.length());
    return new TextArea(corner.minus(a).minus(d), along.plus(a.times(2)), down.plus(d.times(2)));
  }

  TextArea moved(Point way) {
    return new TextArea(corner.plus(way), along, down);
  }

  /** The same place in a picture stretched by these factors. */
  TextArea stretched(double factorX, double factorY) {
    return new TextArea(
        stretched(corner, factorX, factorY),
        stretched(along, factorX, factorY),
        stretched(down, factorX, factorY));
  }

  private static Point stretched(Point point, double factorX, double factorY) {
    return new Point(point.x() * factorX, point.y() * factorY);
  }
}

package dev.convector.examples.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The smallest rectangle, however turned, around some points. One of its sides lies on a side of
 * their convex hull (Freeman and Shapira 1975).
 */
final class MinimumAreaRectangle {
  private MinimumAreaRectangle() {}

  /**
   * The rectangle as an area of text that runs from left to right, as nearly as its sides do.
   *
   * @param points at least one
   */
  static TextArea around(List<Point> points) {
    List<Point> hull = convexHull(points);
    TextArea smallest = null;
    for (int i = 0; i < hull.size(); i++) {
      Point side = hull.get((i + 1) % hull.size()).minus(hull.get(i));
      double length = side.length();
      Point direction = length == 0 ? new Point(1, 0) : rightmost(side.times(1 / length));
      TextArea rectangle = along(direction, hull);
      if (smallest == null || area(rectangle) < area(smallest)) {
        smallest = rectangle;
      }
    }
    return smallest;
  }

  private static double area(TextArea rectangle) {
    return rectangle.length() * rectangle.height();
  }

  /** Of the directions of a rectangle's four sides, the one nearest to the right. */
  private static Point rightmost(Point direction) {
    Point turned = direction.clockwise();
    Point nearest = Math.abs(direction.x()) >= Math.abs(turned.x()) ? direction : turned;
    return nearest.x() < 0 ? nearest.times(-1) : nearest;
  }

  private static TextArea along(Point direction, List<Point> points) {
    Point across = direction.clockwise();
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (Point point : points) {
      left = Math.min(left, point.dot(direction));
      right = Math.max(right, point.dot(direction));
      top = Math.min(top, point.dot(across));
      bottom = Math.max(bottom, point.dot(across));
    }
    return new TextArea(
        direction.times(left).plus(across.times(top)),
        direction.times(right - left),
        across.times(bottom - top));
  }

  /** The corners of the convex hull in turn, by Andrew's monotone chain (1979). */
  static List<Point> convexHull(List<Point> points) {
    List<Point> sorted =
        points.stream()
            .distinct()
            .sorted(Comparator.comparingDouble(Point::x).thenComparingDouble(Point::y))
            .toList();
    if (sorted.size() < 3) {
      return sorted;
    }
    List<Point> hull = halfHull(sorted);
    hull.addAll(halfHull(sorted.reversed()));
    return hull;
  }

  /** The corners on one side of the line from the first point to the last, without the last. */
  private static List<Point> halfHull(List<Point> sorted) {
    List<Point> half = new ArrayList<>();
    for (Point point : sorted) {
      while (half.size() > 1 && !turnsClockwise(half.get(half.size() - 2), half.getLast(), point)) {
        half.removeLast();
      }
      half.add(point);
    }
    half.removeLast();
    return half;
  }

  private static boolean turnsClockwise(Point from, Point by, Point to) {
    return by.minus(from).cross(to.minus(by)) > 0;
  }
}

package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinimumAreaRectangleTest {
  private static final double TOLERANCE = 1e-9;

  private static void assertAt(double x, double y, Point point) {
    assertEquals(x, point.x(), TOLERANCE, "x");
    assertEquals(y, point.y(), TOLERANCE, "y");
  }

  @Test
  void anUprightRectangleIsItself() {
    TextArea area =
        MinimumAreaRectangle.around(
            List.of(
                new Point(9, 4),
                new Point(2, 4),
                new Point(2, 7),
                new Point(5, 5),
                new Point(9, 7)));
    assertAt(2, 4, area.corner());
    assertAt(7, 0, area.along());
    assertAt(0, 3, area.down());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-44, -30, -1e-3, 0, 10, 44})
  void aTurnedRectangleKeepsItsSidesAndRunsToTheRight(double degrees) {
    double angle = Math.toRadians(degrees);
    Point along = new Point(50 * Math.cos(angle), 50 * Math.sin(angle));
    TextArea turned = new TextArea(new Point(30, 40), along, along.clockwise().times(0.2));
    TextArea found = MinimumAreaRectangle.around(turned.corners());
    assertAt(30, 40, found.corner());
    assertAt(along.x(), along.y(), found.along());
    assertEquals(10, found.height(), TOLERANCE);
  }

  @Test
  void aLineThatRunsDownIsHigherThanLong() {
    TextArea found =
        MinimumAreaRectangle.around(
            List.of(new Point(0, 0), new Point(3, 0), new Point(3, 20), new Point(0, 20)));
    assertAt(3, 0, found.along());
    assertAt(0, 20, found.down());
  }

  @Test
  void pointsOnALineAndASinglePointHaveNoArea() {
    TextArea line =
        MinimumAreaRectangle.around(List.of(new Point(1, 1), new Point(3, 3), new Point(2, 2)));
    assertEquals(2 * Math.sqrt(2), Math.max(line.length(), line.height()), TOLERANCE);
    assertEquals(0, Math.min(line.length(), line.height()), TOLERANCE);
    TextArea point = MinimumAreaRectangle.around(List.of(new Point(4, 5)));
    assertAt(4, 5, point.corner());
    assertEquals(0, point.length() + point.height());
  }

  @Test
  void noRectangleOfAnotherAngleIsSmallerAndEveryPointLiesInside() {
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      List<Point> points = new ArrayList<>();
      for (int p = 0; p < 3 + i; p++) {
        points.add(new Point(random.nextInt(40), random.nextInt(15)));
      }
      TextArea found = MinimumAreaRectangle.around(points);
      double area = found.length() * found.height();
      for (int degree = 0; degree < 90; degree++) {
        assertTrue(area <= area(points, Math.toRadians(degree)) + TOLERANCE, points::toString);
      }
      assertEquals(area, area(points, found), 1e-6, points::toString);
    }
  }

  private static double area(List<Point> points, double angle) {
    return extent(points, new Point(Math.cos(angle), Math.sin(angle)))
        * extent(points, new Point(-Math.sin(angle), Math.cos(angle)));
  }

  /** Of the rectangle along an area's sides. */
  private static double area(List<Point> points, TextArea area) {
    return area(points, Math.atan2(area.along().y(), area.along().x()));
  }

  private static double extent(List<Point> points, Point direction) {
    return points.stream().mapToDouble(direction::dot).max().orElseThrow()
        - points.stream().mapToDouble(direction::dot).min().orElseThrow();
  }
}

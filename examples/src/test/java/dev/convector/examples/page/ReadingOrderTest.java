package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReadingOrderTest {
  /** Three rows, the second in two parts of which the right one is a little higher. */
  private static final List<TextArea> PAGE =
      List.of(line(10, 5, 200), line(10, 31, 80), line(110, 27, 90), line(10, 50, 120));

  private static TextArea line(double x, double y, double length) {
    return new TextArea(new Point(x, y), new Point(length, 0), new Point(0, 15));
  }

  private static void assertOrdered(UnaryOperator<TextArea> placed) {
    List<TextArea> page = PAGE.stream().map(placed).toList();
    for (int seed = 0; seed < 5; seed++) {
      List<TextArea> shuffled = new ArrayList<>(page);
      Collections.shuffle(shuffled, new Random(seed));
      assertEquals(page, ReadingOrder.of(shuffled));
    }
  }

  private static UnaryOperator<TextArea> turned(double degrees) {
    Point x = new Point(Math.cos(Math.toRadians(degrees)), Math.sin(Math.toRadians(degrees)));
    Point y = x.clockwise();
    UnaryOperator<Point> turn = p -> x.times(p.x()).plus(y.times(p.y()));
    return area ->
        new TextArea(turn.apply(area.corner()), turn.apply(area.along()), turn.apply(area.down()));
  }

  @Test
  void rowsFromTheTopAndWithinThemFromTheLeft() {
    assertOrdered(area -> area);
  }

  @Test
  void aPageMayLieOnItsSideOnItsHeadOrAslant() {
    assertOrdered(turned(90));
    assertOrdered(turned(180));
    assertOrdered(turned(270));
    assertOrdered(turned(20));
  }

  @Test
  void oneLineOnItsHeadStaysInItsPlace() {
    assertOrdered(area -> area.equals(PAGE.get(3)) ? area.upsideDown() : area);
  }

  @Test
  void nothingIsInOrder() {
    assertEquals(List.of(), ReadingOrder.of(List.of()));
  }
}

package dev.convector.examples.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Rows from the top to the bottom and within a row from its begin to its end, as the text itself
 * runs: on a page that lies on its side or its head, too.
 */
final class ReadingOrder {
  /** Two areas are in one row where their middles are nearer than this part of the lower one. */
  private static final double SAME_ROW = 0.5;

  private ReadingOrder() {}

  static List<TextArea> of(List<TextArea> areas) {
    Point direction = direction(areas);
    Point down = direction.clockwise();
    List<TextArea> byHeight = new ArrayList<>(areas);
    byHeight.sort(Comparator.comparingDouble(area -> area.centre().dot(down)));
    List<TextArea> ordered = new ArrayList<>();
    List<TextArea> row = new ArrayList<>();
    for (TextArea area : byHeight) {
      if (!row.isEmpty() && !inRow(area, row.getLast(), down)) {
        addRow(row, direction, ordered);
      }
      row.add(area);
    }
    addRow(row, direction, ordered);
    return ordered;
  }

  /** Where most of the text runs: long lines count more, and opposite ones cancel. */
  private static Point direction(List<TextArea> areas) {
    Point sum = areas.stream().map(TextArea::along).reduce(new Point(0, 0), Point::plus);
    return sum.length() == 0 ? new Point(1, 0) : sum.times(1 / sum.length());
  }

  private static boolean inRow(TextArea area, TextArea other, Point down) {
    double distance = area.centre().minus(other.centre()).dot(down);
    return distance < SAME_ROW * Math.min(area.height(), other.height());
  }

  private static void addRow(List<TextArea> row, Point direction, List<TextArea> ordered) {
    row.sort(Comparator.comparingDouble(area -> area.centre().dot(direction)));
    ordered.addAll(row);
    row.clear();
  }
}

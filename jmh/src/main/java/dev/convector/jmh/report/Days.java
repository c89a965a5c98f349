package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two days of one session: do they say the same? */
final class Days {
  /** More than this between their geometric means, and it is marked. */
  private static final double AGREE = 0.05;

  private static final String NOTHING = "–";

  private Days() {}

  static List<String> header() {
    List<String> header = new ArrayList<>(List.of("vs the best, first and second day"));
    for (Headline.Subject subject : Headline.Subject.values()) {
      header.add(subject.shortTitle());
    }
    return header;
  }

  /** Lines of a table: both means of each subject, and how much they differ over what both have. */
  static List<List<String>> compared(Results older, Results newer) {
    Headline before = new Headline(List.of(older));
    Headline after = new Headline(List.of(newer));
    List<List<String>> lines = new ArrayList<>();
    for (Headline.Column column : after.columns()) {
      List<String> cells = new ArrayList<>();
      for (Headline.Subject subject : Headline.Subject.values()) {
        cells.add(changed(before.cell(subject, column), after.cell(subject, column)));
      }
      if (cells.stream().anyMatch(cell -> !cell.equals(NOTHING))) {
        cells.addFirst(newer.session().name() + ", " + column.title());
        lines.add(cells);
      }
    }
    return lines;
  }

  private static String changed(Optional<Headline.Cell> first, Optional<Headline.Cell> second) {
    if (first.isEmpty() || second.isEmpty()) {
      return NOTHING;
    }
    double change = second.get().over(first.get()) - 1;
    String shown = percent(change);
    return "%s, %s (%s)"
        .formatted(
            number(first.get().mean()),
            number(second.get().mean()),
            Math.abs(change) > AGREE ? "**" + shown + "**" : shown);
  }
}

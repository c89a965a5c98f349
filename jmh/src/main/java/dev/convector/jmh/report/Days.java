package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Two days of one session: do they say the same? */
final class Days {
  /** More than this between their geometric means, and it is marked. */
  private static final double AGREE = 0.05;

  private Days() {}

  /** Lines of a table: what, both means, by how much they differ over what both measured. */
  static List<List<String>> compared(Results older, Results newer) {
    Headline before = new Headline(List.of(older));
    Headline after = new Headline(List.of(newer));
    List<List<String>> lines = new ArrayList<>();
    for (Headline.Column column : after.columns()) {
      for (Headline.Subject subject : Headline.Subject.values()) {
        Optional<Headline.Cell> first = before.cell(subject, column);
        Optional<Headline.Cell> second = after.cell(subject, column);
        if (first.isPresent() && second.isPresent()) {
          lines.add(line(newer, subject, column, first.get(), second.get()));
        }
      }
    }
    return lines;
  }

  private static List<String> line(
      Results newer,
      Headline.Subject subject,
      Headline.Column column,
      Headline.Cell first,
      Headline.Cell second) {
    double change = second.over(first) - 1;
    String shown = percent(change);
    return Stream.of(
            newer.session().name() + ", " + subject.title() + ", " + column.title(),
            number(first.mean()),
            number(second.mean()),
            Math.abs(change) > AGREE ? "**" + shown + "**" : shown)
        .toList();
  }
}

package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** How the ratio to the best contender is distributed over layers that no table has. */
final class DrawnTable {
  private static final int WORST = 10;

  private final Standings standings;
  private final List<Row> rows;

  DrawnTable(Results results, String layout, int threads) {
    standings = new Standings(results, layout, threads);
    rows =
        standings.rows().stream()
            .filter(row -> row.task().startsWith(LayerSpace.NAME + "/"))
            .filter(row -> !Double.isNaN(standings.vsBest(row)))
            .toList();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  static List<String> header() {
    return List.of(
        "class", "layers", "mean", "least", "quartile", "median", "quartile", "most", "lost");
  }

  /** Of each class, then of all. */
  List<List<String>> lines(String place) {
    List<List<String>> lines = new ArrayList<>();
    for (String group : rows.stream().map(Row::network).distinct().toList()) {
      String title = group.substring(group.indexOf(", ") + 2);
      lines.add(
          line(
              title + ", " + place, rows.stream().filter(r -> r.network().equals(group)).toList()));
    }
    lines.add(line("all, " + place, rows));
    return lines;
  }

  private List<String> line(String title, List<Row> some) {
    double[] sorted = sorted(some);
    List<String> cells = new ArrayList<>(List.of(title, Integer.toString(sorted.length)));
    cells.add(ratio(SessionPage.mean(some, standings::vsBest)));
    for (double part : new double[] {0, 0.25, 0.5, 0.75, 1}) {
      cells.add(number(Timing.quantile(sorted, part)));
    }
    cells.add(Long.toString(some.stream().filter(standings::lost).count()));
    return cells;
  }

  /** Ratios of all layers, ascending. */
  double[] sorted() {
    return sorted(rows);
  }

  private double[] sorted(List<Row> some) {
    return some.stream().mapToDouble(standings::vsBest).sorted().toArray();
  }

  /** By name, the least ratio first. */
  String worst() {
    return rows.stream()
        .sorted(Comparator.comparingDouble(standings::vsBest))
        .limit(WORST)
        .map(
            row ->
                row.task().substring(row.task().indexOf('/') + 1)
                    + " "
                    + number(standings.vsBest(row)))
        .collect(Collectors.joining(", "));
  }

  /** For README. */
  String sentence() {
    double[] sorted = sorted();
    return "%d layers: geometric mean %s, quartiles %s, %s and %s, least %s"
        .formatted(
            sorted.length,
            number(SessionPage.mean(rows, standings::vsBest)),
            number(Timing.quantile(sorted, 0.25)),
            number(Timing.quantile(sorted, 0.5)),
            number(Timing.quantile(sorted, 0.75)),
            number(sorted[0]));
  }
}

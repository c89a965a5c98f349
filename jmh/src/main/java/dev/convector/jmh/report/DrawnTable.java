package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** A row for each place. */
  static void write(Map<String, DrawnTable> places, Markdown text) {
    Set<String> classes = new LinkedHashSet<>();
    places.values().forEach(table -> table.rows.forEach(row -> classes.add(row.network())));
    List<String> header =
        new ArrayList<>(
            List.of("", "layers", "mean", "least", "quartile", "median", "quartile", "most"));
    header.add("lost");
    classes.forEach(group -> header.add(group.substring(group.indexOf(", ") + 2)));
    List<List<String>> lines = new ArrayList<>();
    places.forEach((place, table) -> lines.add(table.line(place, classes)));
    text.table(header, lines);
  }

  private List<String> line(String place, Set<String> classes) {
    double[] sorted = sorted();
    List<String> cells = new ArrayList<>(List.of(place, Integer.toString(sorted.length)));
    cells.add(ratio(SessionPage.mean(rows, standings::vsBest)));
    for (double part : new double[] {0, 0.25, 0.5, 0.75, 1}) {
      cells.add(number(Timing.quantile(sorted, part)));
    }
    cells.add(Long.toString(rows.stream().filter(standings::lost).count()));
    classes.forEach(group -> cells.add(meanAndLeast(group)));
    return cells;
  }

  private String meanAndLeast(String group) {
    List<Row> some = rows.stream().filter(row -> row.network().equals(group)).toList();
    double least = some.stream().mapToDouble(standings::vsBest).min().orElse(Double.NaN);
    return some.isEmpty()
        ? "–"
        : ratio(SessionPage.mean(some, standings::vsBest)) + " (" + number(least) + ")";
  }

  /** Ratios of all layers, ascending. */
  double[] sorted() {
    return rows.stream().mapToDouble(standings::vsBest).sorted().toArray();
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

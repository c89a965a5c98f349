package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Convector against itself: AUTO against each algorithm forced, several threads against one. */
final class Judgements {
  /** AUTO should be no further behind the best algorithm. */
  private static final double BEHIND = 0.05;

  /** Below this time, in microseconds, handing work to threads may not pay in full. */
  private static final double LONG_ENOUGH = 200;

  /** Part of the number of threads that a layer should be faster by. */
  private static final double EFFICIENCY = 0.95;

  private final Standings standings;
  private final int threads;
  private final Markdown text;

  Judgements(Standings standings, int threads, Markdown text) {
    this.standings = standings;
    this.threads = threads;
    this.text = text;
  }

  /** Nothing unless algorithms were forced. */
  void choice() {
    ToDoubleFunction<Row> behind =
        row -> Standings.ratio(standings.bestForced(row), standings.ours(row));
    List<Row> rows = numbers(standings.rows(), behind);
    if (rows.isEmpty()) {
      return;
    }
    text.heading(4, "What AUTO chooses, " + place());
    text.paragraph(
        "AUTO's time over that of the fastest forced algorithm, above 1 where another would have "
            + "been faster. F(6x6, 3x3) and F(4x4, 5x5) are left out, which standard accuracy "
            + "forbids.");
    List<List<String>> table = new ArrayList<>();
    for (String network : standings.networks()) {
      List<Row> layers = numbers(standings.rows(network), behind);
      long late = layers.stream().filter(r -> behind.applyAsDouble(r) > 1 + BEHIND).count();
      double mean = SessionPage.mean(layers, behind);
      table.add(
          List.of(
              network,
              Integer.toString(layers.size()),
              number(mean),
              number(layers.stream().mapToDouble(behind).max().orElse(Double.NaN)),
              Long.toString(late)));
    }
    text.table(
        List.of("network", "layers", "geometric mean", "largest", "more than 5 % behind"), table);
    List<List<String>> late = new ArrayList<>();
    for (Row row : rows) {
      if (behind.applyAsDouble(row) > 1 + BEHIND) {
        Timing best = standings.bestForced(row).orElseThrow();
        Timing ours = standings.ours(row).orElseThrow();
        late.add(
            List.of(
                row.task(),
                ours.algorithm(),
                SessionPage.micros(Optional.of(ours)),
                best.algorithm(),
                SessionPage.micros(Optional.of(best)),
                "**" + number(behind.applyAsDouble(row)) + " ▼**"));
      }
    }
    if (late.isEmpty()) {
      text.paragraph("On no layer is AUTO more than 5 % behind.");
    } else {
      text.table(List.of("layer", "AUTO", "µs", "the best", "µs", "AUTO / the best"), late);
    }
  }

  /** Nothing on one thread, or where AUTO on one thread took no turns beside it. */
  void scaling() {
    ToDoubleFunction<Row> gain = row -> Standings.ratio(standings.ours(row), standings.serial(row));
    List<Row> rows = numbers(standings.rows(), gain);
    if (threads == 1 || rows.isEmpty()) {
      return;
    }
    double wanted = EFFICIENCY * threads;
    text.heading(4, "Threads, " + place());
    text.paragraph(
        "Convector's time on one thread over that on "
            + threads
            + ", taking turns in one JVM. Wanted of layers that take 0.2 ms and more on one "
            + "thread: "
            + number(wanted)
            + "; of all: no loss. Work that the library estimates at less than 20 µs stays on the "
            + "caller: where such a layer is marked, both are the same work on arrays that lie "
            + "differently.");
    List<List<String>> table = new ArrayList<>();
    List<List<String>> flagged = new ArrayList<>();
    for (String network : standings.networks()) {
      List<Row> all = numbers(standings.rows(network), gain);
      List<Row> layers = all.stream().filter(this::longEnough).toList();
      table.add(
          List.of(
              network,
              Integer.toString(layers.size()),
              number(SessionPage.mean(layers, gain)),
              number(layers.stream().mapToDouble(gain).min().orElse(Double.NaN)),
              Long.toString(layers.stream().filter(r -> gain.applyAsDouble(r) < wanted).count()),
              Long.toString(all.stream().filter(r -> gain.applyAsDouble(r) < 1).count())));
      for (Row row : all) {
        double times = gain.applyAsDouble(row);
        if (times < 1 || times < wanted && longEnough(row)) {
          flagged.add(
              List.of(
                  row.task(),
                  standings.ours(row).map(Timing::algorithm).orElse(""),
                  SessionPage.micros(standings.serial(row)),
                  SessionPage.micros(standings.ours(row)),
                  times < 1 ? ratio(times) : number(times)));
        }
      }
    }
    text.table(
        List.of(
            "network",
            "layers of 0.2 ms and more",
            "geometric mean",
            "least",
            "below " + number(wanted),
            "slower than one thread, of all layers"),
        table);
    if (!flagged.isEmpty()) {
      text.table(
          List.of("layer", "algorithm", "one thread, µs", threads + " threads, µs", "times"),
          flagged);
    }
  }

  private boolean longEnough(Row row) {
    return standings.serial(row).map(Timing::micros).orElse(0.0) >= LONG_ENOUGH;
  }

  private String place() {
    return standings.layout() + ", " + SessionPage.threads(threads);
  }

  private static List<Row> numbers(List<Row> rows, ToDoubleFunction<Row> value) {
    return rows.stream().filter(row -> !Double.isNaN(value.applyAsDouble(row))).toList();
  }
}

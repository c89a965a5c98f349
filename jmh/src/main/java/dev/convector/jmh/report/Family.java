package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a session measured of the family beside the convolution: one table, both layouts. */
final class Family {
  private static final String BACKWARD = "backward-";

  private final List<Standings> layouts;
  private final int threads;

  Family(Results results, int threads) {
    this.threads = threads;
    layouts =
        Stream.of("NHWC", "NCHW")
            .map(layout -> Standings.ofFamily(results, layout, threads))
            .filter(standings -> !standings.rows().isEmpty())
            .toList();
  }

  /** Layers of the family, in whatever layout. */
  long tasks() {
    return layouts.stream().flatMap(s -> s.rows().stream()).map(Row::task).distinct().count();
  }

  /** Nothing if none of the family was raced. */
  void write(Markdown text) {
    if (layouts.isEmpty()) {
      return;
    }
    text.heading(3, "The rest of the family, " + SessionPage.threads(threads));
    text.paragraph(
        "A layer, or the geometric mean over layers of one kind: `backward-data` is the gradient "
            + "of the input, `backward-weights` that of weights and bias. What a library does "
            + "not take part in is a dash.");
    table(text);
  }

  /** Without a heading; nothing if none of the family was raced. */
  void table(Markdown text) {
    if (layouts.isEmpty()) {
      return;
    }
    List<String> header = new ArrayList<>(List.of("layer", "layers"));
    for (Standings standings : layouts) {
      header.add(standings.layout() + ": Convector, µs");
      if (threads > 1) {
        header.add("vs one thread");
      }
      standings.rivals().forEach(rival -> header.add("vs " + Names.of(rival)));
      header.add("vs the best");
    }
    List<List<String>> table = new ArrayList<>();
    groups()
        .forEach(
            (name, tasks) -> {
              List<String> cells = new ArrayList<>(List.of(name, Integer.toString(tasks.size())));
              layouts.forEach(standings -> cells.addAll(cells(standings, tasks)));
              table.add(cells);
            });
    text.table(header, table);
  }

  /**
   * One table of several machines and numbers of threads, a line for each kind of layers: mean
   * times, and ratios to the best. What nobody else does is left out.
   */
  static void sideBySide(Map<Integer, Map<String, Family>> tables, Markdown text) {
    Map<String, Set<String>> machines = new LinkedHashMap<>();
    tables
        .values()
        .forEach(
            families ->
                families.forEach(
                    (machine, family) ->
                        machines
                            .computeIfAbsent(machine, m -> new LinkedHashSet<>())
                            .addAll(family.layouts.stream().map(Standings::layout).toList())));
    List<String> header = new ArrayList<>(List.of("layers", "threads"));
    machines.forEach(
        (machine, layouts) -> {
          header.add(machine + ", number");
          for (String layout : layouts) {
            header.add(layout + ", µs");
            header.add("vs the best");
          }
        });
    List<List<String>> table = new ArrayList<>();
    tables.forEach(
        (threads, families) -> {
          for (String name : names(families.values())) {
            if (families.values().stream().anyMatch(f -> !f.compared(name).isEmpty())) {
              List<String> cells = new ArrayList<>(List.of(name, threads.toString()));
              machines.forEach(
                  (machine, layouts) -> cells.addAll(cells(families.get(machine), name, layouts)));
              table.add(cells);
            }
          }
        });
    text.table(header, table);
  }

  /** Kinds of layers. */
  private static Set<String> names(Collection<Family> families) {
    Set<String> names = new LinkedHashSet<>();
    for (Family family : families) {
      family.layouts.forEach(s -> s.rows().forEach(row -> names.add(row.network())));
    }
    return names;
  }

  /** Tasks of a kind that another library does, too, in some layout. */
  private List<String> compared(String kind) {
    return layouts.stream()
        .flatMap(s -> s.rows(kind).stream().filter(row -> !Double.isNaN(s.vsBest(row))))
        .map(Row::task)
        .distinct()
        .toList();
  }

  /**
   * @param family null where a machine has none
   */
  private static List<String> cells(Family family, String kind, Set<String> layouts) {
    List<String> tasks = family == null ? List.of() : family.compared(kind);
    List<String> cells = new ArrayList<>(List.of(Integer.toString(tasks.size())));
    for (String layout : layouts) {
      Optional<Standings> standings =
          family == null
              ? Optional.empty()
              : family.layouts.stream().filter(s -> s.layout().equals(layout)).findFirst();
      cells.add(standings.map(s -> number(micros(s, rows(s, tasks)))).orElse("–"));
      cells.add(standings.map(s -> vsBest(s, rows(s, tasks))).orElse("–"));
    }
    return cells;
  }

  /** The mean, and of several the least. */
  private static String vsBest(Standings standings, List<Row> rows) {
    double[] ratios =
        rows.stream().mapToDouble(standings::vsBest).filter(r -> !Double.isNaN(r)).toArray();
    String mean = ratio(mean(standings, rows, standings::best));
    return ratios.length < 2
        ? mean
        : mean + " (" + number(Arrays.stream(ratios).min().orElseThrow()) + ")";
  }

  /** Tasks by the name of their line: gradients by their network, others alone. */
  private Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (Standings standings : layouts) {
      for (Row row : standings.rows()) {
        String name = row.network().startsWith(BACKWARD) ? row.network() : row.task();
        List<String> tasks = groups.computeIfAbsent(name, n -> new ArrayList<>());
        if (!tasks.contains(row.task())) {
          tasks.add(row.task());
        }
      }
    }
    return groups;
  }

  private List<String> cells(Standings standings, List<String> tasks) {
    List<Row> rows = rows(standings, tasks);
    List<String> cells = new ArrayList<>();
    cells.add(number(micros(standings, rows)));
    if (threads > 1) {
      cells.add(ratio(mean(standings, rows, standings::serial)));
    }
    for (String rival : standings.rivals()) {
      cells.add(ratio(mean(standings, rows, row -> row.of(rival))));
    }
    cells.add(ratio(mean(standings, rows, standings::best)));
    return cells;
  }

  private static List<Row> rows(Standings standings, List<String> tasks) {
    return standings.rows().stream().filter(row -> tasks.contains(row.task())).toList();
  }

  private static double micros(Standings standings, List<Row> rows) {
    return SessionPage.mean(
        rows, row -> standings.ours(row).map(Timing::micros).orElse(Double.NaN));
  }

  private static double mean(
      Standings standings, List<Row> rows, Function<Row, Optional<Timing>> of) {
    return SessionPage.mean(rows, row -> Standings.ratio(standings.ours(row), of.apply(row)));
  }
}

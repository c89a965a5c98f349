package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.percent;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tables' networks on machines by layout and threads: each place is of the session with the
 * most layers there, of equals the newest.
 */
final class MachineTable {
  /** A layout, a number of threads and a batch, as a session measured them. */
  private record Place(Results results, Standings standings, int threads) {
    String title() {
      int batch = results.batch();
      return standings.layout()
          + ", "
          + SessionPage.threads(threads)
          + (batch == 1 ? "" : ", batch " + batch);
    }

    List<Row> rows() {
      return standings.rows().stream().filter(row -> !Overview.isDrawn(row.network())).toList();
    }

    boolean precedes(Place other) {
      int more = Integer.compare(rows().size(), other.rows().size());
      return more > 0
          || more == 0 && results.session().date().compareTo(other.results.session().date()) > 0;
    }
  }

  private final Map<String, Place> places = new LinkedHashMap<>();

  /**
   * @param sessions of one machine
   */
  MachineTable(List<Results> sessions) {
    Set<Integer> threadCounts = new TreeSet<>();
    sessions.forEach(results -> threadCounts.addAll(results.threadCounts()));
    for (int threads : threadCounts) {
      for (String layout : Overview.LAYOUTS) {
        for (Results results : sessions) {
          Place place = new Place(results, new Standings(results, layout, threads), threads);
          if (!place.rows().isEmpty()) {
            places.merge(place.title(), place, (a, b) -> b.precedes(a) ? b : a);
          }
        }
      }
    }
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /** The session of the first place. */
  Results first() {
    return places.values().iterator().next().results;
  }

  /** Of all sessions of the table. */
  List<Timing> timings() {
    return places.values().stream()
        .map(Place::results)
        .distinct()
        .flatMap(results -> results.timings().stream())
        .toList();
  }

  /** Machines beside each other. */
  static void write(Map<String, MachineTable> machines, Markdown text) {
    Set<String> networks = new LinkedHashSet<>();
    List<String> header = new ArrayList<>(List.of("vs the best, % of the peak, layers lost"));
    machines.forEach(
        (machine, table) ->
            table
                .places
                .values()
                .forEach(
                    place -> {
                      header.add(machine + ": " + place.title());
                      place.rows().forEach(row -> networks.add(row.network()));
                    }));
    List<List<String>> lines = new ArrayList<>();
    for (String network : networks) {
      List<String> cells = new ArrayList<>(List.of(network));
      for (MachineTable table : machines.values()) {
        table.places.values().forEach(place -> cells.add(cell(place, network)));
      }
      lines.add(cells);
    }
    text.table(header, lines);
  }

  private static String cell(Place place, String network) {
    Standings standings = place.standings;
    List<Row> rows = standings.rows(network);
    if (rows.isEmpty()) {
      return "–";
    }
    double share =
        SessionPage.mean(
            rows,
            row ->
                standings.ours(row).map(row::gflops).orElse(Double.NaN)
                    / place.results.peak(row.task(), place.threads));
    long lost = rows.stream().filter(standings::lost).count();
    long differ = rows.stream().filter(row -> SessionPage.differ(standings, row)).count();
    return "%s, %s, %d of %d%s"
        .formatted(
            ratio(SessionPage.mean(rows, standings::vsBest)),
            percent(share),
            lost,
            rows.size(),
            differ == 0 ? "" : ", forks differ on " + differ);
  }
}

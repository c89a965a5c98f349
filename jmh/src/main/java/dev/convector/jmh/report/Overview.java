package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.report.Standings.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** RESULTS.md: all kept sessions in at most 200 lines. */
final class Overview {
  static final String HOW_TO_READ =
      """
      Written by a program from `jmh/results`; `jmh/README.md` says how it is measured. A ratio is \
      the other's time over Convector's, so above 1 Convector is faster; losses are bold and marked \
      ▼. Times are medians over all turns of all forks, ± half the interquartile range; means are \
      geometric. GFLOP/s count two operations for each multiply-add of the direct method, also for \
      taps that lie in the padding and for those that Winograd saves, so that a layer can pass the \
      peak. The peak is that of multiply-adds that took turns with a layer's contenders. "The best" \
      is the fastest other library in the same layout. A dash is what a library can't do.""";

  private static final List<String> LAYOUTS = List.of("NHWC", "NCHW", "gemm");

  /** The newest of each name. */
  private final List<Results> newest = new ArrayList<>();

  private final List<Results> all;
  private final Markdown text;
  private final Charts charts;
  private final Path chartFolder;
  private final Path pages;

  /**
   * @param all sessions, by name, the newest of a name first
   * @param charts writes into {@code chartFolder}
   * @param chartFolder as RESULTS.md refers to it
   * @param pages folder of the sessions' pages, as RESULTS.md refers to it
   */
  Overview(List<Results> all, Markdown text, Charts charts, Path chartFolder, Path pages) {
    this.all = all;
    this.text = text;
    this.charts = charts;
    this.chartFolder = chartFolder;
    this.pages = pages;
    Set<String> names = new LinkedHashSet<>();
    all.stream().filter(r -> names.add(r.session().name())).forEach(newest::add);
  }

  /** All of it. */
  void write() throws IOException {
    text.heading(1, "Results");
    text.paragraph(HOW_TO_READ);
    measured();
    for (Map.Entry<String, List<Results>> machine : byMachine(newest).entrySet()) {
      Headline headline = new Headline(machine.getValue());
      if (headline.isEmpty()) {
        continue;
      }
      text.heading(2, machine.getKey());
      headline.write(text);
      for (Results results : machine.getValue()) {
        networks(results);
      }
    }
    drawn();
    wholeNetworks();
    family();
    collectors();
    repeated();
    reasons();
  }

  /** Sessions of each kind of processor. */
  static Map<String, List<Results>> byMachine(List<Results> sessions) {
    Map<String, List<Results>> machines = new LinkedHashMap<>();
    for (Results results : sessions) {
      machines.computeIfAbsent(results.session().processor(), p -> new ArrayList<>()).add(results);
    }
    return machines;
  }

  private void measured() {
    text.heading(2, "What was measured on what");
    List<List<String>> machines = new ArrayList<>();
    byMachine(newest).forEach((name, sessions) -> machines.add(machine(name, sessions)));
    text.table(
        List.of(
            "machine",
            "processors",
            "clock, GHz",
            "multiply-adds a cycle",
            "peak derived, GFLOP/s",
            "peak measured",
            "memory read, GB/s",
            "core round trip, ns",
            "JVM"),
        machines);
    List<List<String>> sessions = new ArrayList<>();
    for (Results results : newest) {
      Session s = results.session();
      String page = pages.resolve(results.title() + ".md").toString().replace('\\', '/');
      sessions.add(
          List.of(
              "[" + results.title() + "](" + page + ")",
              SessionPage.subject(results),
              Integer.toString(s.lanes()),
              s.collector(),
              s.forks() + " x " + s.rounds() + " x " + s.turnMillis() + " ms",
              s.commit(),
              "`" + s.command() + "`"));
    }
    text.table(
        List.of(
            "session, layer by layer",
            "what",
            "lanes",
            "collector",
            "forks x turns",
            "commit (+ means changed)",
            "command"),
        sessions);
  }

  /** Of the session that measured the machine most completely. */
  private static List<String> machine(String name, List<Results> sessions) {
    Results results =
        sessions.stream()
            .filter(r -> !Double.isNaN(r.clock()))
            .findFirst()
            .orElse(sessions.getFirst());
    return List.of(
        name,
        Integer.toString(results.session().processors()),
        number(results.clock()),
        number(results.multiplyAddsPerCycle()),
        number(results.derivedPeak()),
        number(results.peak(1)),
        number(results.reading("ReadBandwidth", 1)),
        number(results.reading("CoreRoundTrip", 2)),
        results.session().jdk());
  }

  /** One table of a session: networks by layout and threads. */
  private void networks(Results results) throws IOException {
    Map<String, Standings> places = new LinkedHashMap<>();
    Map<String, Integer> threadsOf = new LinkedHashMap<>();
    Set<String> groups = new LinkedHashSet<>();
    for (int threads : results.threadCounts()) {
      for (String layout : LAYOUTS) {
        Standings standings = new Standings(results, layout, threads);
        if (!standings.rows().isEmpty()) {
          String place = layout + ", " + SessionPage.threads(threads);
          places.put(place, standings);
          threadsOf.put(place, threads);
          standings.networks().stream().filter(g -> !isDrawn(g)).forEach(groups::add);
        }
      }
    }
    if (groups.isEmpty()) {
      return;
    }
    int batch = results.batch();
    text.heading(3, "Session " + results.session().name() + (batch == 1 ? "" : ", batch " + batch));
    List<String> header = new ArrayList<>(List.of("vs the best, % of the peak, layers lost"));
    header.addAll(places.keySet());
    List<List<String>> table = new ArrayList<>();
    for (String group : groups) {
      List<String> cells = new ArrayList<>(List.of(group));
      places.forEach((name, s) -> cells.add(cell(results, s, group, threadsOf.get(name))));
      table.add(cells);
    }
    text.table(header, table);
    text.paragraph(Allocation.sentence(results.timings()));
    chart(charts.bars(results), "GFLOP/s of each network and the peak");
  }

  /** Drawn layers have a section of their own. */
  static boolean isDrawn(String network) {
    return network.startsWith(LayerSpace.NAME + ",");
  }

  private static String cell(Results results, Standings standings, String group, int threads) {
    List<Row> rows = standings.rows(group);
    if (rows.isEmpty()) {
      return "–";
    }
    double share =
        SessionPage.mean(
            rows,
            row ->
                standings.ours(row).map(row::gflops).orElse(Double.NaN)
                    / results.peak(row.task(), threads));
    long lost = rows.stream().filter(standings::lost).count();
    long differ = rows.stream().filter(row -> SessionPage.differ(standings, row)).count();
    return ratio(SessionPage.mean(rows, standings::vsBest))
        + ", "
        + percent(share)
        + ", "
        + lost
        + " of "
        + rows.size()
        + (differ == 0 ? "" : ", forks differ on " + differ);
  }

  private void drawn() throws IOException {
    List<List<String>> lines = new ArrayList<>();
    Map<String, String> worst = new LinkedHashMap<>();
    Results shown = null;
    for (Results results : newest) {
      for (int threads : results.threadCounts()) {
        for (String layout : List.of("NHWC", "NCHW")) {
          DrawnTable drawn = new DrawnTable(results, layout, threads);
          if (!drawn.isEmpty()) {
            String place = layout + ", " + SessionPage.threads(threads);
            lines.addAll(drawn.lines(place));
            worst.put(results.session().name() + ", " + place, drawn.worst());
            shown = shown == null ? results : shown;
          }
        }
      }
    }
    if (lines.isEmpty()) {
      return;
    }
    text.heading(2, "Layers that no table has");
    text.paragraph(
        "Drawn from the space of real layers by a seed, one fork each; the ratio to the best.");
    text.table(DrawnTable.header(), lines);
    worst.forEach((place, names) -> text.bullet("worst ten, " + place, names));
    text.paragraph("");
    chart(charts.distribution(shown), "The ratio to the best over all drawn layers");
  }

  /** One table a machine; of what several sessions measured, that of the one with the most. */
  private void wholeNetworks() {
    List<Results> some = newest.stream().filter(r -> !r.session().networkRuns().isEmpty()).toList();
    if (some.isEmpty()) {
      return;
    }
    text.heading(2, "Whole networks");
    text.paragraph(NetworkTable.HOW_TO_READ);
    byMachine(some)
        .forEach(
            (machine, results) -> {
              List<Session> sessions =
                  results.stream()
                      .map(Results::session)
                      .sorted(Comparator.comparingInt(s -> -s.networkRuns().size()))
                      .toList();
              text.paragraph(titles(results) + ", " + machine + ":");
              new NetworkTable(sessions).table(text);
            });
  }

  private static String titles(List<Results> sessions) {
    return sessions.stream().map(Results::title).collect(Collectors.joining(", "));
  }

  /** For each machine and number of threads that session which has the most of it. */
  private void family() {
    Map<String, Family> tables = new LinkedHashMap<>();
    for (List<Results> sessions : byMachine(newest).values()) {
      Set<Integer> threadCounts = new TreeSet<>();
      sessions.forEach(results -> threadCounts.addAll(results.threadCounts()));
      for (int threads : threadCounts) {
        Results most =
            Collections.max(sessions, Comparator.comparing(r -> new Family(r, threads).tasks()));
        Family family = new Family(most, threads);
        if (family.tasks() > 0) {
          tables.put(most.title() + ", " + SessionPage.threads(threads) + ":", family);
        }
      }
    }
    if (!tables.isEmpty()) {
      text.heading(2, "Gradients and the rest of the family");
      tables.forEach(
          (title, family) -> {
            text.paragraph(title);
            family.table(text);
          });
    }
  }

  private void collectors() {
    List<CollectorTable> some =
        newest.stream().map(CollectorTable::new).filter(table -> !table.isEmpty()).toList();
    if (!some.isEmpty()) {
      text.heading(2, "Collectors");
      text.paragraph(CollectorTable.HOW_TO_READ);
      some.forEach(table -> table.kinds(text));
    }
  }

  /** Sessions of which two days are kept. */
  private void repeated() {
    List<List<String>> lines = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      Results older = all.get(i);
      Results newer = all.get(i - 1);
      boolean same = older.session().name().equals(newer.session().name());
      if (same && older.session().processor().equals(newer.session().processor())) {
        lines.addAll(Days.compared(older, newer));
      }
    }
    if (!lines.isEmpty()) {
      text.heading(2, "Two days");
      text.table(List.of("vs the best", "first day", "second day", "change"), lines);
    }
  }

  private void reasons() throws IOException {
    Map<String, List<String>> lost = new LinkedHashMap<>();
    Reasons reasons = new Reasons();
    for (Results results : newest) {
      for (String layout : LAYOUTS) {
        if (results.batch() == 1) {
          Standings standings = new Standings(results, layout, 1);
          reasons.collect(standings, results.session().processor(), lost);
        }
      }
    }
    if (!lost.isEmpty()) {
      text.heading(2, "Why layers are lost by more than a tenth");
      text.paragraph("Written by hand, from experiments that no command repeats.");
      Reasons.write(lost, text);
    }
  }

  private void chart(String file, String description) {
    text.picture(description, chartFolder.resolve(file).toString().replace('\\', '/'));
  }
}

package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.race.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

  /** What standings can be of. */
  static final List<String> LAYOUTS = List.of("NHWC", "NCHW", "gemm");

  /** The newest of each subject. */
  private final List<Results> newest;

  private final List<Results> all;
  private final CheckTable checks;
  private final Markdown text;
  private final Charts charts;
  private final Path chartFolder;
  private final Path pages;

  /**
   * @param all sessions, by subject, the newest of a subject first
   * @param checks long runs of the tests
   * @param charts writes into {@code chartFolder}
   * @param chartFolder as RESULTS.md refers to it
   * @param pages folder of the sessions' pages, as RESULTS.md refers to it
   */
  Overview(
      List<Results> all,
      CheckTable checks,
      Markdown text,
      Charts charts,
      Path chartFolder,
      Path pages) {
    this.all = all;
    this.checks = checks;
    this.text = text;
    this.charts = charts;
    this.chartFolder = chartFolder;
    this.pages = pages;
    newest = newest(all);
  }

  /** Of each subject the first. */
  static List<Results> newest(List<Results> all) {
    Set<List<String>> subjects = new HashSet<>();
    return all.stream().filter(results -> subjects.add(results.subject())).toList();
  }

  /** All of it. */
  void write() throws IOException {
    text.heading(1, "Results");
    text.paragraph(HOW_TO_READ);
    measured();
    headlines();
    drawn();
    wholeNetworks();
    family();
    collectors();
    repeated();
    reasons();
    checks();
  }

  /** Sessions of each kind of machine. */
  static Map<String, List<Results>> byMachine(List<Results> sessions) {
    Map<String, List<Results>> machines = new LinkedHashMap<>();
    for (Results results : sessions) {
      machines.computeIfAbsent(results.session().machine(), m -> new ArrayList<>()).add(results);
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

  /** What README says of one machine, of all, and each one's networks. */
  private void headlines() throws IOException {
    Map<String, Headline> headlines = new LinkedHashMap<>();
    Map<String, MachineTable> networks = new LinkedHashMap<>();
    byMachine(newest)
        .forEach(
            (machine, sessions) -> {
              Headline headline = new Headline(sessions);
              if (!headline.isEmpty()) {
                headlines.put(machine, headline);
                networks.put(machine, new MachineTable(sessions));
              }
            });
    if (headlines.isEmpty()) {
      return;
    }
    text.heading(2, "The headline");
    Headline.write(headlines, text);
    text.paragraph(
        Allocation.sentence(
            networks.values().stream().flatMap(table -> table.timings().stream()).toList()));
    networks.values().removeIf(MachineTable::isEmpty);
    if (networks.isEmpty()) {
      return;
    }
    text.heading(2, "The tables' networks");
    MachineTable.write(networks, text);
    for (Map.Entry<String, MachineTable> machine : networks.entrySet()) {
      chart(
          charts.bars(machine.getValue().first()),
          "GFLOP/s of each network and the peak, " + machine.getKey());
    }
  }

  /** Drawn layers have a section of their own. */
  static boolean isDrawn(String network) {
    return network.startsWith(LayerSpace.NAME + ",");
  }

  private void drawn() throws IOException {
    Map<String, DrawnTable> tables = new LinkedHashMap<>();
    Map<String, DrawnTable> ofShown = new LinkedHashMap<>();
    Results shown = null;
    for (Results results : newest) {
      for (int threads : results.threadCounts()) {
        for (String layout : List.of("NHWC", "NCHW")) {
          DrawnTable drawn = new DrawnTable(results, layout, threads);
          if (!drawn.isEmpty()) {
            String place = layout + ", " + SessionPage.threads(threads);
            tables.put(results.title() + ", " + place, drawn);
            shown = shown == null ? results : shown;
            if (results == shown) {
              ofShown.put(results.title() + ", " + place, drawn);
            }
          }
        }
      }
    }
    if (tables.isEmpty()) {
      return;
    }
    text.heading(2, "Layers that no table has");
    text.paragraph(
        "Drawn from the space of real layers by a seed, one fork each; the ratio to the best, of "
            + "each class the mean and in brackets the least.");
    DrawnTable.write(tables, text);
    ofShown.forEach((place, drawn) -> text.bullet("worst ten, " + place, drawn.worst()));
    text.endOfList();
    chart(charts.distribution(shown), "The ratio to the best over all drawn layers");
  }

  /** Of what several sessions of a machine measured, that of the one with the most. */
  private void wholeNetworks() {
    List<Results> some = newest.stream().filter(r -> !r.session().networkRuns().isEmpty()).toList();
    if (some.isEmpty()) {
      return;
    }
    text.heading(2, "Whole networks");
    text.paragraph(NetworkTable.HOW_TO_READ_BRIEFLY);
    Map<String, List<Session>> machines = new LinkedHashMap<>();
    byMachine(some)
        .forEach(
            (machine, results) ->
                machines.put(
                    machine,
                    results.stream()
                        .map(Results::session)
                        .sorted(Comparator.comparingInt(s -> -s.networkRuns().size()))
                        .toList()));
    NetworkTable.machines(machines, text);
  }

  /** For each number of threads, of each machine that session which has the most of it. */
  private void family() {
    Map<Integer, Map<String, Family>> tables = new TreeMap<>();
    byMachine(newest)
        .forEach(
            (machine, sessions) -> {
              Set<Integer> threadCounts = new TreeSet<>();
              sessions.forEach(results -> threadCounts.addAll(results.threadCounts()));
              for (int threads : threadCounts) {
                Family most =
                    sessions.stream()
                        .map(results -> new Family(results, threads))
                        .max(Comparator.comparing(Family::tasks))
                        .orElseThrow();
                if (most.tasks() > 0) {
                  tables.computeIfAbsent(threads, t -> new LinkedHashMap<>()).put(machine, most);
                }
              }
            });
    if (!tables.isEmpty()) {
      text.heading(2, "Gradients and the rest of the family");
      text.paragraph(
          "Geometric means over the layers of a kind, and in brackets the least; each layer stands "
              + "in the page of its session.");
      Family.sideBySide(tables, text);
    }
  }

  private void collectors() {
    List<CollectorTable> some =
        newest.stream().map(CollectorTable::new).filter(table -> !table.isEmpty()).toList();
    if (!some.isEmpty()) {
      text.heading(2, "Collectors");
      some.forEach(table -> table.kinds(text));
    }
  }

  /** Sessions of which two days are kept. */
  private void repeated() {
    List<List<String>> lines = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      Results older = all.get(i);
      Results newer = all.get(i - 1);
      if (older.subject().equals(newer.subject())) {
        lines.addAll(Days.compared(older, newer));
      }
    }
    if (!lines.isEmpty()) {
      text.heading(2, "Two days");
      text.table(Days.header(), lines);
    }
  }

  private void reasons() throws IOException {
    Map<String, List<String>> lost = new LinkedHashMap<>();
    Reasons reasons = new Reasons();
    for (Results results : newest) {
      for (String layout : LAYOUTS) {
        if (results.batch() == 1) {
          Standings standings = new Standings(results, layout, 1);
          reasons.collect(standings, results.session().machine(), lost);
        }
      }
    }
    if (!lost.isEmpty()) {
      text.heading(2, "Why layers are lost by more than a tenth");
      Reasons.write(lost, text);
    }
  }

  private void checks() {
    if (!checks.isEmpty()) {
      text.heading(2, "Long runs of the tests");
      text.paragraph(CheckTable.HOW_TO_READ);
      checks.write(text);
    }
  }

  private void chart(String file, String description) {
    text.picture(description, chartFolder.resolve(file).toString().replace('\\', '/'));
  }
}

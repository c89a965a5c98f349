package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.Fact;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The parts of the report that tell of one session. */
final class Sections {
  static final String HOW_TO_READ =
      """
      Written by a program from the JMH results in `jmh/results`; see `jmh/README.md` for how they \
      are measured. A ratio is the other's time over Convector's, so above 1 Convector is faster; \
      losses are bold and marked ▼. Times are medians over all turns of all forks, ± half the \
      interquartile range. GFLOP/s count two operations for each multiply-add of the direct \
      method, so that Winograd can pass the peak. Contenders are compared within one layout of \
      input and output. A share of the peak is one of the multiply-adds that took turns with a \
      task's contenders, since the clock changes from second to second; on more threads, and in \
      sessions that did not measure it so, of the mean before and after the session.""";

  /** More than this between the peak before and after, and the machine was not at rest. */
  private static final double DISTURBED = 0.05;

  /** The network whose layers on one image are bounded by how fast weights are read. */
  private static final String STREAMING = "fullyconnected";

  private final Results results;
  private final Session session;
  private final Markdown text;

  Sections(Results results, Markdown text) {
    this.results = results;
    this.session = results.session();
    this.text = text;
  }

  static String title(Results results) {
    int batch = results.batch();
    return "Session " + results.session().name() + (batch == 1 ? "" : ", batch " + batch);
  }

  /** What a session is about, in a line. */
  static String subject(Results results) {
    Set<String> parts = new LinkedHashSet<>();
    for (int threads : results.threadCounts()) {
      for (String layout : List.of("NHWC", "NCHW", "gemm")) {
        int tasks = new Standings(results, layout, threads).rows().size();
        if (tasks > 0) {
          parts.add(layout + " on " + threads(threads) + " (" + tasks + ")");
        }
      }
      long family = new Family(results, threads).tasks();
      if (family > 0) {
        parts.add("the family on " + threads(threads) + " (" + family + ")");
      }
    }
    Session session = results.session();
    if (!session.firstUses().isEmpty()) {
      parts.add("first use");
    }
    if (!session.roundings().isEmpty()) {
      parts.add("accuracy");
    }
    if (!session.plannings().isEmpty()) {
      parts.add("planning");
    }
    if (!session.separables().isEmpty()) {
      parts.add("separable");
    }
    long networks = session.networkRuns().stream().map(NetworkRun::network).distinct().count();
    if (networks > 0) {
      parts.add("whole networks (" + networks + ")");
    }
    return (parts.isEmpty() ? "the machine" : String.join(", ", parts))
        + "; vectors of "
        + session.lanes()
        + " floats, "
        + session.processor()
        + ", "
        + session.date().substring(0, 10);
  }

  void environment() {
    text.heading(2, title(results));
    Map<String, String> versions = new TreeMap<>();
    for (Fact fact : session.facts()) {
      if (!fact.version().isEmpty()) {
        versions.put(Names.library(fact.contender()), fact.version());
      }
    }
    session.networkRuns().forEach(run -> versions.put(run.contender(), run.version()));
    List<String> names =
        versions.entrySet().stream().map(e -> Names.of(e.getKey()) + " " + e.getValue()).toList();
    List<String> cleared = session.clearedVariables();
    text.bullet("command", "`" + session.command() + "`");
    text.bullet("date, commit", session.date() + ", " + session.commit());
    text.bullet(
        "machine",
        session.processor()
            + ", "
            + session.processors()
            + " processors, "
            + (session.memoryBytes() >> 30)
            + " GiB, "
            + session.system());
    text.bullet("JDK", session.jdk());
    text.bullet("flags of the forks", "`" + String.join(" ", session.jvmFlags()) + "`");
    text.bullet("vectors", session.lanes() + " floats");
    if (names.isEmpty()) {
      text.paragraph("");
      return;
    }
    text.bullet("versions", String.join(", ", names));
    text.bullet(
        "measured",
        session.forks()
            + " forks of "
            + session.rounds()
            + " turns of "
            + session.turnMillis()
            + " ms, after turns of "
            + session.warmupMillis()
            + " ms to warm up");
    text.bullet(
        "environment",
        "variables that tune native libraries are removed for all forks (OMP_*, DNNL_*, MKL_*, "
            + "OPENBLAS_*, KMP_* and the like); set were "
            + (cleared.isEmpty() ? "none" : String.join(", ", cleared)));
    text.paragraph("");
  }

  void machine() {
    List<List<String>> rows = new ArrayList<>();
    List<String> disturbances = new ArrayList<>();
    for (int threads : results.machineThreads()) {
      double before = results.peak(threads, "before");
      double after = results.peak(threads, "after");
      String name = "FMA peak, " + threads(threads) + ", GFLOP/s";
      rows.add(List.of(name, number(before), number(after)));
      if (Math.abs(after / before - 1) > DISTURBED) {
        disturbances.add(name);
      }
      if (!Double.isNaN(results.readBandwidth(threads))) {
        rows.add(
            List.of(
                "memory read, " + threads(threads) + ", GB/s",
                number(results.readBandwidth(threads, "before")),
                number(results.readBandwidth(threads, "after"))));
      }
      rows.add(
          List.of(
              "memory copy, " + threads(threads) + ", GB/s",
              number(results.bandwidth(threads, "before")),
              number(results.bandwidth(threads, "after"))));
    }
    rows.add(
        List.of(
            "round trip between two cores, ns",
            number(results.roundTrip("before")),
            number(results.roundTrip("after"))));
    text.table(List.of("the machine", "before", "after"), rows);
    text.paragraph(
        disturbances.isEmpty()
            ? "The peak before and after agree within 5 %."
            : "**The machine was disturbed: before and after differ by more than 5 % in "
                + String.join(" and ", disturbances)
                + ".**");
  }

  void disqualified() {
    List<List<String>> rows =
        session.facts().stream()
            .filter(fact -> !fact.failure().isEmpty())
            .map(
                fact ->
                    List.of(
                        fact.contender(),
                        fact.task(),
                        Integer.toString(fact.threads()),
                        fact.failure().lines().findFirst().orElse("").replace("|", "\\|")))
            .distinct()
            .toList();
    if (session.facts().isEmpty()) {
      return;
    }
    if (rows.isEmpty()) {
      text.paragraph(
          "Every contender's output agrees with the oracle's on every task of the session.");
    } else {
      text.paragraph("Disqualified:");
      text.table(List.of("contender", "task", "threads", "why"), rows);
    }
  }

  void standings(Standings standings, int threads) {
    String layout = standings.layout();
    boolean products = layout.equals("gemm");
    int batch = products ? 1 : results.batch();
    text.heading(
        3,
        (products ? "Matrix products" : layout)
            + ", "
            + threads(threads)
            + (batch == 1 ? "" : ", batch " + batch));
    networks(standings, threads);
    for (String network : standings.networks()) {
      text.fold(network + ", layer by layer");
      layers(standings, network, threads);
      others(standings, network);
      memory(standings, network);
      text.unfold();
    }
  }

  /** For README: one thread, each layout, each network. */
  void headline() {
    for (String layout : List.of("NHWC", "NCHW")) {
      Standings standings = new Standings(results, layout, 1);
      if (!standings.rows().isEmpty()) {
        text.paragraph(
            layout + ", one thread, " + session.processor() + " (speed relative to each):");
        networks(standings, 1);
      }
    }
  }

  private void networks(Standings standings, int threads) {
    List<String> header = new ArrayList<>(List.of("geometric mean", "layers"));
    header.addAll(List.of("Convector, GFLOP/s", "of the peak"));
    List<String> rivals = List.copyOf(standings.rivals());
    rivals.forEach(rival -> header.add("vs " + Names.of(rival)));
    header.addAll(List.of("vs the best", "lost", "without Winograd, vs the best"));
    List<List<String>> table = new ArrayList<>();
    for (String network : standings.networks()) {
      List<Row> rows = standings.rows(network);
      double speed = mean(rows, row -> standings.ours(row).map(row::gflops).orElse(Double.NaN));
      List<String> cells = new ArrayList<>(List.of(network, Integer.toString(rows.size())));
      cells.add(number(speed));
      cells.add(
          percent(
              mean(
                  rows,
                  row ->
                      standings.ours(row).map(row::gflops).orElse(Double.NaN)
                          / results.peak(row.task(), threads))));
      for (String rival : rivals) {
        cells.add(ratio(mean(rows, row -> Standings.ratio(standings.ours(row), row.of(rival)))));
      }
      cells.add(
          ratio(mean(rows, row -> Standings.ratio(standings.ours(row), standings.best(row)))));
      long lost =
          rows.stream()
              .filter(row -> Standings.ratio(standings.ours(row), standings.best(row)) < 1)
              .count();
      cells.add(Long.toString(lost));
      cells.add(
          ratio(mean(rows, row -> Standings.ratio(standings.direct(row), standings.best(row)))));
      table.add(cells);
    }
    text.table(header, table);
  }

  private void layers(Standings standings, String network, int threads) {
    List<String> rivals = List.copyOf(standings.rivals());
    double read = results.readBandwidth(threads);
    boolean streaming = network.equals(STREAMING) && !Double.isNaN(read);
    List<String> header = new ArrayList<>(List.of("layer", "algorithm", "µs", "GFLOP/s"));
    header.add("of the peak");
    if (streaming) {
      header.addAll(List.of("GB/s", "of the memory's read"));
    }
    rivals.forEach(rival -> header.add(Names.of(rival) + ", µs"));
    header.addAll(List.of("vs the best", "without Winograd", "oracle, ms"));
    List<List<String>> table = new ArrayList<>();
    for (Row row : standings.rows(network)) {
      Optional<Timing> ours = standings.ours(row);
      double speed = ours.map(row::gflops).orElse(Double.NaN);
      List<String> cells = new ArrayList<>();
      cells.add(row.task().substring(row.task().indexOf('/') + 1));
      cells.add(ours.map(Timing::algorithm).orElse("–"));
      cells.add(micros(ours));
      cells.add(number(speed));
      cells.add(percent(speed / results.peak(row.task(), threads)));
      if (streaming) {
        double bytes = ours.map(t -> row.bytes() / t.median()).orElse(Double.NaN);
        cells.addAll(List.of(number(bytes), percent(bytes / read)));
      }
      rivals.forEach(rival -> cells.add(micros(row.of(rival))));
      cells.add(ratio(Standings.ratio(ours, standings.best(row))));
      cells.add(ratio(Standings.ratio(standings.direct(row), standings.best(row))));
      double oracle =
          row.timings().values().stream()
              .mapToDouble(Timing::oracleNanos)
              .average()
              .orElse(Double.NaN);
      cells.add(number(oracle / 1e6));
      table.add(cells);
    }
    text.table(header, table);
    if (streaming) {
      text.paragraph(
          "GB/s are what must move at least; weights that fit the last cache (2048 x 1000 are 8 MB) "
              + "stay in it from call to call and pass the memory's speed.");
    }
  }

  private void others(Standings standings, String network) {
    List<String> others = List.copyOf(standings.others());
    if (!others.isEmpty()) {
      text.paragraph(
          "Convector otherwise, µs (forced algorithms; for products, both sides packed in the call):");
      cells(standings, network, others, Sections::micros);
    }
  }

  private void memory(Standings standings, String network) {
    List<String> names = new ArrayList<>();
    for (Row row : standings.rows(network)) {
      row.timings().keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
    }
    text.paragraph(
        "Bytes allocated on the Java heap by a call / KiB of workspace (– where the library "
            + "doesn't tell):");
    cells(
        standings,
        network,
        names,
        timing ->
            timing
                .map(
                    t ->
                        String.format(Locale.ROOT, "%.0f", t.allocatedBytes())
                            + " / "
                            + number(
                                t.workspaceBytes() < 0 ? Double.NaN : t.workspaceBytes() / 1024.0))
                .orElse("–"));
  }

  private void cells(
      Standings standings,
      String network,
      List<String> contenders,
      Function<Optional<Timing>, String> cell) {
    List<String> header = new ArrayList<>(List.of("layer"));
    contenders.forEach(name -> header.add(Names.of(name)));
    List<List<String>> table = new ArrayList<>();
    for (Row row : standings.rows(network)) {
      List<String> cells = new ArrayList<>();
      cells.add(row.task().substring(row.task().indexOf('/') + 1));
      contenders.forEach(name -> cells.add(cell.apply(row.of(name))));
      table.add(cells);
    }
    text.table(header, table);
  }

  static String micros(Optional<Timing> timing) {
    return timing.map(t -> number(t.median() / 1000) + " ± " + percent(t.spread())).orElse("–");
  }

  static double mean(List<Row> rows, ToDoubleFunction<Row> value) {
    OptionalDouble mean = Standings.geometricMean(rows, value);
    return mean.orElse(Double.NaN);
  }

  static String threads(int count) {
    return count == 1 ? "one thread" : count + " threads";
  }
}

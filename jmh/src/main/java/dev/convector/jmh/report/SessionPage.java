package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A session layer by layer, in a file of its own. */
final class SessionPage {
  /** More than this between the peak before and after, and the machine was not at rest. */
  private static final double DISTURBED = 0.05;

  /** More than this between forks, and a row says so. */
  private static final double DIFFER = 0.05;

  /** The network whose layers on one image are bounded by how fast weights are read. */
  private static final String STREAMING = "fullyconnected";

  private final Results results;
  private final Session session;
  private final Markdown text;

  SessionPage(Results results, Markdown text) {
    this.results = results;
    this.session = results.session();
    this.text = text;
  }

  /** The whole page. */
  void write() {
    int batch = results.batch();
    text.heading(1, "Session " + results.title() + (batch == 1 ? "" : ", batch " + batch));
    text.paragraph(Overview.HOW_TO_READ);
    environment();
    machine();
    disqualified();
    for (int threads : results.threadCounts()) {
      for (String layout : List.of("NHWC", "NCHW", "gemm")) {
        Standings standings = new Standings(results, layout, threads);
        if (!standings.rows().isEmpty()) {
          standings(standings, threads);
          Judgements judgements = new Judgements(standings, threads, text);
          judgements.choice();
          judgements.scaling();
        }
      }
      new Family(results, threads).write(text);
    }
    new CollectorTable(results).write(text);
    new Extras(results, text).write();
    NetworkTable.write(session, text);
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
    if (!session.scalings().isEmpty()) {
      parts.add("scaling");
    }
    CollectorTable collectors = new CollectorTable(results);
    if (!collectors.isEmpty()) {
      parts.add("collectors: " + collectors.subject());
    }
    long networks = session.networkRuns().stream().map(NetworkRun::network).distinct().count();
    if (networks > 0) {
      parts.add("whole networks (" + networks + ")");
    }
    return parts.isEmpty() ? "the machine" : String.join(", ", parts);
  }

  void environment() {
    Map<String, String> versions = new TreeMap<>(session.versions());
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
    text.bullet("JVM", session.jdk() + ", collector " + session.collector());
    session.absent().forEach((library, why) -> text.bullet("without " + Names.of(library), why));
    text.bullet("flags of the forks", "`" + String.join(" ", session.jvmFlags()) + "`");
    text.bullet("vectors", session.lanes() + " floats");
    if (names.isEmpty()) {
      text.endOfList();
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
    text.endOfList();
  }

  void machine() {
    List<List<String>> rows = new ArrayList<>();
    List<String> disturbances = new ArrayList<>();
    rows.add(
        List.of(
            "clock, GHz",
            number(results.reading("ClockSpeed", 1, "before")),
            number(results.reading("ClockSpeed", 1, "after"))));
    for (int threads : results.machineThreads()) {
      double before = results.peak(threads, "before");
      double after = results.peak(threads, "after");
      String name = "FMA peak, " + threads(threads) + ", GFLOP/s";
      rows.add(List.of(name, number(before), number(after)));
      if (Math.abs(after / before - 1) > DISTURBED) {
        disturbances.add(name);
      }
      if (!Double.isNaN(results.reading("ReadBandwidth", threads))) {
        rows.add(
            List.of(
                "memory read, " + threads(threads) + ", GB/s",
                number(results.reading("ReadBandwidth", threads, "before")),
                number(results.reading("ReadBandwidth", threads, "after"))));
      }
      rows.add(
          List.of(
              "memory copy, " + threads(threads) + ", GB/s",
              number(results.reading("MemoryBandwidth", threads, "before")),
              number(results.reading("MemoryBandwidth", threads, "after"))));
    }
    rows.add(
        List.of(
            "round trip between two cores, ns",
            number(results.reading("CoreRoundTrip", 2, "before")),
            number(results.reading("CoreRoundTrip", 2, "after"))));
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
        results.timings().stream()
            .filter(timing -> !timing.failure().isEmpty())
            .map(
                timing ->
                    List.of(
                        timing.contender(),
                        timing.task(),
                        Integer.toString(timing.threads()),
                        timing.failure().replace("|", "\\|")))
            .toList();
    if (results.timings().isEmpty()) {
      return;
    }
    if (rows.isEmpty()) {
      text.paragraph(
          "Every contender's output agrees with the oracle's on every task of the session.");
    } else {
      text.paragraph(
          "Disqualified; below they are marked \"failed\", and no ratio counts them as slower:");
      text.table(List.of("contender", "task", "threads", "why"), rows);
    }
    text.paragraph(Allocation.sentence(results.timings()));
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
      text.unfold();
    }
  }

  private void networks(Standings standings, int threads) {
    List<String> header = new ArrayList<>(List.of("geometric mean", "layers"));
    header.addAll(List.of("Convector, GFLOP/s", "of the peak"));
    List<String> rivals = List.copyOf(standings.libraries(standings.rows()));
    rivals.forEach(rival -> header.add("vs " + Names.of(rival)));
    header.addAll(List.of("vs the best", "in any layout", "lost", "forks differ"));
    header.add("without Winograd, vs the best");
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
        cells.add(
            ratio(
                mean(rows, row -> Standings.ratio(standings.ours(row), standings.of(row, rival)))));
      }
      cells.add(ratio(mean(rows, standings::vsBest)));
      cells.add(
          ratio(mean(rows, r -> Standings.ratio(standings.ours(r), standings.bestAnywhere(r)))));
      cells.add(Long.toString(rows.stream().filter(standings::lost).count()));
      cells.add(Long.toString(rows.stream().filter(r -> differ(standings, r)).count()));
      cells.add(
          ratio(mean(rows, row -> Standings.ratio(standings.direct(row), standings.best(row)))));
      table.add(cells);
    }
    text.table(header, table);
  }

  private void layers(Standings standings, String network, int threads) {
    List<String> rivals = List.copyOf(standings.libraries(standings.rows(network)));
    double read = results.reading("ReadBandwidth", threads);
    boolean streaming = network.equals(STREAMING) && !Double.isNaN(read);
    List<String> header = new ArrayList<>(List.of("layer", "algorithm", "µs", "GFLOP/s"));
    header.add("of the peak");
    if (streaming) {
      header.addAll(List.of("GB/s", "of the memory's read"));
    }
    rivals.forEach(rival -> header.add(Names.of(rival) + ", µs"));
    header.addAll(List.of("vs the best", "in any layout", "forks", "without Winograd"));
    header.add("oracle, ms");
    List<List<String>> table = new ArrayList<>();
    for (Row row : standings.rows(network)) {
      Optional<Timing> ours = standings.ours(row);
      double speed = ours.map(row::gflops).orElse(Double.NaN);
      List<String> cells = new ArrayList<>();
      cells.add(row.task().substring(row.task().indexOf('/') + 1));
      cells.add(ours.map(Timing::algorithm).orElse("–"));
      cells.add(ours.isPresent() ? micros(ours) : "failed");
      cells.add(number(speed));
      double share = speed / results.peak(row.task(), threads);
      cells.add(percent(share) + (share > 1 ? " " + whyAbove(row, ours.get()) : ""));
      if (streaming) {
        double bytes = ours.map(t -> row.bytes() / t.micros() / 1000).orElse(Double.NaN);
        cells.addAll(List.of(number(bytes), percent(bytes / read)));
      }
      rivals.forEach(rival -> cells.add(micros(standings, row, rival)));
      cells.add(ratio(standings.vsBest(row)));
      cells.add(ratio(Standings.ratio(ours, standings.bestAnywhere(row))));
      double spread = standings.forkSpread(row);
      cells.add(differ(standings, row) ? "**differ " + percent(spread) + "**" : percent(spread));
      cells.add(ratio(Standings.ratio(standings.direct(row), standings.best(row))));
      double oracle =
          row.timings().values().stream()
              .mapToDouble(Timing::oracleMillis)
              .average()
              .orElse(Double.NaN);
      cells.add(number(oracle));
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
      cells(standings, network, others, SessionPage::micros);
    }
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
    return timing.map(t -> number(t.micros()) + " ± " + percent(t.spread())).orElse("–");
  }

  /** A dash for what a library can't do; what it got wrong has failed. */
  private static String micros(Standings standings, Row row, String library) {
    Optional<Timing> timing = standings.of(row, library);
    boolean failed = row.failed().stream().anyMatch(c -> Names.library(c).equals(library));
    return timing.isEmpty() && failed ? "failed" : micros(timing);
  }

  static boolean differ(Standings standings, Row row) {
    return standings.forkSpread(row) > DIFFER;
  }

  /** Why a layer can pass the peak: less work than the direct method's is counted as it. */
  private static String whyAbove(Row row, Timing ours) {
    if (ours.algorithm().startsWith("WINOGRAD")) {
      return "(Winograd)";
    }
    Layer layer = Tables.layer(row.task());
    double inside = (double) layer.flopsInside() / layer.flops();
    return inside < 1 ? "(" + percent(1 - inside) + " of the taps lie in the padding)" : "";
  }

  static double mean(List<Row> rows, ToDoubleFunction<Row> value) {
    OptionalDouble mean = Standings.geometricMean(rows, value);
    return mean.orElse(Double.NaN);
  }

  static String threads(int count) {
    return count == 1 ? "one thread" : count + " threads";
  }
}

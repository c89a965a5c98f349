package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a session measured of whole networks: one table, all numbers of threads. */
final class NetworkTable {
  private static final String OURS = "convector";

  private final List<NetworkRun> runs;

  NetworkTable(Session session) {
    runs = session.networkRuns();
  }

  /** Nothing if there were none. */
  void write(Markdown text) {
    if (runs.isEmpty()) {
      return;
    }
    text.heading(3, "Whole networks");
    text.paragraph(
        "Milliseconds of a run of a model in the ONNX format; a ratio above 1 means that Convector "
            + "is faster. The first answer is that of a fresh session on one thread, or the "
            + "fewest that were measured, from the file on, where Convector's code is not yet "
            + "compiled. The difference is the largest between outputs, in parts of the output's "
            + "root mean square, on any number of threads; above "
            + scientific(NetworkRun.TOLERANCE)
            + " it is bold and marked ▼. Weights are random but those of PP-OCR. Each network has "
            + "one JVM for each number of threads, with turns and warming up "
            + NetworkRun.TIMES_LONGER
            + " times as long as said above.");
    table(text);
  }

  /** Without a heading. */
  void table(Markdown text) {
    List<Integer> threads = runs.stream().map(NetworkRun::threads).distinct().sorted().toList();
    List<String> rivals =
        runs.stream().map(NetworkRun::contender).distinct().filter(c -> !c.equals(OURS)).toList();
    List<String> header = new ArrayList<>(List.of("network", "input"));
    for (int count : threads) {
      header.add(SessionPage.threads(count) + ": Convector, ms");
      rivals.forEach(rival -> header.add("vs " + Names.of(rival)));
    }
    header.add("first answer: Convector, ms");
    rivals.forEach(rival -> header.add(Names.of(rival) + ", ms"));
    header.add("difference");
    List<List<String>> table = new ArrayList<>();
    for (String network : runs.stream().map(NetworkRun::network).distinct().toList()) {
      table.add(row(network, threads, rivals));
    }
    text.table(header, table);
  }

  private List<String> row(String network, List<Integer> threads, List<String> rivals) {
    List<NetworkRun> all = runs.stream().filter(run -> run.network().equals(network)).toList();
    String input =
        all.getFirst().input().stream().map(Object::toString).collect(Collectors.joining("x"));
    List<String> cells = new ArrayList<>(List.of(network, input));
    for (int count : threads) {
      double ours = value(find(all, count, OURS), NetworkRun::millis);
      cells.add(number(ours));
      for (String rival : rivals) {
        cells.add(ratio(value(find(all, count, rival), NetworkRun::millis) / ours));
      }
    }
    int fewest = threads.getFirst();
    cells.add(number(value(find(all, fewest, OURS), NetworkRun::firstMillis)));
    for (String rival : rivals) {
      cells.add(number(value(find(all, fewest, rival), NetworkRun::firstMillis)));
    }
    cells.add(rivals.isEmpty() ? "–" : difference(all));
    return cells;
  }

  /** A NaN is no agreement. */
  private static String difference(List<NetworkRun> all) {
    double largest =
        all.stream()
            .filter(run -> run.contender().equals(OURS))
            .mapToDouble(NetworkRun::difference)
            .max()
            .orElse(Double.NaN);
    String shown = scientific(largest);
    return largest <= NetworkRun.TOLERANCE ? shown : "**" + shown + " ▼**";
  }

  private static Optional<NetworkRun> find(List<NetworkRun> all, int threads, String contender) {
    return all.stream()
        .filter(run -> run.threads() == threads && run.contender().equals(contender))
        .findFirst();
  }

  private static double value(Optional<NetworkRun> run, ToDoubleFunction<NetworkRun> of) {
    return run.map(of::applyAsDouble).orElse(Double.NaN);
  }

  private static String scientific(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.1e", value);
  }
}

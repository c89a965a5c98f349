package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.race.FreshProcess;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whole networks: one table, a row for each network, batch and number of threads. */
final class NetworkTable {
  private static final String IN_TURN =
      "Of models in the ONNX format, in turn; a ratio above 1 means that Convector is faster. The "
          + "other columns are of fresh processes that run nothing else: from a process's start to "
          + "the first answer";

  private static final String WEIGHTS = " Weights are random but those of PP-OCR.";

  static final String HOW_TO_READ =
      IN_TURN
          + ", and until it runs at 90 % of its speed in the end; its largest "
          + "resident set. The difference is the largest between outputs, in parts of the "
          + "output's root mean square; above "
          + scientific(NetworkRun.TOLERANCE)
          + " it is bold and marked ▼."
          + WEIGHTS;

  static final String HOW_TO_READ_BRIEFLY =
      IN_TURN
          + ", and its largest resident set, in brackets the other library's. The pages of the "
          + "sessions say how far outputs differ, too."
          + WEIGHTS;

  private static final String OURS = "convector";

  /** A row: who ran it. */
  private record Key(String network, List<Integer> input, int threads) {
    static Key of(NetworkRun run) {
      return new Key(run.network(), run.input(), run.threads());
    }

    int batch() {
      return input.getFirst();
    }

    /** Whether it is of one image on one thread. */
    boolean isSingle() {
      return batch() == 1 && threads == 1;
    }

    List<String> cells() {
      String size = input.stream().skip(1).map(Object::toString).collect(Collectors.joining("x"));
      return List.of(network, size, Integer.toString(batch()), Integer.toString(threads));
    }
  }

  private final Map<Key, Map<String, NetworkRun>> rows = new LinkedHashMap<>();

  /**
   * @param sessions of one machine; of what several measured the first counts
   */
  NetworkTable(List<Session> sessions) {
    for (Session session : sessions) {
      Set<Key> before = Set.copyOf(rows.keySet());
      for (NetworkRun run : session.networkRuns()) {
        if (!before.contains(Key.of(run))) {
          rows.computeIfAbsent(Key.of(run), key -> new LinkedHashMap<>()).put(run.contender(), run);
        }
      }
    }
  }

  /** Of one session, with its heading; nothing if it had none. */
  static void write(Session session, Markdown text) {
    if (!session.networkRuns().isEmpty()) {
      text.heading(3, "Whole networks");
      text.paragraph(HOW_TO_READ + turns(session));
      new NetworkTable(List.of(session)).table(text);
    }
  }

  private static String turns(Session session) {
    return session.networkTurnMillis() == 0
        ? ""
        : " Those that take turns have one JVM for each row, with %d turns of %s s; Convector warms up for %s s."
            .formatted(
                session.rounds(),
                number(session.networkTurnMillis() / 1e3),
                number(session.networkWarmupMillis() / 1e3));
  }

  /** Without a heading. */
  void table(Markdown text) {
    List<String> rivals = rivals();
    List<List<String>> table = new ArrayList<>();
    rows.forEach((key, row) -> table.add(cells(key, row, rivals)));
    text.table(header(rivals), table);
  }

  /**
   * One table of several machines, each with the sessions that ran there: a row for a single image
   * of a network on one thread, and means of batches and of more threads.
   */
  static void machines(Map<String, List<Session>> machines, Markdown text) {
    Map<String, NetworkTable> tables = new LinkedHashMap<>();
    machines.forEach((machine, sessions) -> tables.put(machine, new NetworkTable(sessions)));
    List<String> rivals =
        tables.values().stream().flatMap(table -> table.rivals().stream()).distinct().toList();
    List<String> header = new ArrayList<>(List.of("network", "input"));
    List<String> batches = new ArrayList<>();
    tables.forEach(
        (machine, table) -> {
          header.add(machine + ": ms an image");
          rivals.forEach(rival -> header.add("vs " + Names.of(rival)));
          header.add("first answer, s");
          header.add("peak memory, MiB");
          rivals.forEach(rival -> batches.addAll(table.batches(machine, rival)));
        });
    List<List<String>> lines = new ArrayList<>();
    tables.values().stream()
        .flatMap(table -> table.rows.keySet().stream())
        .filter(Key::isSingle)
        .distinct()
        .forEach(
            key -> {
              List<String> line = new ArrayList<>(key.cells().subList(0, 2));
              tables.values().forEach(table -> line.addAll(table.brief(key, rivals)));
              lines.add(line);
            });
    text.table(header, lines);
    if (!batches.isEmpty()) {
      text.paragraph(
          "Batches and more threads, geometric means; each network stands in the page of its session. "
              + String.join(" ", batches));
    }
  }

  /** Of a machine's row: the time, the ratios, and of fresh processes ours and then the others'. */
  private List<String> brief(Key key, List<String> rivals) {
    Map<String, NetworkRun> row = rows.getOrDefault(key, Map.of());
    double ours = value(row, OURS, NetworkRun::millisAnImage);
    List<String> cells = new ArrayList<>();
    cells.add(number(ours));
    rivals.forEach(rival -> cells.add(ratio(value(row, rival, NetworkRun::millisAnImage) / ours)));
    cells.add(side(row, rivals, fresh -> fresh.firstMillis() / 1e3));
    cells.add(side(row, rivals, FreshProcess::peakMebibytes));
    return cells;
  }

  private static String side(
      Map<String, NetworkRun> row, List<String> rivals, ToDoubleFunction<FreshProcess> column) {
    ToDoubleFunction<NetworkRun> value = ofFresh(column);
    double ours = value(row, OURS, value);
    return Stream.concat(
            Stream.of(number(ours)),
            Double.isNaN(ours)
                ? Stream.empty()
                : rivals.stream().map(rival -> "(" + number(value(row, rival, value)) + ")"))
        .collect(Collectors.joining(" "));
  }

  private static ToDoubleFunction<NetworkRun> ofFresh(ToDoubleFunction<FreshProcess> column) {
    return run -> run.fresh() == null ? Double.NaN : column.applyAsDouble(run.fresh());
  }

  /** A sentence for each batch and number of threads but one of each: the mean against a rival. */
  private List<String> batches(String machine, String rival) {
    Map<List<Integer>, List<Double>> ratios = new LinkedHashMap<>();
    rows.forEach(
        (key, row) -> {
          if (!key.isSingle() && row.containsKey(rival) && row.containsKey(OURS)) {
            double ours = row.get(OURS).millisAnImage();
            ratios
                .computeIfAbsent(List.of(key.batch(), key.threads()), k -> new ArrayList<>())
                .add(row.get(rival).millisAnImage() / ours);
          }
        });
    List<String> sentences = new ArrayList<>();
    ratios.forEach(
        (key, some) -> {
          double logs = some.stream().mapToDouble(Math::log).average().orElseThrow();
          sentences.add(
              "%s, %s, %s: %s times as fast as %s (%d of %d lost)."
                  .formatted(
                      machine,
                      key.getFirst() == 1 ? "one image" : key.getFirst() + " images",
                      key.getLast() == 1 ? "one thread" : key.getLast() + " threads",
                      ratio(Math.exp(logs)),
                      Names.of(rival),
                      some.stream().filter(ratio -> ratio < 1).count(),
                      some.size()));
        });
    return sentences;
  }

  private List<String> rivals() {
    return rows.values().stream()
        .flatMap(row -> row.keySet().stream())
        .distinct()
        .filter(c -> !c.equals(OURS))
        .toList();
  }

  private static List<String> header(List<String> rivals) {
    List<String> header =
        new ArrayList<>(List.of("network", "input", "batch", "threads", "Convector, ms an image"));
    rivals.forEach(rival -> header.add("vs " + Names.of(rival)));
    for (String what : List.of("first answer, s", "steady after, s", "peak memory, MiB")) {
      header.add(what);
      rivals.forEach(rival -> header.add(Names.of(rival)));
    }
    header.add("difference");
    return header;
  }

  private static List<String> cells(Key key, Map<String, NetworkRun> row, List<String> rivals) {
    List<String> cells = new ArrayList<>(key.cells());
    double ours = value(row, OURS, NetworkRun::millisAnImage);
    cells.add(number(ours));
    for (String rival : rivals) {
      cells.add(ratio(value(row, rival, NetworkRun::millisAnImage) / ours));
    }
    List<ToDoubleFunction<FreshProcess>> columns =
        List.of(
            fresh -> fresh.firstMillis() / 1e3,
            fresh -> fresh.steadyMillis() / 1e3,
            FreshProcess::peakMebibytes);
    for (ToDoubleFunction<FreshProcess> column : columns) {
      ToDoubleFunction<NetworkRun> value = ofFresh(column);
      cells.add(number(value(row, OURS, value)));
      rivals.forEach(rival -> cells.add(number(value(row, rival, value))));
    }
    cells.add(difference(row, rivals));
    return cells;
  }

  /** A NaN is no agreement, unless there is nothing to agree with. */
  private static String difference(Map<String, NetworkRun> row, List<String> rivals) {
    double difference = value(row, OURS, NetworkRun::difference);
    String shown = scientific(difference);
    boolean alone = rivals.stream().noneMatch(row::containsKey);
    return alone || difference <= NetworkRun.TOLERANCE ? shown : "**" + shown + " ▼**";
  }

  private static double value(
      Map<String, NetworkRun> row, String contender, ToDoubleFunction<NetworkRun> of) {
    return row.containsKey(contender) ? of.applyAsDouble(row.get(contender)) : Double.NaN;
  }

  private static String scientific(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.1e", value);
  }
}

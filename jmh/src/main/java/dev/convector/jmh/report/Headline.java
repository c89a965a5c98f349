package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerClass;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Selection;
import dev.convector.jmh.race.Timing;
import dev.convector.jmh.report.Standings.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Six rows that a stranger understands, of one machine: each figure is the geometric mean of
 * Convector's speed over that of the fastest other library, from a session whose name begins with
 * "headline" if there is one, then from that with the most layers for it, of equals the newest.
 * Whole networks are always from that with the most of them.
 */
final class Headline {
  private static final String BACKWARD_DATA = "backward-data-";
  private static final String BACKWARD_WEIGHTS = "backward-weights-";
  private static final String DRAWN = LayerSpace.NAME + "/";

  /** A row of the table, with how it is worked out. */
  enum Subject {
    DENSE("dense", ": 1x1, strided, first layers, fully connected"),
    WINOGRAD("3x3", ", stride 1"),
    DEPTHWISE("depthwise", ""),
    GROUPED("grouped", ""),
    NETWORKS("networks", ", whole, in the ONNX format"),
    TRAINING("training", " step: gradients of input and weights");

    private final String shortTitle;
    private final String title;

    Subject(String shortTitle, String more) {
      this.shortTitle = shortTitle;
      title = shortTitle + more;
    }

    String shortTitle() {
      return shortTitle;
    }

    String title() {
      return title;
    }

    /** Of a convolution. */
    static Subject of(Layer layer) {
      return switch (LayerClass.of(layer)) {
        case DEPTHWISE -> DEPTHWISE;
        case GROUPED -> GROUPED;
        case DENSE_3X3 -> layer.stride() == 1 && layer.dilation() == 1 ? WINOGRAD : DENSE;
        default -> DENSE;
      };
    }
  }

  /** A place in the table; whole networks have no layout but ONNX's, channels first. */
  record Column(String layout, int threads) {
    String title() {
      return layout + ", " + SessionPage.threads(threads);
    }
  }

  /**
   * A figure.
   *
   * @param ratios to the best, by layer or network
   * @param session that it is from
   */
  record Cell(Map<String, Double> ratios, Results session) {
    /** Geometric. */
    double mean() {
      return mean(ratios.keySet());
    }

    int count() {
      return ratios.size();
    }

    long lost() {
      return ratios.values().stream().filter(ratio -> ratio < 1).count();
    }

    /**
     * How many times the mean is that of another, of what both have measured; NaN if that is
     * nothing.
     */
    double over(Cell other) {
      Set<String> common = new TreeSet<>(ratios.keySet());
      common.retainAll(other.ratios.keySet());
      return mean(common) / other.mean(common);
    }

    private double mean(Set<String> some) {
      return Math.exp(
          some.stream()
              .mapToDouble(name -> Math.log(ratios.get(name)))
              .average()
              .orElse(Double.NaN));
    }
  }

  private final List<Results> sessions;

  /**
   * @param sessions of one machine
   */
  Headline(List<Results> sessions) {
    this.sessions = sessions.stream().filter(s -> s.batch() == 1).toList();
  }

  List<Column> columns() {
    Set<Integer> threads = new TreeSet<>();
    for (Results results : sessions) {
      threads.addAll(results.threadCounts());
      results.session().networkRuns().forEach(run -> threads.add(run.threads()));
    }
    return threads.stream()
        .flatMap(count -> Stream.of(new Column("NHWC", count), new Column("NCHW", count)))
        .toList();
  }

  /** Empty where nothing was measured. */
  Optional<Cell> cell(Subject subject, Column column) {
    return sessions.stream()
        .map(results -> cell(results, subject, column))
        .filter(cell -> cell.count() > 0)
        .max(
            Comparator.comparing((Cell cell) -> subject != Subject.NETWORKS && isOwn(cell))
                .thenComparing(Cell::count)
                .thenComparing(cell -> cell.session().session().date()));
  }

  private static boolean isOwn(Cell cell) {
    return cell.session().session().name().startsWith(Selection.HEADLINE);
  }

  private static Cell cell(Results results, Subject subject, Column column) {
    Map<String, Double> ratios =
        switch (subject) {
          case NETWORKS -> networks(results, column);
          case TRAINING -> training(results, column);
          default -> layers(results, subject, column);
        };
    ratios.values().removeIf(ratio -> Double.isNaN(ratio));
    return new Cell(ratios, results);
  }

  private static Map<String, Double> layers(Results results, Subject subject, Column column) {
    Standings standings = new Standings(results, column.layout(), column.threads());
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (Row row : standings.rows()) {
      boolean table = !row.network().equals("gemm") && !row.task().startsWith(DRAWN);
      if (table && Subject.of(Tables.layer(row.task())) == subject) {
        ratios.put(row.task(), standings.vsBest(row));
      }
    }
    return ratios;
  }

  private static Map<String, Double> networks(Results results, Column column) {
    Map<String, Double> ours = new LinkedHashMap<>();
    Map<String, Double> best = new LinkedHashMap<>();
    for (NetworkRun run : results.session().networkRuns()) {
      boolean here = run.threads() == column.threads() && column.layout().equals("NCHW");
      if (here && run.batch() == 1) {
        boolean convector = run.contender().equals("convector");
        (convector ? ours : best).merge(run.network(), run.millis(), Math::min);
      }
    }
    ours.replaceAll((network, millis) -> best.getOrDefault(network, Double.NaN) / millis);
    return ours;
  }

  /** For each layer both gradients in a row, of the library that takes the least for both. */
  private static Map<String, Double> training(Results results, Column column) {
    Standings standings = Standings.ofFamily(results, column.layout(), column.threads());
    Map<String, Row> weights =
        standings.rows().stream()
            .filter(row -> row.task().startsWith(BACKWARD_WEIGHTS))
            .collect(
                Collectors.toMap(row -> row.task().substring(BACKWARD_WEIGHTS.length()), r -> r));
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (Row data : standings.rows()) {
      if (data.task().startsWith(BACKWARD_DATA)) {
        String layer = data.task().substring(BACKWARD_DATA.length());
        Row other = weights.get(layer);
        ratios.put(layer, other == null ? Double.NaN : training(standings, data, other));
      }
    }
    return ratios;
  }

  private static double training(Standings standings, Row data, Row weights) {
    double ours = micros(standings.ours(data)) + micros(standings.ours(weights));
    double best =
        standings.rivals().stream()
            .mapToDouble(rival -> micros(data.of(rival)) + micros(weights.of(rival)))
            .filter(micros -> !Double.isNaN(micros))
            .min()
            .orElse(Double.NaN);
    return best / ours;
  }

  private static double micros(Optional<Timing> timing) {
    return timing.map(Timing::micros).orElse(Double.NaN);
  }

  private static String source(Results results) {
    String rivals =
        Stream.concat(
                results.session().versions().keySet().stream(),
                results.session().networkRuns().stream().map(NetworkRun::contender))
            .distinct()
            .filter(library -> !library.equals("convector"))
            .map(Names::of)
            .collect(Collectors.joining(", "));
    return "%s (commit %s, %d %s, against %s)"
        .formatted(
            results.title(),
            results.session().commit(),
            results.session().forks(),
            results.session().forks() == 1 ? "fork" : "forks",
            rivals);
  }

  boolean isEmpty() {
    return measured().isEmpty();
  }

  /** Columns with a figure. */
  private List<Column> measured() {
    return columns().stream()
        .filter(c -> Stream.of(Subject.values()).anyMatch(s -> cell(s, c).isPresent()))
        .toList();
  }

  /** The table; nothing if nothing was measured. */
  void write(Markdown text) {
    write(Map.of("", this), text);
  }

  /** One table of several machines, by their names; nothing if nothing was measured. */
  static void write(Map<String, Headline> machines, Markdown text) {
    List<String> header = new ArrayList<>(List.of("times as fast as the fastest other library"));
    List<List<String>> table = new ArrayList<>();
    for (Subject subject : Subject.values()) {
      table.add(new ArrayList<>(List.of(subject.title())));
    }
    machines.forEach(
        (machine, headline) -> {
          for (Column column : headline.measured()) {
            header.add((machine.isEmpty() ? "" : machine + ": ") + column.title());
            for (Subject subject : Subject.values()) {
              String shown = headline.cell(subject, column).map(Headline::shown).orElse("–");
              table.get(subject.ordinal()).add(shown);
            }
          }
        });
    if (header.size() > 1) {
      text.table(header, table);
    }
  }

  private static String shown(Cell cell) {
    return ratio(cell.mean()) + " (" + cell.lost() + " of " + cell.count() + " lost)";
  }

  /** Each column's means, for a line. */
  String sentence() {
    return measured().stream()
        .map(column -> column.title() + " " + means(column))
        .collect(Collectors.joining("; "));
  }

  private String means(Column column) {
    return Stream.of(Subject.values())
        .flatMap(
            subject ->
                cell(subject, column).stream()
                    .map(cell -> subject.shortTitle() + " " + ratio(cell.mean())))
        .collect(Collectors.joining(", "));
  }

  /** Days, commits and rivals of the sessions that the figures are from. */
  String sources() {
    return columns().stream()
        .flatMap(column -> Stream.of(Subject.values()).flatMap(s -> cell(s, column).stream()))
        .map(cell -> source(cell.session()))
        .distinct()
        .collect(Collectors.joining(", "));
  }
}

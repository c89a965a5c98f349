package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.Timing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Convector under several collectors of garbage. Each has JVMs of its own, so speeds are compared
 * as shares of the multiply-adds that took turns with them.
 */
final class CollectorTable {
  static final String HOW_TO_READ =
      "Convector's speed as a share of the peak that took turns with it, over that under the first "
          + "collector.";

  /** A collector that costs more than this is marked. */
  private static final double COSTS = 0.97;

  private final Results results;
  private final Set<String> collectors = new LinkedHashSet<>();

  /** Layer and layout, as rows show them, with the layer. */
  private final Map<String, String> places = new LinkedHashMap<>();

  CollectorTable(Results results) {
    this.results = results;
    for (Timing timing : results.underCollectors()) {
      collectors.add(timing.collector());
      places.put(place(timing), timing.task());
    }
  }

  private static String place(Timing timing) {
    return timing.task() + ", " + timing.contender().split("/")[1];
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /** Of the session, in a few words. */
  String subject() {
    return String.join(", ", collectors) + " (" + places.size() + ")";
  }

  /** Nothing if no collector was named. */
  void write(Markdown text) {
    if (!isEmpty()) {
      text.heading(3, "Collectors");
      text.paragraph(HOW_TO_READ);
      Map<String, List<String>> rows = new LinkedHashMap<>();
      places.keySet().forEach(place -> rows.put(place, List.of(place)));
      table("layer", rows, text);
    }
  }

  /** A row for each kind of layer. */
  void kinds(Markdown text) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    places.forEach(
        (place, task) -> rows.computeIfAbsent(kind(task), kind -> new ArrayList<>()).add(place));
    String place = results.title() + ", " + results.session().machine();
    table(place + "; share of the peak, over that under the first", rows, text);
  }

  private static String kind(String task) {
    boolean drawn = task.startsWith(LayerSpace.NAME + "/");
    return Headline.Subject.of(drawn ? LayerSpace.named(task) : Tables.layer(task)).title();
  }

  /** Geometric means over each row's places, then over all. */
  private void table(String title, Map<String, List<String>> rows, Markdown text) {
    String first = collectors.iterator().next();
    List<String> header = new ArrayList<>(List.of(title));
    header.addAll(collectors);
    List<List<String>> table = new ArrayList<>();
    Map<String, List<String>> all = new LinkedHashMap<>(rows);
    all.put("geometric mean", List.copyOf(places.keySet()));
    all.forEach(
        (name, some) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          collectors.forEach(collector -> cells.add(shown(mean(some, collector, first))));
          table.add(cells);
        });
    text.table(header, table);
  }

  private double mean(List<String> some, String collector, String first) {
    double average =
        some.stream()
            .mapToDouble(place -> share(place, collector) / share(place, first))
            .filter(Double::isFinite)
            .map(Math::log)
            .average()
            .orElse(Double.NaN);
    return Math.exp(average);
  }

  /** Of the peak beside it; NaN if it was not measured or has failed. */
  private double share(String place, String collector) {
    Optional<Timing> found =
        results.underCollectors().stream()
            .filter(t -> t.collector().equals(collector) && t.failure().isEmpty())
            .filter(t -> place.equals(place(t)))
            .findFirst();
    return found
        .map(t -> 1 / t.micros() / results.peakUnder(collector, t.task()))
        .orElse(Double.NaN);
  }

  private static String shown(double ratio) {
    String text = Double.isNaN(ratio) ? number(ratio) : String.format(Locale.ROOT, "%.2f", ratio);
    return ratio < COSTS ? "**" + text + " ▼**" : text;
  }
}

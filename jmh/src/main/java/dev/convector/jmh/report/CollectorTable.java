package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import dev.convector.jmh.race.Timing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Convector under several collectors of garbage. Each has JVMs of its own, so speeds are compared
 * as shares of the multiply-adds that took turns with them.
 */
final class CollectorTable {
  /** A collector that costs more than this is marked. */
  private static final double COSTS = 0.97;

  private final Results results;

  CollectorTable(Results results) {
    this.results = results;
  }

  boolean isEmpty() {
    return results.underCollectors().isEmpty();
  }

  /** A row for each layer and layout, then the geometric mean; the first collector is 1. */
  void write(Markdown text) {
    Set<String> collectors = new LinkedHashSet<>();
    Set<String> places = new LinkedHashSet<>();
    for (Timing timing : results.underCollectors()) {
      collectors.add(timing.collector());
      places.add(timing.task() + ", " + timing.contender().split("/")[1]);
    }
    String first = collectors.iterator().next();
    List<String> header = new ArrayList<>(List.of("speed as a share of the peak, over " + first));
    header.addAll(collectors);
    List<List<String>> table = new ArrayList<>();
    double[] logarithms = new double[collectors.size()];
    int counted = 0;
    for (String place : places) {
      List<String> cells = new ArrayList<>(List.of(place));
      double[] ratios =
          collectors.stream().mapToDouble(c -> share(place, c) / share(place, first)).toArray();
      for (int i = 0; i < ratios.length; i++) {
        cells.add(shown(ratios[i]));
      }
      table.add(cells);
      if (DoubleStream.of(ratios).allMatch(Double::isFinite)) {
        for (int i = 0; i < ratios.length; i++) {
          logarithms[i] += Math.log(ratios[i]);
        }
        counted++;
      }
    }
    List<String> means = new ArrayList<>(List.of("geometric mean"));
    for (double logarithm : logarithms) {
      means.add(shown(Math.exp(logarithm / counted)));
    }
    table.add(means);
    text.table(header, table);
  }

  /** Of the peak beside it; NaN if it was not measured or has failed. */
  private double share(String place, String collector) {
    Optional<Timing> found =
        results.underCollectors().stream()
            .filter(t -> t.collector().equals(collector) && t.failure().isEmpty())
            .filter(t -> place.equals(t.task() + ", " + t.contender().split("/")[1]))
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

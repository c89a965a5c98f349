package dev.convector.jmh.regression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Tables and exit code of comparisons. */
final class Verdict {
  static final int FINE = 0;
  static final int WORSE = 1;

  /** Also of a wrong command line: nothing was compared. */
  static final int UNUSABLE = 2;

  static final String HEADER =
      "%-40s %-4s %11s %11s %7s  %-13s  %s"
          .formatted("layer", "", "old us", "new us", "old/new", "placements", "algorithm");

  static final String CSV_HEADER =
      "layer,layout,algorithm,forks,old_ns,new_ns,ratio,low,high,difference,failure";

  /** From here on a difference of the outputs is worth a remark. */
  private static final double REMARKABLE = 1e-4;

  private final List<Comparison> comparisons;
  private final double limit;

  Verdict(List<Comparison> comparisons, double limit) {
    this.comparisons = comparisons;
    this.limit = limit;
  }

  int exitCode() {
    if (comparisons.stream().allMatch(Comparison::failed)) {
      return UNUSABLE;
    }
    return comparisons.stream().anyMatch(c -> c.isSlower(limit) || c.isBroken()) ? WORSE : FINE;
  }

  /** A line of the table. */
  static String line(Comparison c) {
    String head = "%-40s %-4s ".formatted(c.task().name(), c.task().layout());
    if (c.failed()) {
      return head + c.failure();
    }
    String line =
        String.format(
            Locale.ROOT,
            "%11.2f %11.2f %7.3f  %.3f - %.3f  %s",
            c.median(Measurement::oldNanos) / 1e3,
            c.median(Measurement::newNanos) / 1e3,
            c.ratio(),
            c.median(Measurement::lowRatio),
            c.median(Measurement::highRatio),
            algorithm(c));
    return c.difference() > REMARKABLE
        ? head + line + String.format(Locale.ROOT, "; outputs differ by %.1e rms", c.difference())
        : head + line;
  }

  /** A line of the file. */
  static String csv(Comparison c) {
    return String.format(
        Locale.ROOT,
        "\"%s\",%s,%s,%d,%.1f,%.1f,%.4f,%.4f,%.4f,%.2e,\"%s\"",
        c.task().name(),
        c.task().layout(),
        algorithm(c),
        c.forks(),
        c.median(Measurement::oldNanos),
        c.median(Measurement::newNanos),
        c.ratio(),
        c.median(Measurement::lowRatio),
        c.median(Measurement::highRatio),
        c.difference(),
        c.failure().replace('"', '\'').replace('\n', ' '));
  }

  /** Geometric means of the ratios, then what is slower or out of order. */
  List<String> summary() {
    Map<String, List<Double>> networks = new TreeMap<>();
    List<Double> all = new ArrayList<>();
    for (Comparison c : comparisons) {
      if (!c.failed()) {
        String network = c.task().layer().network() + " " + c.task().layout();
        networks.computeIfAbsent(network, key -> new ArrayList<>()).add(c.ratio());
        all.add(c.ratio());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("%-24s %5s  %7s %7s %7s".formatted("old/new", "cases", "mean", "least", "most"));
    networks.forEach((network, ratios) -> lines.add(mean(network, ratios)));
    lines.add(mean("all", all));
    lines.add("");
    for (Comparison c : comparisons) {
      if (c.failed()) {
        lines.add("NOT COMPARED " + line(c));
      } else if (c.isBroken()) {
        lines.add("WRONG  " + line(c));
      }
      if (c.isSlower(limit)) {
        lines.add("SLOWER " + line(c));
      }
    }
    long slower = comparisons.stream().filter(c -> c.isSlower(limit)).count();
    lines.add(String.format(Locale.ROOT, "%d of %d below %.2f", slower, comparisons.size(), limit));
    return lines;
  }

  private static String mean(String what, List<Double> ratios) {
    double[] values = ratios.stream().mapToDouble(Double::doubleValue).toArray();
    return String.format(
        Locale.ROOT,
        "%-24s %5d  %7.3f %7.3f %7.3f",
        what,
        values.length,
        Statistics.geometricMean(values),
        values.length == 0 ? Double.NaN : Statistics.quantile(values, 0),
        values.length == 0 ? Double.NaN : Statistics.quantile(values, 1));
  }

  private static String algorithm(Comparison c) {
    String old = c.last().oldAlgorithm();
    String young = c.last().newAlgorithm();
    return old.equals(young) ? young : old + " > " + young;
  }
}

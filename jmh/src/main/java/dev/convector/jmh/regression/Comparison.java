package dev.convector.jmh.regression;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A case with its measurements, one from each JVM. */
final class Comparison {
  /**
   * Winograd differs from the direct method by 1e-4 of the root mean square; an error of indexing,
   * by about 1. The race disqualifies from here on, too.
   */
  static final double WRONG = 1e-3;

  private final Case task;
  private final List<Measurement> measurements = new ArrayList<>();

  Comparison(Case task) {
    this.task = task;
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  Case task() {
    return task;
  }

  Measurement last() {
    return measurements.getLast();
  }

  int forks() {
    return measurements.size();
  }

  /** Why there is no comparison, beginning with the version's name; empty if there is one. */
  String failure() {
    return measurements.stream()
        .map(Measurement::failure)
        .filter(failure -> !failure.isEmpty())
        .findFirst()
        .orElse("");
  }

  boolean failed() {
    return !failure().isEmpty();
  }

  /** Old time over new time. */
  double ratio() {
    return median(Measurement::ratio);
  }

  /** Of a figure over the JVMs. */
  double median(ToDoubleFunction<Measurement> figure) {
    return Statistics.median(measurements.stream().mapToDouble(figure).toArray());
  }

  double difference() {
    return measurements.stream().mapToDouble(Measurement::difference).max().orElse(Double.NaN);
  }

  boolean isSlower(double limit) {
    return !failed() && ratio() < limit;
  }

  /**
   * Whether the new version is out of order: what it can't do counts, not what the old couldn't.
   */
  boolean isBroken() {
    return failed() ? failure().startsWith("new") : difference() > WRONG;
  }
}

package dev.convector.jmh.regression;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A case in one JVM: of one placement in memory, or of several together.
 *
 * @param oldNanos of a call, median over the turns
 * @param newNanos of a call, median over the turns
 * @param ratio old time over new time, median over the rounds: above 1 the new is faster
 * @param lowRatio first quartile over the rounds; of several placements the least of their ratios
 * @param highRatio third quartile over the rounds; of several placements the largest
 * @param rounds of turns
 * @param difference largest difference of the outputs, in units of the old output's root mean
 *     square
 * @param oldAlgorithm that the old version chose
 * @param newAlgorithm that the new version chose
 * @param failure why there is no measurement; empty if there is one
 */
public record Measurement(
    double oldNanos,
    double newNanos,
    double ratio,
    double lowRatio,
    double highRatio,
    int rounds,
    double difference,
    String oldAlgorithm,
    String newAlgorithm,
    String failure) {

  static Measurement failed(String failure) {
    double none = Double.NaN;
    return new Measurement(none, none, none, none, none, 0, none, "", "", failure);
  }

  /** From the rounds, in each of which both had turns. */
  static Measurement of(
      double[] oldNanos, double[] newNanos, double difference, String oldName, String newName) {
    double[] ratios = new double[oldNanos.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = oldNanos[i] / newNanos[i];
    }
    return new Measurement(
        Statistics.median(oldNanos),
        Statistics.median(newNanos),
        Statistics.median(ratios),
        Statistics.quantile(ratios, 0.25),
        Statistics.quantile(ratios, 0.75),
        ratios.length,
        difference,
        oldName,
        newName,
        "");
  }

  /**
   * Medians over placements of one case, since one may be far off; the first that failed if one
   * did.
   */
  static Measurement together(List<Measurement> placements) {
    for (Measurement each : placements) {
      if (!each.failure.isEmpty()) {
        return each;
      }
    }
    double[] ratios = placements.stream().mapToDouble(Measurement::ratio).toArray();
    return new Measurement(
        median(placements, Measurement::oldNanos),
        median(placements, Measurement::newNanos),
        Statistics.median(ratios),
        Statistics.quantile(ratios, 0),
        Statistics.quantile(ratios, 1),
        placements.stream().mapToInt(Measurement::rounds).sum(),
        placements.stream().mapToDouble(Measurement::difference).max().orElseThrow(),
        placements.getFirst().oldAlgorithm,
        placements.getFirst().newAlgorithm,
        "");
  }

  private static double median(List<Measurement> all, ToDoubleFunction<Measurement> figure) {
    return Statistics.median(all.stream().mapToDouble(figure).toArray());
  }

  /**
   * Of the ratio, as far as the rounds tell: 1.25 standard deviations over the root of their
   * number, as for any median of normal values, whose quartiles are 1.35 standard deviations apart.
   */
  double standardError() {
    return 1.25 / 1.35 * (highRatio - lowRatio) / Math.sqrt(rounds);
  }
}

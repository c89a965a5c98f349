package dev.convector.jmh.regression;

/**
 * A case in one JVM.
 *
 * @param oldNanos of a call, median over the turns
 * @param newNanos of a call, median over the turns
 * @param ratio old time over new time, median over the pairs of turns: above 1 the new is faster
 * @param lowRatio first quartile over the pairs
 * @param highRatio third quartile over the pairs
 * @param pairs of turns
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
    int pairs,
    double difference,
    String oldAlgorithm,
    String newAlgorithm,
    String failure) {

  static Measurement failed(String failure) {
    double none = Double.NaN;
    return new Measurement(none, none, none, none, none, 0, none, "", "", failure);
  }

  /** From the turns of both, of which those of one number were neighbours in time. */
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
   * Of the ratio, as far as the pairs tell: 1.25 standard deviations over the root of their number,
   * as for any median of normal values, whose quartiles are 1.35 standard deviations apart.
   */
  double standardError() {
    return 1.25 / 1.35 * (highRatio - lowRatio) / Math.sqrt(pairs);
  }
}

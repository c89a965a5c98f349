package dev.convector.jmh.regression;

import java.util.Arrays;

/** The little arithmetic of a comparison. No argument is changed. */
final class Statistics {
  private Statistics() {}

  static double median(double... values) {
    return quantile(values, 0.5);
  }

  /** Linear between the two neighbours in order, as R's default and NumPy's. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  static double geometricMean(double... values) {
    return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
  }

  /** Largest difference over the root mean square of what is expected; infinite if one is NaN. */
  static double difference(float[] expected, float[] actual) {
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      if (!(difference <= Double.MAX_VALUE)) {
        return Double.POSITIVE_INFINITY;
      }
      largest = Math.max(largest, difference);
      squares += (double) expected[i] * expected[i];
    }
    return largest == 0 ? 0 : largest / Math.sqrt(squares / expected.length);
  }
}

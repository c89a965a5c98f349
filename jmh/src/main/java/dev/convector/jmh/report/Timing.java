package dev.convector.jmh.report;

/**
 * What was measured of one contender on one task.
 *
 * @param task layer or matrix product
 * @param threads that it was given
 * @param batch factor on the table's batch
 * @param contender library, a slash, and the variant
 * @param nanos of each turn of all forks, ascending
 * @param allocatedBytes a call, mean of the forks
 * @param algorithm what the library says it does
 * @param workspaceBytes scratch of a call; negative if unknown
 * @param failure why it is disqualified; empty if it isn't
 * @param oracleNanos of the oracle's single run
 */
record Timing(
    String task,
    int threads,
    int batch,
    String contender,
    double[] nanos,
    double allocatedBytes,
    String algorithm,
    long workspaceBytes,
    String failure,
    double oracleNanos) {

  double median() {
    return quantile(nanos, 0.5);
  }

  /** Half the interquartile range, over the median. */
  double spread() {
    return (quantile(nanos, 0.75) - quantile(nanos, 0.25)) / 2 / median();
  }

  String library() {
    return contender.substring(0, contender.indexOf('/'));
  }

  boolean convector() {
    return library().equals("convector");
  }

  /** Of ascending values, linearly between neighbours. */
  static double quantile(double[] ascending, double part) {
    double at = part * (ascending.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
  }
}

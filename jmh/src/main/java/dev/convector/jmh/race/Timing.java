package dev.convector.jmh.race;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * What was measured of one contender on one task: a line of a session's CSV.
 *
 * @param task layer or matrix product
 * @param threads that it was given
 * @param batch factor on the table's batch
 * @param collector of garbage, if it was asked for; else empty
 * @param contender library, a slash, and the variant
 * @param algorithm what the library says it does
 * @param micros of a call, median over the turns of all forks; NaN if it failed before any
 * @param lowMicros first quartile
 * @param highMicros third quartile
 * @param forkMicros median of each fork
 * @param allocatedBytes on the Java heap, a call, mean of the forks
 * @param workspaceBytes scratch of a call; negative if unknown
 * @param error the largest of the forks'
 * @param oracleMillis of the oracle's single run
 * @param failure why it is disqualified; empty if it isn't
 */
@JsonPropertyOrder({
  "task",
  "threads",
  "batch",
  "collector",
  "contender",
  "algorithm",
  "micros",
  "lowMicros",
  "highMicros",
  "forkMicros",
  "allocatedBytes",
  "workspaceBytes",
  "error",
  "oracleMillis",
  "failure"
})
public record Timing(
    String task,
    int threads,
    int batch,
    String collector,
    String contender,
    String algorithm,
    double micros,
    double lowMicros,
    double highMicros,
    List<Double> forkMicros,
    double allocatedBytes,
    long workspaceBytes,
    double error,
    double oracleMillis,
    String failure) {

  /** Half the interquartile range, over the median. */
  public double spread() {
    return (highMicros - lowMicros) / 2 / micros;
  }

  /** The part of the contender before the slash. */
  public String library() {
    int slash = contender.indexOf('/');
    return slash < 0 ? contender : contender.substring(0, slash);
  }

  /** Whether it is the library that this race is about. */
  public boolean convector() {
    return library().equals("convector");
  }

  /** Of ascending values, linearly between neighbours. */
  public static double quantile(double[] ascending, double part) {
    double at = part * (ascending.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
  }
}

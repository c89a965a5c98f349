package dev.convector.jmh.race;

/**
 * What a fork found out about a contender besides its speed.
 *
 * @param contender library, a slash, and the variant
 * @param version of the library, as it says itself
 * @param algorithm what the library says it does
 * @param workspaceBytes scratch of one call; negative if unknown
 * @param allocatedBytes on the Java heap, a call, by all threads
 * @param processors that a call kept busy, process time over elapsed time
 * @param error largest difference from the oracle, over the root mean square of the oracle's output
 * @param failure why it is disqualified; empty if it isn't
 * @param oracleNanos time of the oracle's single run in this fork
 */
public record Fact(
    String contender,
    String version,
    String algorithm,
    long workspaceBytes,
    double allocatedBytes,
    double processors,
    double error,
    String failure,
    long oracleNanos) {

  /** Of a contender that could not be measured at all. */
  static Fact failed(String contender, String failure) {
    double none = Double.NaN;
    return new Fact(contender, "", "", -1, none, none, none, failure, 0);
  }
}

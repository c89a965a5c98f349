package dev.convector.jmh.race;

/**
 * What a fork found out about a contender besides its speed.
 *
 * @param task name of the layer or matrix product
 * @param threads that it was given
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
    String task,
    int threads,
    String contender,
    String version,
    String algorithm,
    long workspaceBytes,
    double allocatedBytes,
    double processors,
    double error,
    String failure,
    long oracleNanos) {}

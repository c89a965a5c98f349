package dev.convector.jmh.regression;

import java.util.List;

/**
 * What a JVM is to compare.
 *
 * @param old jar or folder of classes
 * @param young the same of the new version
 * @param youngFirst whether the new version is made ready before the old one first
 * @param threads that run a case
 * @param turnMicros length of a turn, where a call is shorter
 * @param seconds of turns, both versions together, of a case
 * @param warmupSeconds of turns before those, at least
 * @param cases one after the other
 */
public record Job(
    String old,
    String young,
    boolean youngFirst,
    int threads,
    int turnMicros,
    double seconds,
    double warmupSeconds,
    List<Case> cases) {}

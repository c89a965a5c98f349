package dev.convector.jmh.race;

/**
 * What a benchmark of the machine found.
 *
 * @param what name of its class
 * @param threads that ran it
 * @param when before or after the race
 * @param score in the benchmark's unit
 */
public record Reading(String what, int threads, String when, double score) {}

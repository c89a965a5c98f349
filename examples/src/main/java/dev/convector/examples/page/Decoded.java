package dev.convector.examples.page;

/**
 * What a strip of picture says.
 *
 * @param text its characters, possibly none
 * @param confidence the mean probability of its characters, 0 of none
 */
record Decoded(String text, double confidence) {}

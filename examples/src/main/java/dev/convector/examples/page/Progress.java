package dev.convector.examples.page;

/** Is told how far the work is. */
interface Progress {
  /** A step begins after {@code done} of, as is now known, {@code all}. */
  void update(String stage, int done, int all);
}

package dev.convector.jmh.regression;

/**
 * A piece of work of one version of the library. This interface is the same class for both
 * versions; the classes that implement it are loaded once for each (see {@link VersionLoader}).
 */
public interface Subject extends AutoCloseable {
  /**
   * Does the work so many times. The loop is here and not with the caller so that each version has
   * a loop, a call profile and a compilation of its own.
   */
  void run(int calls);

  /** What the version chose, for the table. */
  String algorithm();

  @Override
  void close();
}

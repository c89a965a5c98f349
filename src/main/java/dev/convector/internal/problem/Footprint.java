package dev.convector.internal.problem;

/**
 * What a unit of work reads of its source and writes of its result. It may read elements that are
 * not listed where they change nothing, as lanes that are dropped. A residual is read where the
 * result is written.
 */
public final class Footprint {
  public final Elements read = new Elements();
  public final Elements written = new Elements();

  public void clear() {
    read.clear();
    written.clear();
  }
}

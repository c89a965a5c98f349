package dev.convector.internal.kernel;

/**
 * Whether reading ahead was the faster way lately: points for it and against it. Where they have
 * gone far enough to one side, trials get rare; they never end, since the first are of code that C2
 * hasn't compiled yet, and other programs come and go.
 *
 * <p>May be shared by threads; unguarded, since what a race loses are a few points.
 */
public final class ReadAheadBalance {
  private final int known;

  /** Above zero where reading ahead won. */
  private int points;

  /**
   * @param known points from which on the better way is taken to be known; there are never more
   */
  public ReadAheadBalance(int known) {
    this.known = known;
  }

  boolean isKnown() {
    return Math.abs(points) >= known;
  }

  boolean isAhead() {
    return points > 0;
  }

  void add(boolean aheadWon) {
    points = Math.clamp(points + (aheadWon ? 1 : -1), -known, known);
  }
}

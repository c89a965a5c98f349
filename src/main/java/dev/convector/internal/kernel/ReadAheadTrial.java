package dev.convector.internal.kernel;

/**
 * Whether a panel of weights from memory is read ahead before its tiles: whichever was the faster
 * on this machine lately. Processors differ in how well one stream alone is fetched. Reading ahead
 * takes 0.75 to 1 of the time on Granite Rapids; on Zen 4 this class brings 4096 x 4096 weights to
 * 0.6 of the time with it (a batch of 4) and 0.81 (32), 9216 x 4096 of one image to 0.94,
 * Winograd's of 1024 channels at 7x7 to 0.68. Results are the same bits.
 *
 * <p>Passes over panels are timed in pairs, one with and one without, and the slower loses a point
 * of a balance that all workers share. Where it has gone far enough to one side, trials get rare;
 * they never end, since the first are of code that C2 hasn't compiled yet, and other programs come
 * and go. A {@link dev.convector.internal.simd.Contest} decides once, between runs of like work.
 * Each worker has an object.
 */
final class ReadAheadTrial {
  /** Points from which on the better way is taken to be known; there are never more. */
  static final int KNOWN = 32;

  /** Of so many pairs one is a trial then: if one way takes twice as long, it costs 0.4 %. */
  static final int RARELY = 128;

  /** Above zero where reading ahead won. Unguarded: what a race loses are a few points. */
  private static int balance;

  private int passes;
  private boolean isTrial;
  private boolean isAhead;
  private long work;
  private long started;

  /** Of the first pass of a pair; no work where it was no trial. */
  private long firstWork;

  private long firstNanos;

  /**
   * Before a pass.
   *
   * @param work what tells passes of the same size
   * @param nanos the time
   * @return whether to read ahead
   */
  boolean begin(long work, long nanos) {
    int points = balance;
    int pair = passes >> 1;
    isTrial = Math.abs(points) < KNOWN || pair % RARELY == 0;
    // With, without, without, with: so neither is always the second.
    isAhead = isTrial ? (passes + pair & 1) == 0 : points > 0;
    this.work = work;
    started = nanos;
    return isAhead;
  }

  /** Behind it. */
  void end(long nanos) {
    boolean isSecond = (passes++ & 1) == 1;
    long took = nanos - started;
    if (isSecond && isTrial && work == firstWork) {
      boolean aheadWon = isAhead == took < firstNanos;
      balance = Math.clamp(balance + (aheadWon ? 1 : -1), -KNOWN, KNOWN);
    }
    firstWork = isTrial && !isSecond ? work : 0;
    firstNanos = took;
  }
}

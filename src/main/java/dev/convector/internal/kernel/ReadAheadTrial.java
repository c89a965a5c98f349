package dev.convector.internal.kernel;

/**
 * Whether to read ahead what is taken to be in memory, a panel of weights before its tiles or an
 * image before its blocks: whichever was the faster on this machine lately. Processors differ in
 * how well they fetch a stream alone, and machines in what their third-level caches hold. With
 * weights, reading ahead takes 0.75 to 1 of the time on Granite Rapids; on Zen 4 this class brings
 * 4096 x 4096 to 0.6 of the time with it (a batch of 4) and 0.81 (32), 9216 x 4096 of one image to
 * 0.94, Winograd's of 1024 channels at 7x7 to 0.68. With images that a third-level cache of 300 MB
 * holds, it takes 0.61 to 0.98 of the time of always reading ahead (Regression of b3b9e35, Xeon,
 * family 6 model 207). Results are the same bits.
 *
 * <p>Passes are timed in pairs, one with and one without, and the slower loses a point of a {@link
 * ReadAheadBalance}. A {@link dev.convector.internal.simd.Contest} decides once, between runs of
 * like work. Each worker, or run, has an object.
 */
public final class ReadAheadTrial {
  /** Of so many pairs one is a trial then: if one way takes twice as long, it costs 0.4 %. */
  static final int RARELY = 128;

  private final ReadAheadBalance balance;
  private int passes;
  private boolean isTrial;
  private boolean isAhead;
  private long work;
  private long started;

  /** Of the first pass of a pair; no work where it was no trial. */
  private long firstWork;

  private long firstNanos;

  /**
   * @param balance shared by all that do like work
   */
  public ReadAheadTrial(ReadAheadBalance balance) {
    this.balance = balance;
  }

  /**
   * Before a pass.
   *
   * @param work what tells passes of the same size; not 0
   * @param nanos the time
   * @return whether to read ahead
   */
  public boolean begin(long work, long nanos) {
    int pair = passes >> 1;
    isTrial = !balance.isKnown() || pair % RARELY == 0;
    // With, without, without, with: so neither is always the second.
    isAhead = isTrial ? (passes + pair & 1) == 0 : balance.isAhead();
    this.work = work;
    started = nanos;
    return isAhead;
  }

  /** Behind it. */
  public void end(long nanos) {
    boolean isSecond = (passes++ & 1) == 1;
    long took = nanos - started;
    if (isSecond && isTrial && work == firstWork) {
      balance.add(isAhead == took < firstNanos);
    }
    firstWork = isTrial && !isSecond ? work : 0;
    firstNanos = took;
  }
}

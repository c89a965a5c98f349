package dev.convector.internal.simd;

import java.util.Arrays;

/**
 * Which of two ways to compute the same bits is faster on this processor, found out while the work
 * is done: they take turns until both are compiled and steady. For what no property of the problem
 * tells, since it lies in how a processor's stores and caches work.
 *
 * <p>Thread-safe. A round compares the fastest of some runs of each, since any run may be
 * disturbed; the challenger has to win several rounds in a row by a clear margin.
 */
public final class Contest {
  /** Runs of each in a round. */
  static final int RUNS = 16;

  /** Steady rounds that decide. */
  static final int ROUNDS = 4;

  /** Rounds after which the challenger has lost, whatever they were like. */
  static final int MOST_ROUNDS = 400;

  /** Times of a steady round are no less than this part of those before. */
  private static final double STEADY = 0.9;

  /** The part of the other's time that the challenger has to take at most. */
  private static final double CLEAR = 0.93;

  private volatile boolean isDecided;
  private volatile boolean isWon;
  private int turns;
  private int rounds;
  private int steadyRounds;
  private final int[] runs = new int[2];
  private final double[] least = new double[2];
  private final double[] before = new double[2];

  /** An open one. */
  public Contest() {
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(before, Double.POSITIVE_INFINITY);
  }

  public boolean isDecided() {
    return isDecided;
  }

  /** Whether the challenger is the faster one; false while that is open. */
  public boolean isWon() {
    return isWon;
  }

  /** Of a run that is about to begin, whether the challenger does it. */
  public synchronized boolean turn() {
    return turns++ % 2 != 0;
  }

  /**
   * Counts a run.
   *
   * @param isChallenger who did it
   * @param nanos what it took
   * @param steps its multiply-adds of vectors
   */
  public synchronized void add(boolean isChallenger, long nanos, long steps) {
    int who = isChallenger ? 1 : 0;
    runs[who]++;
    least[who] = Math.min(least[who], (double) nanos / steps);
    if (runs[0] >= RUNS && runs[1] >= RUNS && !isDecided) {
      endRound();
    }
  }

  private void endRound() {
    rounds++;
    boolean isSteady = true;
    for (int who = 0; who < 2; who++) {
      isSteady &= least[who] < KernelWarmUp.FAST_NANOS && least[who] > STEADY * before[who];
      before[who] = least[who];
    }
    steadyRounds = isSteady ? steadyRounds + 1 : 0;
    boolean isClear = least[1] < CLEAR * least[0];
    Arrays.fill(runs, 0);
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    if (isSteady && !isClear || rounds == MOST_ROUNDS) {
      decide(false);
    } else if (steadyRounds == ROUNDS) {
      decide(true);
    }
  }

  /** For tests too, which hold both ways to the same bits. */
  public void decide(boolean isWon) {
    this.isWon = isWon;
    isDecided = true;
  }
}

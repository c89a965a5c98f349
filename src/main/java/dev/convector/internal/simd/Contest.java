package dev.convector.internal.simd;

import java.util.Arrays;

/**
 * Which of two ways to compute the same bits is faster on this processor, found out while the work
 * is done. For what no property of the problem tells, since it lies in how a processor's stores and
 * caches work.
 *
 * <p>The champion is what is taken before anything is known. They take turns of many runs, since
 * what one leaves in the caches helps the other: tiles on 1024 channels at 14x14 take 80 us where
 * every second block of rows is computed from copies, alone 190 (Zen 4). A challenger that C2 has
 * not compiled yet, which may take it two seconds in which each run takes fifty times as long, has
 * few runs until then.
 *
 * <p>Thread-safe. A round compares the fastest of some turns of each, since any may be disturbed;
 * the challenger has to win several rounds in a row by a margin, and has lost when it ran for some
 * time without.
 */
public final class Contest {
  /** Turns of each in a round. */
  static final int TURNS = 4;

  /** What a turn takes at least. */
  static final long TURN_NANOS = 1_000_000;

  /** Steady rounds in a row that the challenger has to win. */
  static final int ROUNDS = 4;

  /** Rounds after which the challenger has lost, whatever they were like. */
  static final int MOST_ROUNDS = 200;

  /**
   * Steady rounds after which it has lost without: what it calls may be compiled after it. Copies
   * of depthwise input took 1.15 of their champion's time at first, and 0.8 some milliseconds
   * later.
   */
  static final int LOST_ROUNDS = 8;

  /** What a challenger that isn't compiled may take, so that C2 is asked for it. */
  static final long COLD_NANOS = 300_000_000;

  /** The part of the champion's time that it may take until then. */
  private static final double COLD_SHARE = 0.25;

  /** The same behind that, to see whether it is compiled. */
  private static final double ASKED_SHARE = 0.03;

  /** Of a turn, what comes first and isn't counted: this part of {@link #TURN_NANOS}. */
  private static final int SETTLING = 4;

  /** Times of a steady round are no less than this part of those before. */
  private static final double STEADY = 0.9;

  /** A clear margin, where nothing speaks for either. */
  public static final double CLEAR = 0.93;

  private final double margin;
  private volatile boolean isDecided;
  private volatile boolean isWon;
  private volatile boolean isCold = true;
  private volatile boolean isChallengers;
  private int alternations;
  private int turns;
  private int rounds;
  private int wonRounds;
  private int steadyRounds;
  private long coldNanos;
  private long championNanos;

  /** Of the turn. */
  private long nanos;

  private long countedNanos;
  private long countedSteps;

  /**
   * Of the round and of the one before, in nanoseconds a step: the champion's, the challenger's.
   */
  private final double[] least = new double[2];

  private final double[] before = new double[2];

  /**
   * An open one.
   *
   * @param margin the part of the champion's time that the challenger has to take at most
   */
  public Contest(double margin) {
    this.margin = margin;
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

  /** Whether no run of the challenger's was as fast as what is compiled. */
  public boolean isCold() {
    return isCold;
  }

  /** Whether the challenger does a run that is about to begin, and will be counted. */
  public boolean isChallengers() {
    return isChallengers;
  }

  /** Of one that won't be: each second one, so that C2 sees both ways where they share code. */
  public synchronized boolean alternates() {
    return alternations++ % 2 != 0;
  }

  /**
   * Counts a run.
   *
   * @param isChallenger who did it
   * @param runNanos what it took
   * @param steps its multiply-adds of vectors
   */
  public synchronized void add(boolean isChallenger, long runNanos, long steps) {
    boolean isFast = runNanos < KernelWarmUp.FAST_NANOS * steps;
    if (isChallenger) {
      isCold &= !isFast;
      coldNanos += isCold ? runNanos : 0;
    } else {
      championNanos += runNanos;
    }
    if (isDecided || isChallenger != isChallengers) {
      return;
    }
    if (nanos >= TURN_NANOS / SETTLING) {
      countedNanos += runNanos;
      countedSteps += steps;
    }
    nanos += runNanos;
    if (isChallenger && isCold) {
      if (nanos >= TURN_NANOS) {
        pass(false);
      }
    } else if (nanos >= TURN_NANOS && countedSteps > 0) {
      endTurn(isChallenger ? 1 : 0);
    }
  }

  private void endTurn(int who) {
    least[who] = Math.min(least[who], (double) countedNanos / countedSteps);
    if (who == 1 && ++turns == TURNS) {
      endRound();
    }
    double share = coldNanos < COLD_NANOS ? COLD_SHARE : ASKED_SHARE;
    boolean mayRun = !isCold || coldNanos < share * championNanos;
    pass(who == 0 && mayRun);
  }

  private void pass(boolean toChallenger) {
    nanos = 0;
    countedNanos = 0;
    countedSteps = 0;
    isChallengers = toChallenger && !isDecided;
  }

  private void endRound() {
    rounds++;
    turns = 0;
    boolean isSteady = true;
    for (int who = 0; who < 2; who++) {
      isSteady &= least[who] < KernelWarmUp.FAST_NANOS && least[who] > STEADY * before[who];
      before[who] = least[who];
    }
    boolean isWithin = least[1] < margin * least[0];
    wonRounds = isSteady && isWithin ? wonRounds + 1 : 0;
    steadyRounds += isSteady ? 1 : 0;
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    if (wonRounds == ROUNDS) {
      decide(true);
    } else if (rounds == MOST_ROUNDS || !isWithin && steadyRounds >= LOST_ROUNDS) {
      decide(false);
    }
  }

  /** For tests too, which hold both ways to the same bits. */
  public void decide(boolean isWon) {
    this.isWon = isWon;
    isDecided = true;
  }
}

package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ContestTest {
  private static final long STEPS = 1_000_000;

  /** More than a compiled kernel takes for a step. */
  private static final long SLOW = 5;

  private final Contest contest = new Contest(Contest.CLEAR);
  private int runs;

  /** A run of whoever's turn it is, which takes so many nanoseconds for a step. */
  private boolean run(double champion, double challenger) {
    boolean isChallenger = contest.isChallengers();
    boolean isDisturbed = ++runs % 7 == 0;
    double nanos = (isChallenger ? challenger : champion) * (isDisturbed ? 2 : 1);
    contest.add(isChallenger, (long) (nanos * STEPS), STEPS);
    return isChallenger;
  }

  /** As many runs of the challenger's, and the champion's between. */
  private void challenges(int count, double champion, double challenger) {
    for (int left = count; left > 0; ) {
      left -= run(champion, challenger) ? 1 : 0;
    }
  }

  private void rounds(int count, double champion, double challenger) {
    // A turn is two runs: what settles isn't counted.
    challenges(2 * Contest.TURNS * count, champion, challenger);
  }

  @Test
  void aClearWinnerWins() {
    rounds(Contest.ROUNDS, 1, 0.8);
    assertFalse(contest.isDecided(), "the first round has none before it");
    rounds(1, 1, 0.8);
    assertTrue(contest.isDecided());
    assertTrue(contest.isWon());
  }

  @Test
  void aNarrowOneDoesNot() {
    rounds(Contest.LOST_ROUNDS, 1, 0.95);
    assertFalse(contest.isDecided());
    rounds(1, 1, 0.95);
    assertTrue(contest.isDecided());
    assertFalse(contest.isWon());
  }

  @Test
  void oneWhoseCallsAreCompiledLaterIsWaitedFor() {
    rounds(Contest.LOST_ROUNDS / 2, 1, 1.2);
    rounds(Contest.ROUNDS + 1, 1, 0.8);
    assertTrue(contest.isWon());
  }

  @Test
  void whatIsNotCompiledDoesNotCount() {
    challenges(20, SLOW, SLOW);
    challenges(20, SLOW, 1);
    assertFalse(contest.isCold());
    challenges(20, 1, SLOW);
    assertFalse(contest.isDecided());
    rounds(Contest.ROUNDS + 1, 1, 0.6);
    assertTrue(contest.isWon());
  }

  @Test
  void oneThatNeverGetsSteadyEnds() {
    rounds(Contest.MOST_ROUNDS - 1, SLOW, 1);
    assertFalse(contest.isDecided());
    rounds(1, SLOW, 1);
    assertTrue(contest.isDecided());
    assertFalse(contest.isWon());
  }

  @Test
  void oneThatIsNotCompiledHasFewRuns() {
    long cold = 0;
    long all = 0;
    for (int i = 0; i < 100_000; i++) {
      long nanos = contest.isChallengers() ? 50 * STEPS : STEPS;
      cold += contest.isChallengers() ? nanos : 0;
      all += nanos;
      contest.add(contest.isChallengers(), nanos, STEPS);
    }
    assertTrue(contest.isCold());
    assertTrue(cold >= Contest.COLD_NANOS);
    assertTrue(cold < 0.05 * all, cold + " of " + all);
    assertFalse(contest.isDecided());
  }

  @Test
  void theyTakeTurnsOfManyRuns() {
    long steps = STEPS / 100;
    int passed = 0;
    boolean before = false;
    for (int i = 0; i < 6000; i++) {
      boolean isChallenger = contest.isChallengers();
      contest.add(isChallenger, steps, steps);
      passed += isChallenger == before ? 0 : 1;
      before = isChallenger;
    }
    assertEquals(6000 * steps / Contest.TURN_NANOS, passed, 5);
  }

  @Test
  void runsThatDoNotCountAlternate() {
    int challenger = 0;
    for (int i = 0; i < 100; i++) {
      challenger += contest.alternates() ? 1 : 0;
    }
    assertEquals(50, challenger);
    assertFalse(contest.isChallengers());
  }
}

package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ContestTest {
  private final Contest contest = new Contest();

  /** Rounds in which the two take so long for a hundred steps. */
  private void rounds(int count, long champion, long challenger) {
    for (int i = 0; i < 2 * Contest.RUNS * count; i++) {
      boolean isChallenger = contest.turn();
      boolean isDisturbed = i % 5 == 0;
      contest.add(
          isChallenger, (isChallenger ? challenger : champion) * (isDisturbed ? 9 : 1), 100);
    }
  }

  @Test
  void aClearWinnerWins() {
    rounds(Contest.ROUNDS, 100, 80);
    assertFalse(contest.isDecided(), "the first round has none before it");
    rounds(1, 100, 80);
    assertTrue(contest.isDecided());
    assertTrue(contest.isWon());
  }

  @Test
  void aNarrowOneDoesNot() {
    rounds(Contest.ROUNDS + 1, 100, 95);
    assertTrue(contest.isDecided());
    assertFalse(contest.isWon());
  }

  @Test
  void whatIsNotCompiledDoesNotCount() {
    rounds(40, 30_000, 30_000);
    rounds(40, 3000, 400);
    rounds(1, 100, 90_000);
    assertFalse(contest.isDecided());
    rounds(Contest.ROUNDS + 1, 100, 60);
    assertTrue(contest.isWon());
  }

  @Test
  void oneThatNeverGetsSteadyEnds() {
    rounds(Contest.MOST_ROUNDS - 1, 30_000, 100);
    assertFalse(contest.isDecided());
    rounds(1, 30_000, 100);
    assertTrue(contest.isDecided());
    assertFalse(contest.isWon());
  }

  @Test
  void theyTakeTurns() {
    int challenger = 0;
    for (int i = 0; i < 100; i++) {
      challenger += contest.turn() ? 1 : 0;
    }
    assertEquals(50, challenger);
  }
}

package dev.convector.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ReadAheadTrialTest {
  /** Passes after which the better way is known from whatever balance. */
  private static final int LEARNING = 2 * 3 * 32 * ReadAheadTrial.RARELY;

  private final ReadAheadTrial trial = new ReadAheadTrial(new ReadAheadBalance(32));
  private long clock;

  /** Passes of so many that were read ahead, where each way takes so long. */
  private int ahead(int passes, int with, int without) {
    int ahead = 0;
    for (int i = 0; i < passes; i++) {
      boolean isAhead = trial.begin(1000, clock);
      clock += isAhead ? with : without;
      trial.end(clock);
      ahead += isAhead ? 1 : 0;
    }
    return ahead;
  }

  @Test
  void theFasterWayIsTakenAndTheOtherTriedOnceIn256Passes() {
    ahead(LEARNING, 3, 2);
    assertEquals(10, ahead(2560, 3, 2));
    ahead(LEARNING, 2, 3);
    assertEquals(2550, ahead(2560, 2, 3));
    ahead(LEARNING, 3, 2);
    assertEquals(10, ahead(2560, 3, 2));
  }

  /** A panel that is smaller would make the other way win. */
  @Test
  void passesOfDifferentSizeAreNoPair() {
    ahead(LEARNING, 2, 3);
    for (int i = 0; i < LEARNING; i++) {
      boolean isAhead = trial.begin(i + 1, clock);
      clock += isAhead ? 3 : 2;
      trial.end(clock);
    }
    assertEquals(2550, ahead(2560, 2, 3));
  }

  /** After 16 passes, with 8 points; a lost trial, the rare one, opens it again. */
  @Test
  void fewPointsAreKnownSoon() {
    ReadAheadTrial few = new ReadAheadTrial(new ReadAheadBalance(8));
    int ahead = 0;
    for (int i = 0; i < 32; i++) {
      boolean isAhead = few.begin(1, clock);
      clock += isAhead ? 2 : 1;
      few.end(clock);
      ahead += isAhead ? 1 : 0;
    }
    assertEquals(8, ahead);
  }
}

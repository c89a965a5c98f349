package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ShortCallsTest {
  private static final long WORK = 1000;
  private static final long SLOW = KernelWarmUp.FAST_NANOS * WORK;

  private final ShortCalls calls = new ShortCalls();

  @Test
  void areDueWhileTheyAreSlow() {
    calls.count(499_999, WORK, SLOW);
    assertEquals(ShortCalls.RUNS, calls.runs());
    calls.count(1, WORK, SLOW);
    assertEquals(0, calls.runs());
  }

  /** A microsecond for each multiply-add is the interpreter's. */
  @Test
  void areShorterInTheInterpreter() {
    assertEquals(ShortCalls.INTERPRETED_RUNS, calls.runs());
    calls.count(1, WORK, 1000 * WORK);
    assertEquals(ShortCalls.INTERPRETED_RUNS, calls.runs());
    calls.count(1, WORK, 600 * WORK);
    assertEquals(ShortCalls.INTERPRETED_RUNS, calls.runs());
    calls.count(1, WORK, 499 * WORK);
    assertEquals(ShortCalls.RUNS, calls.runs());
    calls.count(1, WORK, 2000 * WORK);
    assertEquals(ShortCalls.RUNS, calls.runs());
  }

  @Test
  void areLongerAsSoonAsTheyAreCompiled() {
    calls.count(1, WORK, 59 * WORK);
    assertEquals(ShortCalls.RUNS, calls.runs());
  }

  @Test
  void endWhereTheyAreFast() {
    calls.count(1, WORK, SLOW - 1);
    assertEquals(0, calls.runs());
  }

  @Test
  void moreThanAnIntIsCounted() {
    calls.count(1L << 33, WORK, SLOW);
    assertEquals(0, calls.runs());
  }
}

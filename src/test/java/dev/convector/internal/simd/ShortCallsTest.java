package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ShortCallsTest {
  private static final long WORK = 1000;
  private static final long SLOW = KernelWarmUp.FAST_NANOS * WORK;

  private final ShortCalls calls = new ShortCalls();

  @Test
  void areDueWhileTheyAreSlow() {
    calls.count(499_999, WORK, SLOW);
    assertTrue(calls.areDue());
    calls.count(1, WORK, SLOW);
    assertFalse(calls.areDue());
  }

  @Test
  void endWhereTheyAreFast() {
    calls.count(1, WORK, SLOW - 1);
    assertFalse(calls.areDue());
  }

  @Test
  void moreThanAnIntIsCounted() {
    calls.count(1L << 33, WORK, SLOW);
    assertFalse(calls.areDue());
  }
}

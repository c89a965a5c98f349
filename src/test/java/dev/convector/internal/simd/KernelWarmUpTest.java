package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** With a clock that calls move forward, as far as their speed says. */
final class KernelWarmUpTest {
  private static final int WORK = 100;

  private long nanos;
  private final KernelWarmUp.History history = new KernelWarmUp.History();
  private final KernelWarmUp shapes = new KernelWarmUp(4, () -> nanos, history);
  private long callNanos;
  private int calls;

  private void call() {
    calls++;
    nanos += callNanos;
  }

  private int count(int shape, long runs) {
    calls = 0;
    shapes.count(shape, runs, () -> this::call, WORK);
    return calls;
  }

  @Test
  void littleWorkIsOnlyCounted() {
    assertEquals(0, count(1, KernelWarmUp.RUNS - 1));
    assertTrue(shapes.isCold(1));
    assertTrue(count(1, 1) > 0);
    assertFalse(shapes.isCold(1));
    assertTrue(shapes.isCold(2));
  }

  @Test
  void whatIsFastIsNotCalledAgain() {
    callNanos = WORK / 10;
    assertEquals(16, count(0, KernelWarmUp.RUNS));
  }

  /** In the interpreter calls go on, then a number of them is counted, then they end. */
  @Test
  void callsAreCountedFromTheClientCompilerOn() {
    callNanos = 30 * WORK;
    int counted = count(0, KernelWarmUp.RUNS);
    assertTrue(counted >= 600 && counted < 2000, "calls: " + counted);
  }

  /** Calls that stay slow end after a while, and where none was ever faster none is made. */
  @Test
  void theInterpreterAloneIsLeftInPeace() {
    callNanos = 1000 * WORK;
    for (int shape = 0; shape < 2; shape++) {
      long before = nanos;
      count(shape, KernelWarmUp.RUNS);
      assertTrue(nanos - before > 100_000_000 && nanos - before < 1_000_000_000);
    }
    assertEquals(0, count(2, KernelWarmUp.RUNS));
    assertFalse(shapes.isCold(2));
  }

  @Test
  void whereOneGotFasterOthersAreTried() {
    callNanos = WORK / 10;
    count(0, KernelWarmUp.RUNS);
    callNanos = 1000 * WORK;
    count(1, KernelWarmUp.RUNS);
    count(2, KernelWarmUp.RUNS);
    assertTrue(count(3, KernelWarmUp.RUNS) > 0);
  }
}

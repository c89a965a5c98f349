package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** With a clock that calls move forward, as far as their speed says. */
final class KernelWarmUpTest {
  private static final int WORK = 100;
  private static final int ASKED = 1200;

  private long nanos;
  private final KernelWarmUp.History history = new KernelWarmUp.History();
  private final CompileQueue queue = new CompileQueue(1, () -> nanos);
  private boolean hasStandIn;
  private final KernelWarmUp shapes =
      new KernelWarmUp(4, () -> hasStandIn, ASKED, () -> nanos, history, queue);
  private long callNanos;
  private int calls;
  private boolean waits;

  private void call() {
    calls++;
    nanos += callNanos;
  }

  private int count(int shape, long runs) {
    calls = 0;
    waits = shapes.count(shape, runs, () -> this::call, WORK);
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

  /** What C2 is busy with is looked at by whoever comes; the next shape is begun meanwhile. */
  @Test
  void shapesWithAStandInAreAskedForOneAfterTheOther() {
    hasStandIn = true;
    callNanos = 30 * WORK;
    assertEquals(0, count(0, KernelWarmUp.RUNS - 1));
    assertFalse(waits);
    assertTrue(count(0, 1) >= 600);
    assertTrue(waits);
    int begun = count(1, KernelWarmUp.RUNS);
    assertTrue(begun >= 128 && begun < 200, "calls: " + begun);
    assertTrue(waits && shapes.isCold(1));
    assertEquals(0, count(2, KernelWarmUp.RUNS));
    assertTrue(waits && shapes.isCold(2));
    callNanos = WORK / 10;
    nanos += CompileQueue.LOOK_NANOS;
    assertTrue(count(1, 1) > 0);
    assertFalse(waits);
    assertFalse(shapes.isCold(0));
    assertFalse(shapes.isCold(1));
  }

  /** The client compiler is asked for a shape and not waited for: stand-ins work meanwhile. */
  @Test
  void callsInTheInterpreterAreFewWhereThereIsAStandIn() {
    hasStandIn = true;
    callNanos = 1000 * WORK;
    int begun = count(0, KernelWarmUp.RUNS);
    assertTrue(begun >= 128 && begun < 200, "calls: " + begun);
    assertTrue(waits);
    nanos += CompileQueue.LOOK_NANOS;
    assertTrue(count(0, 1) <= 4);
    assertTrue(waits);
    callNanos = 30 * WORK;
    nanos += CompileQueue.LOOK_NANOS;
    int counted = count(0, 1);
    assertTrue(counted >= 600 && counted <= ASKED + KernelWarmUp.CALLS, "calls: " + counted);
    assertTrue(waits);
    callNanos = WORK / 10;
    nanos += CompileQueue.LOOK_NANOS;
    count(0, 1);
    assertFalse(waits);
  }

  /** Without counters of loops it is hardly faster than the interpreter; C2 wants calls of it. */
  @Test
  void whatTheClientCompilerLeftSlowIsAskedForAllTheSame() {
    hasStandIn = true;
    callNanos = 150 * WORK;
    count(0, KernelWarmUp.RUNS);
    int all = 0;
    for (int look = 0; look < 12; look++) {
      nanos += CompileQueue.LOOK_NANOS;
      assertTrue(count(0, 1) <= 4, "at once");
      nanos += CompileQueue.UNSEEN_NANOS;
      all += count(0, 1);
      assertTrue(waits);
    }
    assertTrue(all >= ASKED && all < 2 * ASKED + 1000, "calls: " + all);
    callNanos = WORK / 10;
    nanos += CompileQueue.LOOK_NANOS;
    count(0, 1);
    assertFalse(waits);
  }

  /** What never gets fast is run as it is after a while, and others get their turn. */
  @Test
  void noShapeWaitsForever() {
    hasStandIn = true;
    callNanos = 30 * WORK;
    count(0, KernelWarmUp.RUNS);
    for (long left = CompileQueue.LIMIT_NANOS; left > 0; left -= CompileQueue.RUNNING_NANOS) {
      assertTrue(shapes.isCold(0));
      nanos += CompileQueue.RUNNING_NANOS;
      count(1, KernelWarmUp.RUNS);
    }
    assertFalse(shapes.isCold(0));
    assertTrue(waits && shapes.isCold(1));
  }

  /** C2 may not even have been asked for it. */
  @Test
  void aShapeStillWaitsAfterTimeInWhichNothingRan() {
    hasStandIn = true;
    callNanos = 30 * WORK;
    count(0, KernelWarmUp.RUNS);
    nanos += 3 * CompileQueue.LIMIT_NANOS;
    assertTrue(count(0, 1) > 0);
    assertTrue(waits && shapes.isCold(0));
  }
}

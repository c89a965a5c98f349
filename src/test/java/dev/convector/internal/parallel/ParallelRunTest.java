package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// On another thread: a run that never ends can't be interrupted either.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelRunTest {

  @Test
  void everyUnitRunsOnce() {
    ParallelRun run = new ParallelRun();
    for (int threads : new int[] {1, 2, 3, 7, 8}) {
      try (ForkJoinPool pool = new ForkJoinPool(threads)) {
        for (int units : new int[] {0, 1, 2, 3, 5, 8, 64, 1_000}) {
          for (int repetition = 0; repetition < 50; repetition++) {
            AtomicIntegerArray counts = new AtomicIntegerArray(units);
            run.run((unit, scratch) -> counts.incrementAndGet(unit), units, pool, threads, 10, 0);
            assertAllOnce(counts);
          }
        }
      }
    }
  }

  /** Units of no length, so that caller and helpers claim at the same moment all the time. */
  @Test
  void claimsThatMeetAreNotMixedUp() {
    int units = 300_000;
    ParallelRun run = new ParallelRun();
    try (ForkJoinPool pool = new ForkJoinPool(4)) {
      for (int repetition = 0; repetition < 10; repetition++) {
        AtomicIntegerArray counts = new AtomicIntegerArray(units);
        run.run((unit, scratch) -> counts.incrementAndGet(unit), units, pool, 4, 10, 0);
        assertAllOnce(counts);
      }
    }
  }

  private static void assertAllOnce(AtomicIntegerArray counts) {
    for (int unit = 0; unit < counts.length(); unit++) {
      assertEquals(1, counts.get(unit), "unit " + unit + " of " + counts.length());
    }
  }

  @Test
  void withoutAPoolTheCallerRunsAll() {
    Thread caller = Thread.currentThread();
    AtomicIntegerArray counts = new AtomicIntegerArray(9);
    new ParallelRun()
        .run(
            (unit, scratch) -> {
              assertSame(caller, Thread.currentThread());
              counts.incrementAndGet(unit);
            },
            9,
            null,
            4,
            10,
            10);
    assertAllOnce(counts);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10})
  void helpersTakePart(int threads) {
    try (ForkJoinPool pool = new ForkJoinPool(threads)) {
      ParallelRun run = new ParallelRun();
      for (int repetition = 0; repetition < 3; repetition++) {
        // No unit can end before each of the others has a thread.
        CountDownLatch all = new CountDownLatch(threads);
        run.run(
            (unit, scratch) -> {
              all.countDown();
              awaitUnchecked(all);
            },
            threads,
            pool,
            threads,
            10,
            0);
        assertEquals(0, all.getCount());
      }
    }
  }

  /** Those that come late from a run with fewer helpers find a longer list of them. */
  @Test
  void runsWithMoreAndFewerThreadsTakeTurns() {
    try (ForkJoinPool pool = new ForkJoinPool(9)) {
      ParallelRun run = new ParallelRun();
      for (int repetition = 0; repetition < 2_000; repetition++) {
        AtomicIntegerArray counts = new AtomicIntegerArray(12);
        int threads = 2 + repetition % 9;
        run.run((unit, scratch) -> counts.incrementAndGet(unit), 12, pool, threads, 10, 0);
        assertAllOnce(counts);
      }
    }
  }

  @Test
  void scratchIsPrivateAndLargeEnough() {
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      new ParallelRun()
          .run(
              (unit, scratch) -> {
                assertTrue(scratch.floats.length >= 5_000 && scratch.ints.length >= 3_000);
                scratch.floats[4_999] = unit;
                LockSupport.parkNanos(10_000);
                assertEquals(unit, scratch.floats[4_999]);
              },
              200,
              pool,
              3,
              5_000,
              3_000);
    }
  }

  @Test
  void aBlockedPoolDoesNotHoldUpTheCaller() {
    CountDownLatch release = new CountDownLatch(1);
    try (ForkJoinPool pool = new ForkJoinPool(2)) {
      for (int i = 0; i < 4; i++) {
        pool.execute(() -> awaitUnchecked(release));
      }
      ParallelRun run = new ParallelRun();
      for (int repetition = 0; repetition < 3; repetition++) {
        AtomicIntegerArray counts = new AtomicIntegerArray(20);
        run.run((unit, scratch) -> counts.incrementAndGet(unit), 20, pool, 2, 10, 0);
        assertAllOnce(counts);
      }
      release.countDown();
    }
  }

  @Test
  void exceptionsAreRethrownAfterAllUnitsHaveRun() {
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      ParallelRun run = new ParallelRun();
      for (Throwable thrown :
          new Throwable[] {new IllegalStateException(), new StackOverflowError()}) {
        AtomicIntegerArray counts = new AtomicIntegerArray(30);
        UnitTask task =
            (unit, scratch) -> {
              counts.incrementAndGet(unit);
              if (unit == 17) {
                sneak(thrown);
              }
            };
        assertSame(thrown, assertThrows(Throwable.class, () -> run.run(task, 30, pool, 3, 10, 0)));
        assertAllOnce(counts);
      }
      // And the run can be used again.
      AtomicIntegerArray counts = new AtomicIntegerArray(30);
      run.run((unit, scratch) -> counts.incrementAndGet(unit), 30, pool, 3, 10, 0);
      assertAllOnce(counts);
    }
  }

  @Test
  void whatAHelperThrowsKeepsItsStack() {
    try (ForkJoinPool pool = new ForkJoinPool(2)) {
      Thread caller = Thread.currentThread();
      CountDownLatch thrown = new CountDownLatch(1);
      UnitTask task =
          (unit, scratch) -> {
            if (Thread.currentThread() == caller) {
              awaitUnchecked(thrown);
            } else {
              thrown.countDown();
              throw new IllegalStateException("of a helper");
            }
          };
      Throwable caught =
          assertThrows(
              IllegalStateException.class, () -> new ParallelRun().run(task, 2, pool, 2, 10, 0));
      assertEquals("of a helper", caught.getMessage());
      assertTrue(
          Arrays.stream(caught.getStackTrace())
              .anyMatch(frame -> frame.getClassName().equals(ForkJoinWorkerThread.class.getName())),
          Arrays.toString(caught.getStackTrace()));
    }
  }

  /** What one does where the system has no more threads, here at the second helper. */
  private static final class FullPool extends ForkJoinPool {
    private int given;

    FullPool() {
      super(3);
    }

    @Override
    public void execute(ForkJoinTask<?> helper) {
      given++;
      if (given == 2) {
        throw new OutOfMemoryError("no thread");
      }
      super.execute(helper);
    }
  }

  @Test
  void aPoolThatCantStartAThreadIsRethrownAfterAllUnitsHaveRun() {
    try (ForkJoinPool pool = new FullPool()) {
      ParallelRun run = new ParallelRun();
      AtomicIntegerArray counts = new AtomicIntegerArray(30);
      UnitTask task =
          (unit, scratch) -> {
            counts.incrementAndGet(unit);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
          };
      assertThrows(OutOfMemoryError.class, () -> run.run(task, 30, pool, 3, 10, 0));
      assertAllOnce(counts);
      AtomicIntegerArray again = new AtomicIntegerArray(30);
      run.run((unit, scratch) -> again.incrementAndGet(unit), 30, pool, 3, 10, 0);
      assertAllOnce(again);
    }
  }

  private static void sneak(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  @Test
  void runsInsideThePoolsWorkers() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(2)) {
      AtomicInteger inner = new AtomicInteger();
      pool.submit(
              () ->
                  new ParallelRun()
                      .run(
                          (unit, scratch) ->
                              new ParallelRun()
                                  .run((u, s) -> inner.incrementAndGet(), 6, pool, 2, 10, 0),
                          5,
                          pool,
                          2,
                          10,
                          0))
          .get();
      assertEquals(30, inner.get());
    }
  }

  @Test
  void interruptsAreKept() {
    try (ForkJoinPool pool = new ForkJoinPool(2)) {
      CountDownLatch helping = new CountDownLatch(1);
      Thread caller = Thread.currentThread();
      new ParallelRun()
          .run(
              (unit, scratch) -> {
                if (Thread.currentThread() == caller) {
                  awaitUnchecked(helping);
                } else {
                  helping.countDown();
                  // Long enough for the caller to have parked.
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                  caller.interrupt();
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
              },
              2,
              pool,
              2,
              10,
              0);
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void oneRunAfterAnotherOnDifferentPools() {
    ParallelRun run = new ParallelRun();
    try (ForkJoinPool a = new ForkJoinPool(2);
        ForkJoinPool b = new ForkJoinPool(4)) {
      for (int repetition = 0; repetition < 200; repetition++) {
        AtomicIntegerArray counts = new AtomicIntegerArray(16);
        boolean even = repetition % 2 == 0;
        run.run(
            (unit, scratch) -> counts.incrementAndGet(unit), 16, even ? a : b, even ? 2 : 4, 10, 0);
        assertAllOnce(counts);
      }
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}

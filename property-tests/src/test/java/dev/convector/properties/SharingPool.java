package dev.convector.properties;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.statistics.Statistics;

/**
 * A pool on which small work is really shared, and which knows it. On an ordinary one the caller is
 * done before the first helper wakes, so that a test on it may be a test of the caller alone.
 *
 * <p>For one caller at a time.
 */
final class SharingPool extends ForkJoinPool {
  static final List<SharingPool> ALL =
      IntStream.of(2, 3, 7, 16).mapToObj(SharingPool::new).toList();

  /** Of runs that have help: 67 to 88 % were seen in a hundred tries. */
  private static final double LEAST_PERCENT = 40;

  /** How many helpers a run's caller summons; these summon the others. */
  private static final int BY_THE_CALLER = 2;

  private final AtomicInteger summoned = new AtomicInteger();
  private int expected;
  private boolean callerWaits;
  private volatile boolean open;

  SharingPool(int threads) {
    super(threads);
  }

  /**
   * Runs something as on any pool, then with all the work done by helpers, who start together, then
   * with helpers and the caller starting together; and checks what each of the runs did.
   *
   * @return how many helped
   */
  int share(Runnable run, Runnable check) {
    expected = Integer.MAX_VALUE;
    summoned.set(0);
    run.run();
    settle();
    int helpers = summoned.get();
    check.run();
    if (helpers > 0) {
      held(helpers, true, run);
      check.run();
      held(helpers, false, run);
      check.run();
    }
    return helpers;
  }

  /** Fails in the end if it is called from a property whose runs seldom have help. */
  void collect(int helpers) {
    Statistics.label(getParallelism() + " threads")
        .collect(helpers > 0)
        .coverage(runs -> runs.check(true).percentage(part -> part >= LEAST_PERCENT));
  }

  /** Fails unless all of the pool's threads took part, the caller for one of them. */
  void requireAll(int helpers, Object where) {
    if (helpers != getParallelism() - 1) {
      throw new AssertionError(helpers + " helpers of " + getParallelism() + " threads: " + where);
    }
  }

  private void held(int helpers, boolean waits, Runnable run) {
    hold();
    expected = Math.min(helpers, BY_THE_CALLER);
    callerWaits = waits;
    summoned.set(0);
    try {
      run.run();
    } finally {
      open = true;
      settle();
    }
    if (summoned.get() != helpers) {
      throw new AssertionError(summoned + " helpers, not " + helpers + " as before");
    }
  }

  /** Keeps all threads of the pool awake and busy until the caller has summoned helpers. */
  private void hold() {
    open = false;
    CountDownLatch held = new CountDownLatch(getParallelism());
    for (int i = 0; i < getParallelism(); i++) {
      super.execute(
          () -> {
            held.countDown();
            while (!open) {
              Thread.yield();
            }
          });
    }
    try {
      held.await();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  @Override
  public void execute(ForkJoinTask<?> helper) {
    super.execute(helper);
    if (summoned.incrementAndGet() == expected) {
      open = true;
      if (callerWaits) {
        settle();
      }
    }
  }

  /** Not {@link #awaitQuiescence}, in which the caller would help. */
  private void settle() {
    while (!isQuiescent()) {
      Thread.yield();
    }
  }
}

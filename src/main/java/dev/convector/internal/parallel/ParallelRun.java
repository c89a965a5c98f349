package dev.convector.internal.parallel;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs numbered units of work on the calling thread and on helpers from a ForkJoinPool; the only
 * class that touches one. Kept and used again by its owner, so that a run allocates nothing; one
 * run at a time.
 *
 * <p>The caller claims units from the front and the helpers from the back: with two threads each
 * has its own half, and neighbouring units stay on one core's caches, until one of them runs out
 * and takes from the other's. The caller waits for units that a helper has claimed, never for a
 * helper that has not started; so a run ends even on a pool whose threads are all busy, and never
 * deadlocks inside one.
 *
 * <p>A helper is a task that is never completed and therefore may be submitted again. One that is
 * still queued from an earlier run is not queued a second time: it will find the current run's
 * units, or none.
 */
public final class ParallelRun {
  /** Units are numbered with this many bits in {@link #claims}. */
  private static final int UNIT_BITS = 24;

  /** The most units of one run. */
  public static final int MAX_UNITS = (1 << UNIT_BITS) - 1;

  /**
   * How often to look before parking: some 20 microseconds, what waking a parked thread costs, so
   * that waiting never takes more than twice the best possible.
   */
  private static final int SPINS = 2_000;

  /**
   * The unclaimed units {@code [front, back)}: front in the low bits, back above it. One word, so
   * that a claim is one compare-and-set. A helper may be delayed between reading it and claiming,
   * even into a later run: if the word is the same again, so is the claim's meaning, since nothing
   * else of a run is read before the claim.
   */
  private final AtomicLong claims = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();

  /** Volatile, since one that comes late from an earlier run may read it at any time. */
  private volatile Helper[] helpers = {};

  /** Of the current run; written before {@link #claims}, read after a claim from it. */
  private UnitTask task;

  /** Helpers of the current run; one that comes late may read an earlier or a later run's. */
  private int wanted;

  /** The same in every run of one owner, since a helper keeps its scratch from claim to claim. */
  private int scratchFloats;

  private int scratchInts;
  private volatile Thread waiter;
  private volatile Throwable failure;

  /**
   * Runs every unit once and returns when all are done.
   *
   * @param pool null for the calling thread alone
   * @param threads the most threads to use, the caller among them
   * @throws RuntimeException or Error, what a unit has thrown, with the stack of the thread that
   *     ran it, or the pool at being given helpers; the other units have run
   */
  public void run(
      UnitTask task,
      int units,
      ForkJoinPool pool,
      int threads,
      int scratchFloats,
      int scratchInts) {
    if (units > MAX_UNITS) {
      throw new AssertionError(units + " units; must be at most " + MAX_UNITS);
    }
    int most = pool == null ? 0 : Math.min(threads, units) - 1;
    if (most <= 0) {
      alone(task, units, scratchFloats, scratchInts);
      return;
    }
    this.task = task;
    this.scratchFloats = scratchFloats;
    this.scratchInts = scratchInts;
    failure = null;
    wanted = most;
    prepare(pool);
    unfinished.set(units);
    claims.set((long) units << UNIT_BITS);
    summon(0);
    work(true);
    await();
    this.task = null;
    rethrow(failure);
  }

  private static void alone(UnitTask task, int units, int scratchFloats, int scratchInts) {
    Scratch scratch = ScratchPool.take(scratchFloats, scratchInts);
    try {
      for (int unit = 0; unit < units; unit++) {
        task.run(unit, scratch);
      }
    } finally {
      ScratchPool.give(scratch);
    }
  }

  /** Makes what helpers are missing: from the first claim on nothing may be thrown past a run. */
  private void prepare(ForkJoinPool pool) {
    if (helpers.length < wanted) {
      Helper[] more = Arrays.copyOf(helpers, wanted);
      for (int i = helpers.length; i < wanted; i++) {
        more[i] = new Helper(this, i, pool);
      }
      helpers = more;
    }
    for (int i = 0; i < wanted; i++) {
      if (helpers[i].pool != pool) {
        // Maybe still queued in the other pool, where it must not work for this one.
        helpers[i].run = null;
        helpers[i] = new Helper(this, i, pool);
      }
    }
  }

  /**
   * Summons two helpers, who do the same before they work: waking a parked thread keeps busy who
   * does it, so that of many the last would come late if the caller woke them all
   * (docs/decisions.md).
   *
   * <p>A pool that can't start a thread throws that at whoever gives it a task. Helpers that came
   * before are at work by then, so that it has to wait like what a unit throws.
   */
  private void summon(int first) {
    Helper[] all = helpers;
    int end = Math.min(first + 2, Math.min(wanted, all.length));
    try {
      for (int i = first; i < end; i++) {
        if (!all[i].summon()) {
          return;
        }
      }
    } catch (Throwable thrown) {
      failure = thrown;
    }
  }

  private void help(int number) {
    summon(2 * number + 2);
    work(false);
  }

  /** Claims and runs units until none is left. */
  private void work(boolean fromFront) {
    Scratch scratch = null;
    for (int unit = claim(fromFront); unit >= 0; unit = claim(fromFront)) {
      try {
        if (scratch == null) {
          scratch = ScratchPool.take(scratchFloats, scratchInts);
        }
        task.run(unit, scratch);
      } catch (Throwable thrown) {
        failure = thrown;
      } finally {
        if (unfinished.decrementAndGet() == 0) {
          LockSupport.unpark(waiter);
        }
      }
    }
    if (scratch != null) {
      ScratchPool.give(scratch);
    }
  }

  private int claim(boolean fromFront) {
    while (true) {
      long seen = claims.get();
      int front = (int) seen & MAX_UNITS;
      int back = (int) (seen >>> UNIT_BITS) & MAX_UNITS;
      if (front == back) {
        return -1;
      }
      long next = fromFront ? seen + 1 : seen - (1L << UNIT_BITS);
      if (claims.compareAndSet(seen, next)) {
        return fromFront ? front : back - 1;
      }
    }
  }

  private void await() {
    for (int spin = 0; spin < SPINS; spin++) {
      if (unfinished.get() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    waiter = Thread.currentThread();
    boolean interrupted = false;
    while (unfinished.get() != 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(Throwable thrown) {
    switch (thrown) {
      case null -> {}
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new AssertionError("units throw no checked exceptions", thrown);
    }
  }

  /** Takes part in whatever its run does when the pool gets round to it. */
  private static final class Helper extends ForkJoinTask<Void> {
    private static final long serialVersionUID = 1L;

    final transient ForkJoinPool pool;
    transient volatile ParallelRun run;
    private final int number;
    private final AtomicInteger queued = new AtomicInteger();

    Helper(ParallelRun run, int number, ForkJoinPool pool) {
      this.run = run;
      this.number = number;
      this.pool = pool;
    }

    /** Queues it unless it is queued already. Returns false if the pool takes no more tasks. */
    boolean summon() {
      if (queued.compareAndSet(0, 1)) {
        boolean accepted = false;
        try {
          pool.execute(this);
          accepted = true;
        } catch (RejectedExecutionException shutDownMeanwhile) {
          return false;
        } finally {
          if (!accepted) {
            // Though it may be queued: a second time does no harm, never again would.
            queued.set(0);
          }
        }
      }
      return true;
    }

    /** Returns false: the task is not completed, and may be queued again. */
    @Override
    protected boolean exec() {
      queued.set(0);
      ParallelRun current = run;
      if (current != null) {
        current.help(number);
      }
      return false;
    }

    @Override
    public Void getRawResult() {
      return null;
    }

    @Override
    protected void setRawResult(Void value) {}
  }
}

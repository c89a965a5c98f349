package dev.convector;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;

/**
 * Where a run takes place. The result's bits never depend on it.
 *
 * <p>The library owns no thread. The calling thread always takes part in the work and returns when
 * all of it is done; helpers that the pool has not started by then are not waited for.
 */
public final class Execution {
  private static final Execution SERIAL = new Execution(null, 1);

  private final ForkJoinPool pool;
  private final int threads;

  private Execution(ForkJoinPool pool, int threads) {
    this.pool = pool;
    this.threads = threads;
  }

  /**
   * The calling thread alone.
   *
   * @return the execution, always the same
   */
  public static Execution serial() {
    return SERIAL;
  }

  /**
   * The calling thread and the common pool, as many threads together as there are processors.
   *
   * @return the execution, always the same
   */
  public static Execution common() {
    return Common.INSTANCE;
  }

  /**
   * The calling thread and a pool, together at most as many threads as the pool's parallelism.
   *
   * @param pool any pool that has not been shut down
   * @return the execution
   */
  public static Execution on(ForkJoinPool pool) {
    Objects.requireNonNull(pool, "pool");
    return new Execution(pool, pool.getParallelism());
  }

  /**
   * The pool that helps.
   *
   * @return the pool; empty when the calling thread works alone
   */
  public Optional<ForkJoinPool> pool() {
    return Optional.ofNullable(pool);
  }

  /**
   * The most threads that work on one run, the caller among them.
   *
   * @return at least 1
   */
  public int threads() {
    return threads;
  }

  /** For the runs: the pool or null, without an Optional. */
  ForkJoinPool poolOrNull() {
    return pool;
  }

  /**
   * Checked before anything is written.
   *
   * @throws IllegalArgumentException if the pool has been shut down
   */
  void requireOpen() {
    if (pool != null && pool.isShutdown()) {
      throw new IllegalArgumentException(
          "execution: its pool " + pool + " is shut down; must accept tasks");
    }
  }

  /** Apart, so that a program with its own pool never starts the common one. */
  private static final class Common {
    static final Execution INSTANCE =
        new Execution(ForkJoinPool.commonPool(), ForkJoinPool.getCommonPoolParallelism() + 1);
  }
}

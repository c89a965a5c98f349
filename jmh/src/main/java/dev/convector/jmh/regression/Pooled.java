package dev.convector.jmh.regression;

import dev.convector.Execution;
import java.util.concurrent.ForkJoinPool;

/** Where a subject runs: in its thread, or in a pool of its own. Loaded once for each version. */
abstract class Pooled implements Subject {
  private final ForkJoinPool pool;
  final Execution execution;

  Pooled(int threads) {
    pool = threads == 1 ? null : new ForkJoinPool(threads);
    execution = pool == null ? Execution.serial() : Execution.on(pool);
  }

  @Override
  public final void close() {
    if (pool != null) {
      pool.close();
    }
  }
}

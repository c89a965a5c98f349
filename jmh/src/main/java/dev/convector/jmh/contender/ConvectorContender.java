package dev.convector.jmh.contender;

import dev.convector.Execution;
import java.util.concurrent.ForkJoinPool;

/** Where Convector runs: a pool of as many threads as a contender may use, or the caller alone. */
public abstract class ConvectorContender implements Contender {
  private final ForkJoinPool pool;
  final Execution execution;

  ConvectorContender(int threads) {
    pool = threads == 1 ? null : new ForkJoinPool(threads);
    execution = threads == 1 ? Execution.serial() : Execution.on(pool);
  }

  @Override
  public final void close() {
    if (pool != null) {
      pool.close();
    }
  }
}

package dev.convector.properties;

import dev.convector.Execution;
import java.util.concurrent.ForkJoinPool;

/** Where a case runs: one pool for each size, kept for the whole test run. */
enum Threads {
  SERIAL(Execution.serial()),
  COMMON(Execution.common()),
  POOL_1(Execution.on(new ForkJoinPool(1))),
  POOL_2(Execution.on(new ForkJoinPool(2))),
  POOL_3(Execution.on(new ForkJoinPool(3))),
  POOL_7(Execution.on(new ForkJoinPool(7))),
  POOL_16(Execution.on(new ForkJoinPool(16)));

  final Execution execution;

  Threads(Execution execution) {
    this.execution = execution;
  }
}

package dev.convector.properties;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Allocation of the calling thread, once the JIT compiler has seen what runs. */
final class Steady {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SERIES = 20;

  private Steady() {}

  /** Repeats series of runs until one allocates nothing, for a limited time. */
  static void require(Runnable run, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long allocated;
    do {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < SERIES; i++) {
        run.run();
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    } while (allocated > 0 && System.nanoTime() < deadline);
    if (allocated > 0) {
      throw new AssertionError(SERIES + " runs allocate " + allocated + " bytes: " + what);
    }
  }
}

package dev.convector.internal.simd;

import java.util.function.Supplier;

/**
 * Whether a kernel is compiled that does the work of those that are not; has it compiled before.
 *
 * <p>Thread-safe: threads that need it wait for the first of them.
 */
public final class StandIn {
  /** How often C2 is waited for before the kernel is given up. */
  private static final int ATTEMPTS = 2;

  private final Supplier<Runnable> calls;
  private final int work;
  private volatile boolean isReady;
  private volatile int attempts;

  /**
   * @param calls makes a small call on operands of its own
   * @param work of such a call, in multiply-adds of vectors
   */
  public StandIn(Supplier<Runnable> calls, int work) {
    this.calls = calls;
    this.work = work;
  }

  public boolean isReady() {
    return isReady || attempts < ATTEMPTS && await();
  }

  private synchronized boolean await() {
    if (!isReady && attempts < ATTEMPTS) {
      isReady = CompileQueue.await(calls.get(), work);
      attempts++;
    }
    return isReady;
  }
}

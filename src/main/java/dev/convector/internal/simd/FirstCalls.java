package dev.convector.internal.simd;

/**
 * The first calls of a loop over vectors, which should be short: the interpreter takes a
 * microsecond for each operation, and it is after 200 calls, however long they are, that HotSpot
 * asks the client compiler for the method (Tier3InvocationThreshold).
 *
 * <p>Threads may count at the same time; what is lost by that does no harm.
 */
final class FirstCalls {
  /** More than 200, since work goes on while the client compiler is busy. */
  private static final int CALLS = 400;

  private int left = CALLS;

  /** Elements of the next call, of so many: few, if it is one of the first. */
  int next(int all, int few) {
    if (left == 0) {
      return all;
    }
    left--;
    return Math.min(all, few);
  }
}

package dev.convector.internal.simd;

/**
 * Whether calls of a kernel should be short: until C2 must have compiled it.
 *
 * <p>HotSpot asks C2 for a method that was called more than 600 times once its calls and the runs
 * of its loops are 15,000 together, but looks only whenever the runs have grown by 8,192 or the
 * calls by 1,024; and from 40,000 runs on, however few the calls, it asks for a version for the
 * middle of the running loop (Tier4MinInvocationThreshold, Tier4CompileThreshold,
 * Tier3BackedgeNotifyFreqLog, Tier3InvokeNotifyFreqLog, Tier4BackEdgeThreshold). That version takes
 * longer to compile than the method, since all that the loop holds comes in as objects, comes
 * before it in the queue, and is of no use in the next call. Calls of at most {@link #RUNS} ask for
 * the method first.
 *
 * <p>Threads may count at the same time; what is lost by that does no harm.
 */
public final class ShortCalls {
  /** Runs of a call's loops: 600 calls and 24,576 runs come before 40,000. */
  public static final int RUNS = 40;

  /** More than the vectors of results that C2 needs to be asked and to answer. */
  private static final int COUNTED = Setting.of("convector.shortCallVectors", 500_000, 0);

  private int left = COUNTED;

  public boolean areDue() {
    return left > 0;
  }

  /**
   * Counts what was computed by short calls, of which no more are due once they are fast.
   *
   * @param vectors of results
   * @param work multiply-adds of vectors
   * @param nanos what they took
   */
  public void count(long vectors, long work, long nanos) {
    left = nanos < KernelWarmUp.FAST_NANOS * work ? 0 : (int) Math.max(0, left - vectors);
  }
}

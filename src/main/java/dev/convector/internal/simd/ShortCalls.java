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

  /**
   * The same of calls that the interpreter makes, which takes long for a vector: it is after 200 of
   * them, however long, that HotSpot asks the client compiler (Tier3InvocationThreshold), or 100
   * with 2000 runs (Tier3CompileThreshold). What C2 learns of the loops it learns from later ones.
   */
  static final int INTERPRETED_RUNS = 10;

  /** More than the vectors of results that C2 needs to be asked and to answer. */
  private static final int COUNTED = Setting.of("convector.shortCallVectors", 500_000, 0);

  private int left = COUNTED;

  /** Nanoseconds of a multiply-add of vectors. */
  private long slowest;

  /** By the client compiler. */
  private boolean isCompiled;

  /** Runs of the loops of a call; 0 where any number is as good. */
  public int runs() {
    if (left == 0) {
      return 0;
    }
    return isCompiled ? RUNS : INTERPRETED_RUNS;
  }

  /**
   * Counts what was computed by short calls, of which no more are due once they are fast.
   *
   * @param vectors of results
   * @param work multiply-adds of vectors
   * @param nanos what they took
   */
  public void count(long vectors, long work, long nanos) {
    long each = nanos / Math.max(1, work);
    isCompiled |= each < KernelWarmUp.COUNTED_NANOS || 2 * each < slowest;
    slowest = Math.max(slowest, each);
    left = nanos < KernelWarmUp.FAST_NANOS * work ? 0 : (int) Math.max(0, left - vectors);
  }
}

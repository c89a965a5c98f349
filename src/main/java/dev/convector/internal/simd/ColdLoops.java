package dev.convector.internal.simd;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Kernels in whose place plain loops work, with the same bits, until C2 has compiled them; and C2
 * is not asked before it is worth it: in a fresh process kernels beside those of convolutions often
 * have little to do in all. What this brings: docs/decisions.md.
 *
 * <p>Threads may count at the same time; what is lost by that does no harm.
 */
public final class ColdLoops {
  /**
   * Calls with a run or two of their loops that are counted before C2 must have been asked: for
   * what was called 5000 times (Tier4InvocationThreshold).
   */
  private static final int ASKED = 5500;

  /** Floats that loops are left to before a kernel is asked for. */
  private static final long FLOATS = 1_000_000;

  private final KernelWarmUp kernels;
  private final long[] left;

  /**
   * @param kernels how many; they are numbered from 0
   * @param isRunOften whether small calls run their loops 24 times, and not once or twice
   */
  public ColdLoops(int kernels, boolean isRunOften) {
    this(kernels, isRunOften, FLOATS);
  }

  ColdLoops(int kernels, boolean isRunOften, long floats) {
    this.kernels = new KernelWarmUp(kernels, () -> true, isRunOften ? CompileQueue.ASKED : ASKED);
    this.left = new long[kernels];
    Arrays.fill(left, floats);
  }

  /** Whether {@link #areDue} is to be asked. */
  public boolean isCold(int kernel) {
    return kernels.isCold(kernel);
  }

  /**
   * Whether loops should work in a cold kernel's place; counts what they do.
   *
   * @param floats of the work
   * @param call makes a small call of the kernel on operands of its own
   * @param work of such a call, in operations on vectors
   */
  public boolean areDue(int kernel, long floats, Supplier<Runnable> call, int work) {
    long before = left[kernel];
    if (before > 0) {
      left[kernel] = before - floats;
      return true;
    }
    return kernels.count(kernel, Long.MAX_VALUE, call, work);
  }
}

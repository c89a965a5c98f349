package dev.convector.internal.access;

import dev.convector.Execution;
import dev.convector.Plan;

/**
 * Runs of plans whose channels-last result is a part of wider images: something else lies between
 * its pixels, as where several results are written side by side. On the public face operands are
 * dense; this is for whole networks, which know what lies there. Thread-safe.
 */
public abstract class PlanAccess {
  private static volatile PlanAccess access;

  /** What can reach what a plan runs. */
  public static void set(PlanAccess access) {
    PlanAccess.access = access;
  }

  /** There as soon as there is a plan. */
  public static PlanAccess get() {
    return access;
  }

  /** Whether the pixels of a plan's result may lie further apart than their channels. */
  public abstract boolean allowsResultDistance(Plan plan);

  /**
   * Runs, without residual. Nothing is checked: elements of both operands must lie in their arrays,
   * and none be in both.
   *
   * @param dstPixel floats from one pixel of the result to the next
   */
  public abstract void run(
      Plan plan,
      float[] src,
      int srcOffset,
      float[] dst,
      int dstOffset,
      int dstPixel,
      Execution execution);
}

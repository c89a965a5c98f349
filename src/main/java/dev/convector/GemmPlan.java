package dev.convector;

import dev.convector.internal.gemm.GemmShape;
import dev.convector.internal.gemm.PackedMatrix;
import java.time.Duration;

/**
 * A matrix product with its right operand packed, ready to run. Immutable; any number of threads
 * may run it at once.
 */
public final class GemmPlan {
  private final Gemm description;
  private final PackedMatrix packed;
  private final GemmRunner runner;

  GemmPlan(Gemm description, GemmShape shape, float[] b, int bOffset) {
    this.description = description;
    this.packed = new PackedMatrix(shape, b, bOffset);
    this.runner = new GemmRunner(shape, packed);
  }

  /**
   * Multiplies on the common pool.
   *
   * @param a the left matrix
   * @param c the result
   */
  public void run(float[] a, float[] c) {
    run(a, 0, c, 0, Execution.common());
  }

  /**
   * Multiplies parts of larger arrays.
   *
   * @param a holds the left matrix: M rows of lda elements, or K rows if transposed
   * @param aOffset index of its first element
   * @param c receives the result: M rows of ldc elements, of which N are written; must not overlap
   *     the left matrix
   * @param cOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, the result
   *     overlaps the left matrix, or the pool is shut down
   */
  public void run(float[] a, int aOffset, float[] c, int cOffset, Execution execution) {
    runner.run(a, aOffset, null, 0, c, cOffset, execution);
  }

  /**
   * Warms up on the common pool, for at most 3 seconds.
   *
   * @return whether the speed was steady by then
   * @see #warmUp(Duration, Execution)
   */
  public boolean warmUp() {
    return warmUp(WarmUp.LIMIT, Execution.common());
  }

  /**
   * Runs on arrays of its own until the speed is steady, as {@link Plan#warmUp(Duration,
   * Execution)} does. Allocates a left matrix and a result.
   *
   * @param limit when it stops at the latest, but for the run that it is in
   * @param execution where the runs take place that are to be fast
   * @return whether the speed was steady within the limit
   * @throws IllegalArgumentException if the limit is negative or the pool is shut down
   */
  public boolean warmUp(Duration limit, Execution execution) {
    float[] a = WarmUp.data(runner.aSize());
    float[] c = new float[runner.cSize()];
    return WarmUp.repeat(() -> run(a, 0, c, 0, execution), limit);
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Gemm description() {
    return description;
  }

  /**
   * Size of the packed matrix that the plan keeps.
   *
   * @return bytes
   */
  public long packedBytes() {
    return packed.bytes();
  }
}

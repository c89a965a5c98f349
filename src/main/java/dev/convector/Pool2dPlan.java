package dev.convector;

import dev.convector.internal.pool.PoolProblem;
import dev.convector.internal.pool.PoolWorks;
import dev.convector.internal.problem.PackedWork;
import java.lang.foreign.MemorySegment;

/** A pooling, ready to run. */
public final class Pool2dPlan extends RunnerPlan {
  private final Pool2d description;

  /** Null of an average. */
  private final PlanRunner indexing;

  Pool2dPlan(Pool2d description) {
    super(runner(PoolWorks.forward(description.problem()), description.problem()));
    this.description = description;
    PoolProblem problem = description.problem();
    this.indexing = problem.max() ? runner(PoolWorks.indices(problem), problem) : null;
  }

  private static PlanRunner runner(PackedWork work, PoolProblem problem) {
    return new PlanRunner(work, problem.inputSize(), problem.outputSize(), problem.operations());
  }

  /**
   * Takes maxima and says where they were, on the common pool.
   *
   * @param src the input
   * @param dst the output; every element is written
   * @param indices receives for each output, in the output's order, {@code row * width + column} of
   *     its maximum inside the channel's image, whatever the layout, as in PyTorch and (with ONNX's
   *     {@code storage_order} 0) as ONNX's within one image
   * @throws IllegalArgumentException if an array is too short, input and output are the same, or
   *     the pooling is an average
   */
  public void run(float[] src, float[] dst, int[] indices) {
    run(src, 0, dst, 0, indices, 0, Execution.common());
  }

  /**
   * Takes maxima and says where they were. Of several equal ones that is the first, row by row, and
   * of several NaN the last, as in PyTorch.
   *
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param dst receives the output; must not overlap the input
   * @param dstOffset index of its first element
   * @param indices receives for each output, in the output's order, {@code row * width + column} of
   *     its maximum inside the channel's image
   * @param indicesOffset index of the first of them
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, the input
   *     overlaps the output, the pool is shut down, or the pooling is an average
   */
  public void run(
      float[] src,
      int srcOffset,
      float[] dst,
      int dstOffset,
      int[] indices,
      int indicesOffset,
      Execution execution) {
    requireMax();
    indexing.runIndexed(
        src, srcOffset, indices, indicesOffset, outputSize(), dst, dstOffset, execution);
  }

  /**
   * Takes maxima of a segment and says where they were, as with arrays.
   *
   * @param src begins with the input
   * @param dst receives the output at its beginning
   * @param indices receives for each output, in the output's order, {@code row * width + column} of
   *     its maximum inside the channel's image
   * @param execution where
   * @throws IllegalArgumentException if an operand is too short or confined to another thread, the
   *     input overlaps the output, the output is read-only, the pool is shut down, or the pooling
   *     is an average
   * @throws IllegalStateException if an arena is closed
   */
  public void run(MemorySegment src, MemorySegment dst, int[] indices, Execution execution) {
    requireMax();
    indexing.runIndexed(src, indices, outputSize(), dst, execution);
  }

  private void requireMax() {
    if (indexing == null) {
      throw new IllegalArgumentException(
          "indices: of " + description + "; must be left out, an average has none");
    }
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Pool2d description() {
    return description;
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public String toString() {
    return description.toString();
  }
}

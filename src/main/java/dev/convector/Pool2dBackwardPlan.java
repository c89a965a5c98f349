package dev.convector;

import dev.convector.internal.pool.MaxBackward;
import dev.convector.internal.pool.PoolProblem;
import dev.convector.internal.pool.PoolWorks;
import dev.convector.internal.problem.PackedWork;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * The gradient of a pooling, ready to run: from the output's gradient, which is {@code src}, to the
 * input's, {@code dst}, both in the description's layout.
 *
 * <p>Each output's gradient goes to its maximum, or in equal parts to the taps that were averaged.
 * What several windows give to one element is added up in one fixed order.
 */
public final class Pool2dBackwardPlan extends RunnerPlan {
  private final Pool2d description;
  private final long packedBytes;

  Pool2dBackwardPlan(Pool2d description) {
    PoolProblem problem = description.problem();
    PackedWork work = problem.max() ? new MaxBackward(problem) : PoolWorks.averageBackward(problem);
    super(new PlanRunner(work, problem.outputSize(), problem.inputSize(), problem.operations()));
    this.description = description;
    this.packedBytes = work.packedBytes();
  }

  /**
   * Runs the gradient of an average.
   *
   * @throws IllegalArgumentException also if the pooling takes maxima, whose gradient needs indices
   */
  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    requireAverage();
    super.run(src, srcOffset, dst, dstOffset, execution);
  }

  /**
   * Runs the gradient of an average on segments.
   *
   * @throws IllegalArgumentException also if the pooling takes maxima, whose gradient needs indices
   */
  @Override
  public void run(MemorySegment src, MemorySegment dst, Execution execution) {
    requireAverage();
    super.run(src, dst, execution);
  }

  private void requireAverage() {
    if (description.isMax()) {
      throw new IllegalArgumentException(
          "indices: none; must be given, the gradient of " + description + " needs them");
    }
  }

  /**
   * Runs the gradient of a maximum on the common pool.
   *
   * @param src the output's gradient
   * @param indices what {@link Pool2dPlan#run(float[], float[], int[])} wrote
   * @param dst the input's gradient; every element is written
   * @throws IllegalArgumentException if an array is too short, an index is outside the image, both
   *     gradients are the same, or the pooling is an average
   */
  public void run(float[] src, int[] indices, float[] dst) {
    run(src, 0, indices, 0, dst, 0, Execution.common());
  }

  /**
   * Runs the gradient of a maximum.
   *
   * @param src holds the output's gradient
   * @param srcOffset index of its first element
   * @param indices hold for each output {@code row * width + column} of its maximum
   * @param indicesOffset index of the first of them
   * @param dst receives the input's gradient; must not overlap the output's
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an index outside
   *     the image, the gradients overlap, the pool is shut down, or the pooling is an average
   */
  public void run(
      float[] src,
      int srcOffset,
      int[] indices,
      int indicesOffset,
      float[] dst,
      int dstOffset,
      Execution execution) {
    requirePlaces(indices, indicesOffset);
    runner.runIndexed(
        src, srcOffset, indices, indicesOffset, inputSize(), dst, dstOffset, execution);
  }

  /**
   * Runs the gradient of a maximum on segments.
   *
   * @param src begins with the output's gradient
   * @param indices hold for each output {@code row * width + column} of its maximum
   * @param dst receives the input's gradient at its beginning
   * @param execution where
   * @throws IllegalArgumentException if an operand is too short or confined to another thread, an
   *     index is outside the image, the gradients overlap, the input's is read-only, the pool is
   *     shut down, or the pooling is an average
   * @throws IllegalStateException if an arena is closed
   */
  public void run(MemorySegment src, int[] indices, MemorySegment dst, Execution execution) {
    requirePlaces(indices, 0);
    runner.runIndexed(src, indices, inputSize(), dst, execution);
  }

  private void requirePlaces(int[] indices, int indicesOffset) {
    if (!description.isMax()) {
      throw new IllegalArgumentException(
          "indices: of " + description + "; must be left out, an average has none");
    }
    Arguments.range("indices", indices, indicesOffset, inputSize());
    int area = description.rows().size() * description.columns().size();
    for (int i = indicesOffset; i < indicesOffset + inputSize(); i++) {
      if (Integer.compareUnsigned(indices[i], area) >= 0) {
        throw new IllegalArgumentException(
            "indices[" + i + "]: " + indices[i] + "; must be at least 0 and less than " + area);
      }
    }
  }

  @Override
  public boolean warmUp(Duration limit, Execution execution) {
    if (!description.isMax()) {
      return super.warmUp(limit, execution);
    }
    float[] src = WarmUp.data(inputSize());
    int[] indices = new int[inputSize()];
    float[] dst = new float[outputSize()];
    return WarmUp.repeat(() -> run(src, 0, indices, 0, dst, 0, execution), limit);
  }

  /**
   * What the plan was made of.
   *
   * @return the pooling's description
   */
  public Pool2d description() {
    return description;
  }

  @Override
  public long packedBytes() {
    return packedBytes;
  }

  @Override
  public String toString() {
    return "gradient of " + description;
  }
}

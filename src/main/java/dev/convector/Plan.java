package dev.convector;

/**
 * An operation on one input and one output with all that it needs prepared, ready to run.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}, and gives the same bits on every
 * {@link Execution}. Input and output are densely packed, in the description's layout.
 */
public sealed interface Plan
    permits ResidualPlan, Pool2dPlan, Pool2dBackwardPlan, UnfoldPlan, Upsample2dPlan {

  /**
   * Runs on the common pool.
   *
   * @param src the input
   * @param dst the output; every element is written
   * @throws IllegalArgumentException if an array is too short or both are the same
   */
  default void run(float[] src, float[] dst) {
    run(src, 0, dst, 0, Execution.common());
  }

  /**
   * Runs.
   *
   * @param src the input
   * @param dst the output; every element is written
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, both are the same, or the pool is
   *     shut down
   */
  default void run(float[] src, float[] dst, Execution execution) {
    run(src, 0, dst, 0, execution);
  }

  /**
   * Runs on parts of larger arrays.
   *
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param dst receives the output; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, the input
   *     overlaps the output, or the pool is shut down
   */
  void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution);

  /**
   * Elements of the input.
   *
   * @return at least 1
   */
  int inputSize();

  /**
   * Elements of the output.
   *
   * @return at least 1
   */
  int outputSize();

  /**
   * Scratch that each thread of a run uses, of an array of 4 MiB that it borrows from a pool shared
   * by all plans. To it comes once what a run keeps between its steps, in arrays of the plan's own:
   * images as they are padded with a {@link PaddingMode} other than zeros, and channels-first
   * volumes of a {@link Conv3d} as they are turned; of one image, or of as many as are within 4
   * MiB.
   *
   * @return bytes; at most 4 MiB of a plan that keeps nothing between steps
   */
  long workspaceBytes();

  /**
   * Size of the weights and biases that the plan keeps; those that it shares with other plans count
   * in each.
   *
   * @return bytes
   */
  long packedBytes();
}

package dev.convector;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * An operation on one input and one output with all that it needs prepared, ready to run.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}, and gives the same bits on every
 * {@link Execution}. Input and output are densely packed, in the description's layout.
 *
 * <p><b>Segments.</b> Operands may be {@link MemorySegment}s instead of arrays, on the heap or off
 * it: floats in the machine's byte order, from the segment's first byte on, aligned or not. A
 * segment of a {@code float[]} is used as the array that it is, if it is aligned in it and not
 * read-only. Of others what a piece of the work reads and writes is copied, a piece at a time, to
 * and from scratch of each thread, of 4 MiB or as much as the largest piece needs; the bits are
 * those of a run with arrays. Where one of them is confined to the calling thread, the run is on
 * that thread alone, whatever the execution. A shared arena that is closed meanwhile ends the run
 * with an {@link IllegalStateException}; then parts of the output may have been written, and the
 * JVM may have set the thread's interrupt status. Asking for the array of a segment on the heap may
 * allocate 16 bytes a segment.
 */
public sealed interface Plan permits RunnerPlan {

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
   * Runs on segments, on the common pool.
   *
   * @param src begins with the input
   * @param dst receives the output at its beginning; every element is written
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, the
   *     input overlaps the output, or the output is read-only
   * @throws IllegalStateException if an arena is closed
   */
  default void run(MemorySegment src, MemorySegment dst) {
    run(src, dst, Execution.common());
  }

  /**
   * Runs on segments.
   *
   * @param src begins with the input
   * @param dst receives the output at its beginning; every element is written
   * @param execution where
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, the
   *     input overlaps the output, the output is read-only, or the pool is shut down
   * @throws IllegalStateException if an arena is closed
   */
  void run(MemorySegment src, MemorySegment dst, Execution execution);

  /**
   * Warms up on the common pool, for at most 3 seconds.
   *
   * @return whether the speed was steady by then
   * @see #warmUp(Duration, Execution)
   */
  default boolean warmUp() {
    return warmUp(WarmUp.LIMIT, Execution.common());
  }

  /**
   * Runs on arrays of its own until no run has been faster than those before it for half a second,
   * so that the JIT compiler has done its work before the first run that counts. In a fresh JVM
   * that takes 1 to 2 seconds, and half a second where other plans have warmed the same kernels,
   * which they share whatever their sizes. What can be run with a residual is run with and without;
   * a maximum without indices.
   *
   * <p>Allocates an input and an output, garbage when it returns, and what a first run allocates.
   *
   * @param limit when it stops at the latest, but for the run that it is in; at least one takes
   *     place
   * @param execution where the runs take place that are to be fast
   * @return whether the speed was steady within the limit
   * @throws IllegalArgumentException if the limit is negative or the pool is shut down
   */
  default boolean warmUp(Duration limit, Execution execution) {
    float[] src = WarmUp.data(inputSize());
    float[] dst = new float[outputSize()];
    return WarmUp.repeat(() -> run(src, 0, dst, 0, execution), limit);
  }

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

package dev.convector;

import dev.convector.internal.gemm.GemmBands;
import dev.convector.internal.gemm.GemmShape;
import dev.convector.internal.gemm.PackedMatrix;
import dev.convector.internal.parallel.ObjectPool;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * A matrix product with its right operand packed, ready to run. Immutable; any number of threads
 * may run it at once.
 */
public final class GemmPlan {
  private final Gemm description;
  private final PackedMatrix packed;
  private final GemmRunner runner;
  private final GemmShape shape;
  private final ObjectPool<GemmBands> bands;

  GemmPlan(Gemm description, GemmShape shape, float[] b, int bOffset) {
    this.description = description;
    this.packed = new PackedMatrix(shape, b, bOffset);
    this.runner = new GemmRunner(shape, packed);
    this.shape = shape;
    this.bands = new ObjectPool<>(() -> new GemmBands(shape, packed));
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
   * Multiplies segments, as {@link Plan} has them: bands of rows are copied to and from scratch of
   * each thread, but a segment of a {@code float[]} is used as the array that it is.
   *
   * @param a begins with the left matrix
   * @param c receives the result from its beginning on
   * @param execution where
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, the
   *     result overlaps the left matrix or is read-only, or the pool is shut down
   * @throws IllegalStateException if an arena is closed
   */
  public void run(MemorySegment a, MemorySegment c, Execution execution) {
    SegmentArguments.readable("a", a, shape.aSize());
    SegmentArguments.writable("c", c, shape.cSize());
    SegmentArguments.apart("a", a, shape.aSize(), "c", c, shape.cSize());
    Objects.requireNonNull(execution, "execution").requireOpen();
    float[] left = SegmentArguments.arrayOf(a);
    float[] result = SegmentArguments.arrayOf(c);
    if (left != null && result != null) {
      int from = SegmentArguments.offset(a);
      runner.run(left, from, null, 0, result, SegmentArguments.offset(c), execution);
      return;
    }
    Execution where = SegmentArguments.execution(execution, a, c, null, null);
    GemmBands task = bands.take();
    try {
      task.a().set(a);
      task.c().set(c);
      task.run(where.poolOrNull(), where.threads());
    } finally {
      bands.give(task);
    }
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

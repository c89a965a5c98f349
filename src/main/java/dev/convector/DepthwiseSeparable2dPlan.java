package dev.convector;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.separable.SeparableWork;
import java.util.Objects;

/**
 * A depthwise-separable convolution with its weights packed, ready to run.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}, and gives the same bits on every
 * {@link Execution}.
 */
public final class DepthwiseSeparable2dPlan {
  private final DepthwiseSeparable2d description;
  private final SeparableWork packed;
  private final int inputSize;
  private final int outputSize;
  private final long multiplyAdds;
  private final ObjectPool<ConvRun> runs = new ObjectPool<>(ConvRun::new);

  DepthwiseSeparable2dPlan(DepthwiseSeparable2d description, SeparableWork packed) {
    this.description = description;
    this.packed = packed;
    this.inputSize = description.depthwise().inputSize();
    this.outputSize = description.pointwise().outputSize();
    this.multiplyAdds = description.multiplyAdds();
  }

  /**
   * Convolves on the common pool.
   *
   * @param src the input, in the description's layout
   * @param dst the output, in the description's layout; every element is written
   */
  public void run(float[] src, float[] dst) {
    run(src, 0, dst, 0, Execution.common());
  }

  /**
   * Convolves.
   *
   * @param src the input, in the description's layout
   * @param dst the output, in the description's layout; every element is written
   * @param execution where
   */
  public void run(float[] src, float[] dst, Execution execution) {
    run(src, 0, dst, 0, execution);
  }

  /**
   * Convolves parts of larger arrays.
   *
   * @param src holds the input, in the description's layout
   * @param srcOffset index of its first element
   * @param dst receives the output, in the description's layout; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, the input
   *     overlaps the output, or the pool is shut down
   */
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    Arguments.range("src", src, srcOffset, inputSize);
    Arguments.range("dst", dst, dstOffset, outputSize);
    Arguments.apart("src", src, srcOffset, inputSize, "dst", dst, dstOffset, outputSize);
    Objects.requireNonNull(execution, "execution").requireOpen();

    int threads = Split.threads(multiplyAdds, (long) inputSize + outputSize, execution.threads());
    ConvRun run = runs.take();
    Operands operands = run.operands;
    operands.set(src, srcOffset, null, 0, dst, dstOffset);
    try {
      run.run(packed, execution.poolOrNull(), threads);
    } finally {
      operands.clear();
      runs.give(run);
    }
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public DepthwiseSeparable2d description() {
    return description;
  }

  /**
   * The part of the intermediate that each thread of a run holds, within {@link #workspaceBytes}.
   *
   * @return bytes, at most {@link DepthwiseSeparable2d#MAX_INTERMEDIATE_BYTES}
   */
  public long intermediateBytes() {
    return packed.intermediateBytes();
  }

  /**
   * Scratch that each thread of a run uses, of an array of 4 MiB that it borrows from a pool shared
   * by all plans.
   *
   * @return bytes, at most 4 MiB
   */
  public long workspaceBytes() {
    return packed.scratchFloats() * (long) Float.BYTES
        + packed.scratchInts() * (long) Integer.BYTES;
  }

  /**
   * Size of the packed weights and biases that the plan keeps.
   *
   * @return bytes
   */
  public long packedBytes() {
    return packed.packedBytes();
  }

  @Override
  public String toString() {
    return "DepthwiseSeparable2dPlan[" + description + "]";
  }
}

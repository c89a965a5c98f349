package dev.convector;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.plan.AlgorithmList.Choice;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Objects;

/**
 * A convolution with its weights packed, ready to run.
 *
 * <p>Immutable; any number of threads may run it at once. A run allocates nothing once as many runs
 * as happen at the same time have been made before, writes nothing when it throws an {@link
 * IllegalArgumentException} or a {@link NullPointerException}, and gives the same bits on every
 * {@link Execution}.
 *
 * <p>NaN and infinities in the input reach exactly the outputs whose window covers them, with every
 * algorithm but Winograd's, where they reach the whole tile of outputs that is computed from them.
 * What a weight that is not finite makes of taps in the padding is not specified.
 */
public final class Conv2dPlan {
  private final Conv2d description;
  private final Algorithm algorithm;
  private final PackedWork packed;
  private final int inputSize;
  private final int outputSize;
  private final long multiplyAdds;
  private final ObjectPool<ConvRun> runs = new ObjectPool<>(ConvRun::new);

  Conv2dPlan(Conv2d description, Choice choice) {
    this.description = description;
    this.algorithm = choice.algorithm();
    this.packed = choice.work();
    ConvShape shape = description.shape();
    this.inputSize = shape.inputSize();
    this.outputSize = shape.outputSize();
    this.multiplyAdds = shape.multiplyAdds();
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
    run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  /**
   * Convolves and adds a residual before the activation.
   *
   * @param src holds the input, in the description's layout
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the output's shape and layout; null for nothing. It
   *     may be exactly the output's place, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the output, in the description's layout; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an array
   *     overlaps the output in a way that is not allowed, or the pool is shut down
   */
  public void run(
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset,
      Execution execution) {
    Arguments.range("src", src, srcOffset, inputSize);
    Arguments.range("dst", dst, dstOffset, outputSize);
    Arguments.apart("src", src, srcOffset, inputSize, "dst", dst, dstOffset, outputSize);
    if (residual != null) {
      Arguments.range("residual", residual, residualOffset, outputSize);
      if (residual != dst || residualOffset != dstOffset) {
        Arguments.apart(
            "residual", residual, residualOffset, outputSize, "dst", dst, dstOffset, outputSize);
      }
    }
    Objects.requireNonNull(execution, "execution").requireOpen();

    int threads = Split.threads(multiplyAdds, (long) inputSize + outputSize, execution.threads());
    ConvRun run = runs.take();
    Operands operands = run.operands;
    operands.set(src, srcOffset, residual, residualOffset, dst, dstOffset);
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
  public Conv2d description() {
    return description;
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return algorithm;
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
   * Size of the packed weights and bias that the plan keeps.
   *
   * @return bytes
   */
  public long packedBytes() {
    return packed.packedBytes();
  }

  @Override
  public String toString() {
    return "Conv2dPlan[" + algorithm() + ", " + description + "]";
  }
}

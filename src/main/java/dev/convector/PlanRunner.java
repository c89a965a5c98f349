package dev.convector;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Objects;

/**
 * Runs the work of one plan: the one place that checks a run's arguments, decides on threads and
 * keeps the objects of the runs, so that a run allocates nothing.
 */
final class PlanRunner {
  private final PackedWork work;
  private final int inputSize;
  private final int outputSize;
  private final long multiplyAdds;
  private final ObjectPool<Run> runs = new ObjectPool<>(Run::new);

  /**
   * @param inputSize elements that the work reads of its source
   * @param outputSize elements that it writes, and that a residual has
   * @param multiplyAdds of the direct method, or operations that take as long
   */
  PlanRunner(PackedWork work, int inputSize, int outputSize, long multiplyAdds) {
    this.work = work;
    this.inputSize = inputSize;
    this.outputSize = outputSize;
    this.multiplyAdds = multiplyAdds;
  }

  int inputSize() {
    return inputSize;
  }

  int outputSize() {
    return outputSize;
  }

  long workspaceBytes() {
    return work.scratchFloats() * (long) Float.BYTES + work.scratchInts() * (long) Integer.BYTES;
  }

  /**
   * @param residual null for none
   */
  void run(
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
    Run run = runs.take();
    run.operands.set(src, srcOffset, residual, residualOffset, dst, dstOffset);
    start(run, execution);
  }

  /**
   * The same without residual, and with ints that the work reads or writes.
   *
   * @param count elements of the indices
   */
  void runIndexed(
      float[] src,
      int srcOffset,
      int[] indices,
      int indicesOffset,
      int count,
      float[] dst,
      int dstOffset,
      Execution execution) {
    Arguments.range("src", src, srcOffset, inputSize);
    Arguments.range("indices", indices, indicesOffset, count);
    Arguments.range("dst", dst, dstOffset, outputSize);
    Arguments.apart("src", src, srcOffset, inputSize, "dst", dst, dstOffset, outputSize);
    Objects.requireNonNull(execution, "execution").requireOpen();
    Run run = runs.take();
    run.operands.set(src, srcOffset, null, 0, dst, dstOffset);
    run.operands.setIndices(indices, indicesOffset);
    start(run, execution);
  }

  private void start(Run run, Execution execution) {
    int threads = Split.threads(multiplyAdds, (long) inputSize + outputSize, execution.threads());
    try {
      run.run(work, execution, threads);
    } finally {
      run.operands.clear();
      runs.give(run);
    }
  }

  /** One call in progress; kept and used again. */
  private static final class Run implements UnitTask {
    final Operands operands = new Operands();
    private final ParallelRun parallel = new ParallelRun();
    private PackedWork work;
    private int units;

    void run(PackedWork packed, Execution execution, int threads) {
      work = packed;
      units = work.units(threads);
      parallel.run(
          this, units, execution.poolOrNull(), threads, work.scratchFloats(), work.scratchInts());
    }

    @Override
    public void run(int unit, Scratch scratch) {
      work.run(operands, unit, units, scratch);
    }
  }
}

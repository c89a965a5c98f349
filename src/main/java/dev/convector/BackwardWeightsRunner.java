package dev.convector;

import dev.convector.BackwardWeightsPlan.Offsets;
import dev.convector.internal.gradient.GradientOperands;
import dev.convector.internal.gradient.GradientProblem;
import dev.convector.internal.gradient.GradientTask;
import dev.convector.internal.gradient.GradientWorks;
import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.stage.WholeCopies;
import dev.convector.internal.stage.WholeOperand;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Runs the gradients of weights and bias of one problem: checks the arguments, and keeps the
 * objects of its runs, so that a run allocates nothing.
 */
final class BackwardWeightsRunner {
  /** Operands of a run on segments. */
  private static final int X = 0;

  private static final int Y = 1;
  private static final int WEIGHTS = 2;
  private static final int BIAS = 3;

  private final GradientProblem problem;
  private final int inputSize;
  private final int outputSize;
  private final GradientWorks works;
  private final ObjectPool<GradientTask> tasks;
  private final ObjectPool<WholeCopies> copies;

  BackwardWeightsRunner(GradientProblem problem) {
    this.problem = problem;
    this.inputSize = problem.biasOfX() ? problem.outputSize() : problem.inputSize();
    this.outputSize = problem.biasOfX() ? problem.inputSize() : problem.outputSize();
    this.works = GradientWorks.of(problem);
    this.tasks = new ObjectPool<>(() -> new GradientTask(problem, works));
    this.copies = new ObjectPool<>(() -> copies(problem));
  }

  private static WholeCopies copies(GradientProblem problem) {
    return new WholeCopies(
        new WholeOperand(problem.inputSize()),
        new WholeOperand(problem.outputSize()),
        new WholeOperand(problem.weightsSize()),
        new WholeOperand(problem.biasSize()));
  }

  int inputSize() {
    return inputSize;
  }

  int outputSize() {
    return outputSize;
  }

  int weightsSize() {
    return problem.weightsSize();
  }

  int biasSize() {
    return problem.biasSize();
  }

  long workspaceBytes() {
    return works.scratchFloats() * (long) Float.BYTES + works.scratchInts() * (long) Integer.BYTES;
  }

  /**
   * @param biasGradient null if it isn't wanted
   */
  void run(
      float[] input,
      float[] outputGradient,
      float[] weightsGradient,
      float[] biasGradient,
      Offsets offsets,
      boolean accumulating,
      Execution execution) {
    Objects.requireNonNull(offsets, "offsets");
    Arguments.range("input", input, offsets.input(), inputSize);
    Arguments.range("outputGradient", outputGradient, offsets.outputGradient(), outputSize);
    Arguments.range("weightsGradient", weightsGradient, offsets.weightsGradient(), weightsSize());
    requireApart(
        "weightsGradient",
        weightsGradient,
        offsets.weightsGradient(),
        weightsSize(),
        input,
        outputGradient,
        offsets);
    if (biasGradient != null) {
      Arguments.range("biasGradient", biasGradient, offsets.biasGradient(), biasSize());
      requireApart(
          "biasGradient",
          biasGradient,
          offsets.biasGradient(),
          biasSize(),
          input,
          outputGradient,
          offsets);
      Arguments.apart(
          "biasGradient",
          biasGradient,
          offsets.biasGradient(),
          biasSize(),
          "weightsGradient",
          weightsGradient,
          offsets.weightsGradient(),
          weightsSize());
    }
    Objects.requireNonNull(execution, "execution").requireOpen();
    GradientTask task = tasks.take();
    GradientOperands operands = task.operands();
    if (problem.biasOfX()) {
      operands.read(outputGradient, offsets.outputGradient(), input, offsets.input());
    } else {
      operands.read(input, offsets.input(), outputGradient, offsets.outputGradient());
    }
    operands.write(
        weightsGradient,
        offsets.weightsGradient(),
        biasGradient,
        offsets.biasGradient(),
        accumulating);
    start(task, execution);
  }

  /** The same of segments. */
  void run(
      MemorySegment input,
      MemorySegment outputGradient,
      MemorySegment weightsGradient,
      MemorySegment biasGradient,
      boolean accumulating,
      Execution execution) {
    SegmentArguments.readable("input", input, inputSize);
    SegmentArguments.readable("outputGradient", outputGradient, outputSize);
    requireApart("weightsGradient", weightsGradient, weightsSize(), input, outputGradient);
    if (biasGradient != null) {
      requireApart("biasGradient", biasGradient, biasSize(), input, outputGradient);
      SegmentArguments.apart(
          "biasGradient",
          biasGradient,
          biasSize(),
          "weightsGradient",
          weightsGradient,
          weightsSize());
    }
    Objects.requireNonNull(execution, "execution").requireOpen();
    Execution where =
        SegmentArguments.execution(execution, input, outputGradient, weightsGradient, biasGradient);
    WholeCopies run = copies.take();
    try {
      boolean last = problem.biasOfX();
      WholeOperand x =
          SegmentArguments.place(run.operand(X), last ? outputGradient : input, true, false);
      WholeOperand y =
          SegmentArguments.place(run.operand(Y), last ? input : outputGradient, true, false);
      WholeOperand weights =
          SegmentArguments.place(run.operand(WEIGHTS), weightsGradient, accumulating, true);
      WholeOperand bias =
          SegmentArguments.place(run.operand(BIAS), biasGradient, accumulating, true);
      run.bring(where.poolOrNull(), where.threads());
      GradientTask task = tasks.take();
      task.operands().read(x.array(), x.offset(), y.array(), y.offset());
      task.operands()
          .write(weights.array(), weights.offset(), bias.array(), bias.offset(), accumulating);
      start(task, where);
      run.takeBack(where.poolOrNull(), where.threads());
    } finally {
      run.clear();
      copies.give(run);
    }
  }

  private void start(GradientTask task, Execution execution) {
    try {
      task.run(execution.poolOrNull(), execution.threads());
    } finally {
      tasks.give(task);
    }
  }

  private void requireApart(
      String name,
      MemorySegment written,
      int size,
      MemorySegment input,
      MemorySegment outputGradient) {
    SegmentArguments.writable(name, written, size);
    SegmentArguments.apart("input", input, inputSize, name, written, size);
    SegmentArguments.apart("outputGradient", outputGradient, outputSize, name, written, size);
  }

  private void requireApart(
      String name,
      float[] written,
      int offset,
      int size,
      float[] input,
      float[] outputGradient,
      Offsets offsets) {
    Arguments.apart("input", input, offsets.input(), inputSize, name, written, offset, size);
    Arguments.apart(
        "outputGradient",
        outputGradient,
        offsets.outputGradient(),
        outputSize,
        name,
        written,
        offset,
        size);
  }
}

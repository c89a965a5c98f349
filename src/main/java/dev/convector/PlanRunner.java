package dev.convector;

import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.RunSteps.Place;
import dev.convector.internal.problem.RunSteps.Step;
import java.util.Objects;

/**
 * Runs the work of one plan: the one place that checks a run's arguments, decides on threads and
 * keeps the objects of the runs, so that a run allocates nothing.
 */
final class PlanRunner {
  private final RunSteps steps;
  private final int inputSize;
  private final int outputSize;
  private final int scratchFloats;
  private final int scratchInts;
  private final ObjectPool<Run> runs;

  /**
   * @param inputSize elements that the work reads of its source
   * @param outputSize elements that it writes, and that a residual has
   * @param multiplyAdds of the direct method, or operations that take as long
   */
  PlanRunner(PackedWork work, int inputSize, int outputSize, long multiplyAdds) {
    this(RunSteps.of(work, inputSize, outputSize, multiplyAdds));
  }

  PlanRunner(RunSteps steps) {
    this.steps = steps;
    this.inputSize = steps.rounds() * steps.source();
    this.outputSize = steps.rounds() * steps.result();
    this.scratchFloats = steps.scratchFloats();
    this.scratchInts = steps.scratchInts();
    this.runs = new ObjectPool<>(() -> new Run(steps));
  }

  int inputSize() {
    return inputSize;
  }

  int outputSize() {
    return outputSize;
  }

  long workspaceBytes() {
    return steps.workspaceBytes();
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
    try {
      for (int round = 0; round < steps.rounds(); round++) {
        for (int i = 0; i < steps.steps().size(); i++) {
          Step step = steps.steps().get(i);
          if (step.from() != Place.RESIDUAL || run.operands.residual != null) {
            start(run, round, step, execution);
          }
        }
      }
    } finally {
      run.clear();
      runs.give(run);
    }
  }

  private void start(Run run, int round, Step step, Execution execution) {
    long moved = (long) steps.floats(step.from()) + steps.floats(step.to());
    int threads = Split.threads(step.operations(), moved, execution.threads());
    run.enter(steps, round, step);
    run.units = step.work().units(threads);
    run.parallel.run(run, run.units, execution.poolOrNull(), threads, scratchFloats, scratchInts);
  }

  /** One call in progress, and the arrays between its steps; kept and used again. */
  private static final class Run implements UnitTask {
    /** The caller's arrays. */
    final Operands operands = new Operands();

    /** Those of the step at hand. */
    private final Operands current = new Operands();

    private final float[] first;
    private final float[] second;
    private final ParallelRun parallel = new ParallelRun();
    private PackedWork work;
    private int units;

    Run(RunSteps steps) {
      first = new float[steps.first()];
      second = new float[steps.second()];
    }

    void enter(RunSteps steps, int round, Step step) {
      work = step.work();
      Place added = operands.residual == null ? null : step.added();
      current.set(
          array(step.from()),
          offset(steps, round, step.from()),
          added == null ? null : array(added),
          added == null ? 0 : offset(steps, round, added),
          array(step.to()),
          offset(steps, round, step.to()));
      current.setIndices(operands.indices, operands.indicesOffset);
    }

    private float[] array(Place place) {
      return switch (place) {
        case SRC -> operands.src;
        case RESIDUAL -> operands.residual;
        case DST -> operands.dst;
        case FIRST -> first;
        case SECOND -> second;
      };
    }

    private int offset(RunSteps steps, int round, Place place) {
      int before = round * steps.floats(place);
      return switch (place) {
        case SRC -> operands.srcOffset + before;
        case RESIDUAL -> operands.residualOffset + before;
        case DST -> operands.dstOffset + before;
        case FIRST, SECOND -> 0;
      };
    }

    @Override
    public void run(int unit, Scratch scratch) {
      work.run(current, unit, units, scratch);
    }

    void clear() {
      operands.clear();
      current.clear();
    }
  }
}

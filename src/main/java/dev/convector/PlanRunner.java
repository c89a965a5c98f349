package dev.convector;

import dev.convector.internal.access.PlanAccess;
import dev.convector.internal.kernel.ReadAheadBalance;
import dev.convector.internal.kernel.ReadAheadTrial;
import dev.convector.internal.parallel.ObjectPool;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.RunSteps.Place;
import dev.convector.internal.problem.RunSteps.Step;
import dev.convector.internal.stage.Stage;
import dev.convector.internal.stage.StagedOperands;
import dev.convector.internal.stage.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * Runs the work of one plan: the one place that checks a run's arguments, decides on threads and
 * keeps the objects of the runs, so that a run allocates nothing.
 */
final class PlanRunner {
  static {
    PlanAccess.set(new RunnerAccess());
  }

  /** Points from which on a plan knows whether to read ahead: few, since each costs two runs. */
  private static final int KNOWN_AHEAD = 8;

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
    List<ReadAheadBalance> balances =
        steps.steps().stream()
            .map(step -> step.work().mayReadAhead() ? new ReadAheadBalance(KNOWN_AHEAD) : null)
            .toList();
    this.runs = new ObjectPool<>(() -> new Run(steps, balances));
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

  /** The work, if it is all there is to a run and works on the caller's arrays; else null. */
  PackedWork onlyWork() {
    return steps.rounds() == 1 && steps.steps().size() == 1 ? steps.steps().get(0).work() : null;
  }

  /** The same without residual, with a distance that {@link #onlyWork} allows; unchecked. */
  void runApart(
      float[] src, int srcOffset, float[] dst, int dstOffset, int dstPixel, Execution execution) {
    Run run = runs.take();
    run.operands.set(src, srcOffset, null, 0, dst, dstOffset);
    run.operands.setResultPixel(dstPixel);
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

  /**
   * The same with segments.
   *
   * @param residual null for none
   */
  void run(MemorySegment src, MemorySegment residual, MemorySegment dst, Execution execution) {
    check(src, residual, dst, execution);
    Run run = runs.take();
    start(run, src, residual, dst, execution);
  }

  /** The same without residual, and with ints that the work reads or writes. */
  void runIndexed(
      MemorySegment src, int[] indices, int count, MemorySegment dst, Execution execution) {
    check(src, null, dst, execution);
    Arguments.range("indices", indices, 0, count);
    Run run = runs.take();
    run.operands.setIndices(indices, 0);
    start(run, src, null, dst, execution);
  }

  private void check(
      MemorySegment src, MemorySegment residual, MemorySegment dst, Execution execution) {
    SegmentArguments.readable("src", src, inputSize);
    SegmentArguments.writable("dst", dst, outputSize);
    SegmentArguments.apart("src", src, inputSize, "dst", dst, outputSize);
    if (residual != null) {
      SegmentArguments.readable("residual", residual, outputSize);
      if (!SegmentArguments.isSame(residual, dst)) {
        SegmentArguments.apart("residual", residual, outputSize, "dst", dst, outputSize);
      }
    }
    Objects.requireNonNull(execution, "execution").requireOpen();
  }

  private void start(
      Run run, MemorySegment src, MemorySegment residual, MemorySegment dst, Execution execution) {
    run.set(src, residual, dst);
    start(run, SegmentArguments.execution(execution, src, residual, dst, null));
  }

  private void start(Run run, Execution execution) {
    try {
      for (int round = 0; round < steps.rounds(); round++) {
        for (int i = 0; i < steps.steps().size(); i++) {
          Step step = steps.steps().get(i);
          if (step.from() != Place.RESIDUAL || run.hasResidual()) {
            run.trial = run.trials[i];
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
    run.enter(steps, round, step, threads);
    run.beginTrial();
    run.parallel.run(run, run.units, execution.poolOrNull(), threads, scratchFloats, scratchInts);
    run.endTrial();
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

    /** Segments, of a run that has some; then the arrays above are those that are used. */
    private final StagedOperands segments = new StagedOperands();

    private boolean hasSegments;

    /** Those of the step at hand. */
    private final StagedOperands staged = new StagedOperands();

    private boolean isStaged;
    private final Footprint footprint = new Footprint();

    /** Of each step that may read ahead; null of others. */
    final ReadAheadTrial[] trials;

    /** That of the step at hand. */
    ReadAheadTrial trial;

    Run(RunSteps steps, List<ReadAheadBalance> balances) {
      trials =
          balances.stream()
              .map(balance -> balance == null ? null : new ReadAheadTrial(balance))
              .toArray(ReadAheadTrial[]::new);
      first = new float[steps.first()];
      second = new float[steps.second()];
    }

    /** Takes segments; arrays that these are of are taken for themselves. */
    void set(MemorySegment src, MemorySegment residual, MemorySegment dst) {
      SegmentArguments.place(segments.src, src);
      SegmentArguments.place(segments.residual, residual);
      SegmentArguments.place(segments.dst, dst);
      operands.set(
          segments.src.array(),
          segments.src.offset(),
          segments.residual.array(),
          segments.residual.offset(),
          segments.dst.array(),
          segments.dst.offset());
      hasSegments =
          segments.src.isSegment() || segments.residual.isSegment() || segments.dst.isSegment();
    }

    boolean hasResidual() {
      return operands.residual != null || segments.residual.exists();
    }

    void enter(RunSteps steps, int round, Step step, int threads) {
      work = step.work();
      isStaged = hasSegments && enterStaged(steps, round, step);
      if (isStaged) {
        units = Stage.units(work, threads, footprint);
        return;
      }
      units = work.units(threads);
      Place added = hasResidual() ? step.added() : null;
      current.set(
          array(step.from()),
          offset(steps, round, step.from()),
          added == null ? null : array(added),
          added == null ? 0 : offset(steps, round, added),
          array(step.to()),
          offset(steps, round, step.to()));
      current.setResultPixel(operands.resultPixel(0));
      current.setIndices(operands.indices, operands.indicesOffset);
    }

    /** Returns whether a segment takes part. */
    private boolean enterStaged(RunSteps steps, int round, Step step) {
      set(staged.src, steps, round, step.from());
      set(staged.dst, steps, round, step.to());
      if (step.added() == null || !hasResidual()) {
        staged.residual.clear();
      } else {
        set(staged.residual, steps, round, step.added());
      }
      staged.setIndices(operands.indices, operands.indicesOffset);
      return staged.src.isSegment() || staged.residual.isSegment() || staged.dst.isSegment();
    }

    /** A worker's copies of segments are in its caches. */
    private boolean hasTrial() {
      return trial != null && !isStaged;
    }

    void beginTrial() {
      if (hasTrial()) {
        current.readsAhead = trial.begin(1, System.nanoTime());
      }
    }

    void endTrial() {
      if (hasTrial()) {
        trial.end(System.nanoTime());
      }
    }

    private void set(Tensor tensor, RunSteps steps, int round, Place place) {
      int before = round * steps.floats(place);
      switch (place) {
        case SRC -> tensor.follow(segments.src, before);
        case RESIDUAL -> tensor.follow(segments.residual, before);
        case DST -> tensor.follow(segments.dst, before);
        case FIRST -> tensor.set(first, 0);
        case SECOND -> tensor.set(second, 0);
      }
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
      if (isStaged) {
        Stage.run(work, staged, unit, units, scratch);
      } else {
        work.run(current, unit, units, scratch);
      }
    }

    void clear() {
      operands.clear();
      current.clear();
      segments.clear();
      staged.clear();
      hasSegments = false;
    }
  }
}

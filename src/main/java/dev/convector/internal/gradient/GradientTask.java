package dev.convector.internal.gradient;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import java.util.concurrent.ForkJoinPool;

/** A gradient in progress; kept and used again, so that a run allocates nothing. */
public final class GradientTask implements UnitTask {
  private final GradientProblem problem;
  private final GradientWork work;
  private final BiasGradient bias;
  private final GradientOperands operands = new GradientOperands();
  private final ParallelRun parallel = new ParallelRun();
  private int units;
  private int biasUnits;

  public GradientTask(GradientProblem problem, GradientWork work) {
    this.problem = problem;
    this.work = work;
    this.bias = new BiasGradient(problem);
  }

  /** Where a run's arrays go, before it. */
  public GradientOperands operands() {
    return operands;
  }

  /** Runs; the operands have been checked, and are let go of. */
  public void run(ForkJoinPool pool, int available) {
    long moved = (long) problem.batch() * (problem.x().size() + (long) problem.y().size());
    int threads = Split.threads(problem.multiplyAdds(), moved, available);
    units = work.units(threads);
    biasUnits = operands.bias == null ? 0 : bias.units(threads);
    int floats = Math.max(work.scratchFloats(), BiasGradient.scratchFloats());
    try {
      parallel.run(this, units + biasUnits, pool, threads, floats, work.scratchInts());
    } finally {
      operands.clear();
    }
  }

  @Override
  public void run(int unit, Scratch scratch) {
    if (unit < units) {
      work.run(operands, unit, units, scratch);
    } else {
      bias.run(operands, unit - units, biasUnits, scratch);
    }
  }
}

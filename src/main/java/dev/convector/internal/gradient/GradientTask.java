package dev.convector.internal.gradient;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import java.util.concurrent.ForkJoinPool;

/**
 * Gradients in progress; kept and used again, so that a run allocates nothing. The pieces of all
 * slices and of the bias are handed out together, since each writes elements of its own.
 */
public final class GradientTask implements UnitTask {
  /** Slices for each thread, from which on these alone are enough pieces. */
  private static final int SLICES_PER_THREAD = 4;

  private final GradientProblem problem;
  private final GradientWorks works;
  private final GradientOperands operands = new GradientOperands();
  private final ParallelRun parallel = new ParallelRun();

  /** Into how many pieces each slice is cut. */
  private final int[] sliceParts;

  private int biasParts;
  private long parts;
  private int units;

  public GradientTask(GradientProblem problem, GradientWorks works) {
    this.problem = problem;
    this.works = works;
    this.sliceParts = new int[works.slices()];
  }

  /** Where a run's arrays go, before it. */
  public GradientOperands operands() {
    return operands;
  }

  /** Runs; the operands have been checked, and are let go of. */
  public void run(ForkJoinPool pool, int available) {
    long moved = (long) problem.inputSize() + problem.outputSize();
    int threads = Split.threads(problem.multiplyAdds(), moved, available);
    boolean enough = sliceParts.length >= SLICES_PER_THREAD * threads;
    parts = 0;
    for (int i = 0; i < sliceParts.length; i++) {
      sliceParts[i] = works.slice(i).units(enough ? 1 : threads);
      parts += sliceParts[i];
    }
    boolean apart = operands.bias != null && !works.slice(0).sumsBias();
    biasParts = apart ? works.bias().units(threads) : 0;
    parts += biasParts;
    units = (int) Math.min(parts, ParallelRun.MAX_UNITS);
    try {
      parallel.run(this, units, pool, threads, works.scratchFloats(), works.scratchInts());
    } finally {
      operands.clear();
    }
  }

  @Override
  public void run(int unit, Scratch scratch) {
    long end = parts * (unit + 1) / units;
    for (long part = parts * unit / units; part < end; part++) {
      runPart(part, scratch);
    }
  }

  private void runPart(long part, Scratch scratch) {
    long rest = part;
    for (int i = 0; i < sliceParts.length; i++) {
      if (rest < sliceParts[i]) {
        works.slice(i).run(operands, (int) rest, sliceParts[i], scratch);
        return;
      }
      rest -= sliceParts[i];
    }
    works.bias().run(operands, (int) rest, biasParts, scratch);
  }
}

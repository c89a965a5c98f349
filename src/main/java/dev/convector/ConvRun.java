package dev.convector;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.concurrent.ForkJoinPool;

/** One call in progress; kept and used again, so that a call allocates nothing. */
final class ConvRun implements UnitTask {
  final Operands operands = new Operands();
  private final ParallelRun parallel = new ParallelRun();
  private PackedWork packed;
  private int units;

  void run(PackedWork work, ForkJoinPool pool, int threads) {
    packed = work;
    units = work.units(threads);
    parallel.run(this, units, pool, threads, work.scratchFloats(), work.scratchInts());
  }

  @Override
  public void run(int unit, Scratch scratch) {
    packed.run(operands, unit, units, scratch);
  }
}

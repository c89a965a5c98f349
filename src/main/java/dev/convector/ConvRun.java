package dev.convector;

import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.UnitTask;
import java.util.concurrent.ForkJoinPool;

/** One call in progress; kept and used again, so that a call allocates nothing. */
final class ConvRun implements UnitTask {
  final Operands operands = new Operands();
  private final ParallelRun parallel = new ParallelRun();
  private PackedConv packed;
  private int units;

  void run(PackedConv conv, ForkJoinPool pool, int threads) {
    packed = conv;
    units = conv.units(threads);
    parallel.run(this, units, pool, threads, conv.scratchFloats(), conv.scratchInts());
  }

  @Override
  public void run(int unit, Scratch scratch) {
    packed.run(operands, unit, units, scratch);
  }
}

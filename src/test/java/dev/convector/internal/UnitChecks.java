package dev.convector.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Runs of a work that is cut into a number of units, on the calling thread. */
public final class UnitChecks {
  private UnitChecks() {}

  /** Runs so many units. */
  public static void run(PackedWork work, int units, Operands operands) {
    new ParallelRun()
        .run(
            (unit, scratch) -> work.run(operands, unit, units, scratch),
            units,
            null,
            1,
            work.scratchFloats(),
            work.scratchInts());
  }

  /** Cut for one thread and for many, the same bits. */
  public static void requireSameBits(PackedWork work, float[] src, int outputSize, Object what) {
    Operands operands = new Operands();
    float[] once = new float[outputSize];
    operands.set(src, 0, null, 0, once, 0);
    run(work, work.units(1), operands);
    for (int threads : new int[] {2, 7, 64}) {
      float[] again = new float[outputSize];
      operands.set(src, 0, null, 0, again, 0);
      run(work, work.units(threads), operands);
      assertArrayEquals(once, again, () -> threads + " threads, " + what);
    }
  }
}

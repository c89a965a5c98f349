package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Runs find out whether their work is faster when it reads ahead. */
class PlanRunnerAheadTest {
  private static final int RUNS = 40;

  /** One float, copied; slow where it reads ahead, or where it doesn't. */
  private static final class Work implements PackedWork {
    private final boolean mayReadAhead;
    private final boolean isSlowAhead;
    private int ahead;

    Work(boolean mayReadAhead, boolean isSlowAhead) {
      this.mayReadAhead = mayReadAhead;
      this.isSlowAhead = isSlowAhead;
    }

    @Override
    public long packedBytes() {
      return 0;
    }

    @Override
    public int scratchFloats() {
      return 0;
    }

    @Override
    public int units(int threads) {
      return 1;
    }

    @Override
    public boolean mayReadAhead() {
      return mayReadAhead;
    }

    @Override
    public void footprint(int unit, int units, Footprint footprint) {
      footprint.read.add(0, 1);
      footprint.written.add(0, 1);
    }

    @Override
    public void run(Operands operands, int unit, int units, Scratch scratch) {
      operands.dst[operands.dstOffset] = operands.src[operands.srcOffset];
      ahead += operands.readsAhead ? 1 : 0;
      if (operands.readsAhead == isSlowAhead) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
      }
    }
  }

  /** Those of the last runs, of twice as many, that read ahead. */
  private static int ahead(Work work) {
    PlanRunner runner = new PlanRunner(work, 1, 1, 1);
    float[] src = {1};
    for (int i = 0; i < 2 * RUNS; i++) {
      work.ahead = i == RUNS ? 0 : work.ahead;
      runner.run(src, 0, null, 0, new float[1], 0, Execution.serial());
    }
    return work.ahead;
  }

  @Test
  void theFasterWayIsTaken() {
    assertTrue(ahead(new Work(true, true)) <= RUNS / 8);
    assertTrue(ahead(new Work(true, false)) >= RUNS - RUNS / 8);
  }

  @Test
  void othersAreNotAsked() {
    assertEquals(0, ahead(new Work(false, false)));
  }

  /** They are copied part by part. */
  @Test
  void segmentsAreNotReadAhead() {
    Work work = new Work(true, false);
    PlanRunner runner = new PlanRunner(work, 1, 1, 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5);
      MemorySegment dst = arena.allocate(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < RUNS; i++) {
        runner.run(src, null, dst, Execution.serial());
      }
      assertEquals(5, dst.get(ValueLayout.JAVA_FLOAT, 0));
    }
    assertEquals(0, work.ahead);
  }
}

package dev.convector.internal.stage;

import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitTask;
import java.util.concurrent.ForkJoinPool;

/**
 * The operands of a run whose units read all of some of them, so that {@link Stage} would copy
 * these once a unit: copied whole before the run, by all its threads, and back after it.
 */
public final class WholeCopies implements UnitTask {
  /** Elements of a unit. */
  private static final int PIECE = 32 * 1024;

  private final WholeOperand[] operands;
  private final ParallelRun parallel = new ParallelRun();
  private boolean before;
  private long elements;
  private int units;

  public WholeCopies(WholeOperand... operands) {
    this.operands = operands;
  }

  public WholeOperand operand(int index) {
    return operands[index];
  }

  /** Copies what is read, before the run. */
  public void bring(ForkJoinPool pool, int available) {
    move(true, pool, available);
  }

  /** Copies what is written back, after it. */
  public void takeBack(ForkJoinPool pool, int available) {
    move(false, pool, available);
  }

  /** Lets go of the caller's memory. */
  public void clear() {
    for (WholeOperand operand : operands) {
      operand.tensor().clear();
    }
  }

  private void move(boolean beforeRun, ForkJoinPool pool, int available) {
    before = beforeRun;
    elements = 0;
    for (WholeOperand operand : operands) {
      elements += operand.moved(before);
    }
    if (elements == 0) {
      return;
    }
    units = Math.clamp(elements / PIECE, 1, ParallelRun.MAX_UNITS);
    parallel.run(this, units, pool, Split.threads(0, 2 * elements, available), 0, 0);
  }

  @Override
  public void run(int unit, Scratch scratch) {
    long first = elements * unit / units;
    long end = elements * (unit + 1) / units;
    for (WholeOperand operand : operands) {
      long size = operand.moved(before);
      operand.move(before, Math.max(0, first), Math.min(size, end));
      first -= size;
      end -= size;
    }
  }
}

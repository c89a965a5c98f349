package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Pooling whose units are neighbouring rows of outputs, counted through all planes. */
abstract class PoolRowWork implements PackedWork {
  final PoolImage image;
  final PoolAxis rows;
  final PoolAxis columns;

  PoolRowWork(PoolProblem problem) {
    this.image = PoolImage.of(problem);
    this.rows = problem.rows();
    this.columns = problem.columns();
  }

  /** Computes rows {@code [from, to)}. */
  abstract void rows(Operands o, int from, int to, Scratch scratch);

  private int all() {
    return image.planes() * rows.outputs();
  }

  @Override
  public final int units(int threads) {
    return Split.parts(1, all(), threads);
  }

  @Override
  public final int units(int threads, int least) {
    return Split.atLeast(least, all(), units(threads));
  }

  @Override
  public final void footprint(int unit, int units, Footprint footprint) {
    image.footprint(start(unit, units), start(unit + 1, units), footprint);
  }

  @Override
  public final void run(Operands operands, int unit, int units, Scratch scratch) {
    rows(operands, start(unit, units), start(unit + 1, units), scratch);
  }

  private int start(int unit, int units) {
    return Split.start(all(), unit, units);
  }
}

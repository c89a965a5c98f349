package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;

/** One weight after another, in double precision: for kernels too large for the other ways. */
final class ScalarGradient implements GradientWork {
  private final GradientProblem problem;
  private final GradientImage x;
  private final GradientImage y;

  ScalarGradient(GradientProblem problem) {
    this.problem = problem;
    this.x = problem.x();
    this.y = problem.y();
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  public int scratchInts() {
    return 0;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, problem.filters(), threads);
  }

  @Override
  public void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int end = Split.start(problem.filters(), unit + 1, units);
    for (int k = Split.start(problem.filters(), unit, units); k < end; k++) {
      for (int c = 0; c < problem.groupChannels(); c++) {
        int kernel = (k * problem.groupChannels() + c) * problem.area();
        for (int r = 0; r < problem.rows().taps(); r++) {
          for (int s = 0; s < problem.columns().taps(); s++) {
            float sum = (float) sum(operands, k, c, r, s);
            operands.putWeight(problem, kernel + problem.place(r, s), sum);
          }
        }
      }
    }
  }

  private double sum(GradientOperands operands, int k, int c, int r, int s) {
    GradientAxis columns = problem.columns();
    int channel = k / problem.groupFilters() * problem.groupChannels() + c;
    double sum = 0;
    for (int n = 0; n < problem.batch(); n++) {
      for (int p = 0; p < y.height(); p++) {
        int row = problem.rows().source(p, r * problem.rows().dilation());
        for (int q = 0; q < y.width() && row >= 0; q++) {
          int column = columns.source(q, s * columns.dilation());
          if (column >= 0) {
            sum +=
                (double) operands.x[operands.xOffset + x.at(n, channel, row, column)]
                    * operands.y[operands.yOffset + y.at(n, k, p, q)];
          }
        }
      }
    }
    return sum;
  }
}

package dev.convector.internal.pool;

import dev.convector.Layout;

/**
 * Images whose pixels lie in the lanes: planes of pixels of {@code group} floats, which are pooled
 * apart. Channels-first, each channel is a plane; of few channels last, each image.
 */
record PoolImage(PoolProblem problem, int planes, int group) {

  static PoolImage of(PoolProblem problem) {
    return problem.layout() == Layout.NCHW
        ? new PoolImage(problem, problem.batch() * problem.channels(), 1)
        : new PoolImage(problem, problem.batch(), problem.channels());
  }

  /** Floats of a row of the input. */
  int row() {
    return problem.columns().size() * group;
  }

  /** Floats of a plane of the input. */
  int plane() {
    return problem.rows().size() * row();
  }

  /** Floats of a row of the output. */
  int outputRow() {
    return problem.columns().outputs() * group;
  }

  /** Floats of a plane of the output. */
  int outputPlane() {
    return problem.rows().outputs() * outputRow();
  }

  /** What an average divides by along the columns, for each float of a row of the output. */
  float[] counted() {
    float[] counted = new float[outputRow()];
    for (int j = 0; j < counted.length; j++) {
      counted[j] = problem.columns().counted()[j / group];
    }
    return counted;
  }

  /** Outputs {@code [from, to)} of row {@code p}, element by element. */
  void scalars(float[] x, int at, float[] y, int yAt, int p, int from, int to) {
    PoolAxis rows = problem.rows();
    PoolAxis columns = problem.columns();
    int row = at + rows.first()[p] * row();
    int step = rows.dilation() * row();
    for (int q = from; q < to; q++) {
      int first = row + columns.first()[q] * group;
      int taps = columns.taps()[q];
      for (int c = 0; c < group; c++) {
        y[yAt + q * group + c] =
            problem.max()
                ? PoolScalar.max(
                    x, first + c, step, rows.taps()[p], columns.dilation() * group, taps)
                : PoolScalar.sum(
                        x, first + c, step, rows.taps()[p], columns.dilation() * group, taps)
                    / problem.divisor(p, q);
      }
    }
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Layout;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;

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

  /** Adds what the output rows from one to another, counted through all planes, read and are. */
  void footprint(int from, int to, Footprint footprint) {
    footprint.written.add(from * outputRow(), (to - from) * outputRow());
    PoolAxis rows = problem.rows();
    int outputs = rows.outputs();
    int plane = from / outputs;
    int last = (to - 1) / outputs;
    int first = rows.least(from - plane * outputs, Math.min(to - plane * outputs, outputs));
    int end = rows.end(Math.max(0, from - last * outputs), to - last * outputs);
    int at = plane * plane() + first * row();
    footprint.read.add(at, last * plane() + end * row() - at);
  }

  /**
   * What an average divides by, for each float of so many rows of the output; of a single one along
   * the columns alone.
   */
  float[] counted(int rows) {
    float[] counted = new float[rows * outputRow()];
    for (int j = 0; j < counted.length; j++) {
      int column = j % outputRow() / group;
      counted[j] =
          rows == 1
              ? problem.columns().counted()[column]
              : problem.divisor(j / outputRow(), column);
    }
    return counted;
  }

  /**
   * Folds the rows of all windows of a plane, each output row's into one that is as long as a row
   * of the input. As many rows at a time as have the same taps one row apart.
   *
   * @param y scratch, of which something is written behind the last row too, at most a vector
   * @return whether a maximum may be NaN
   */
  boolean fold(float[] x, int at, float[] y, int yAt) {
    PoolAxis rows = problem.rows();
    boolean nan = false;
    int end;
    for (int p = 0; p < rows.outputs(); p = end) {
      end = rows.sameEnd(p);
      nan |= fold(p, end, x, at, y, yAt + p * row());
    }
    return nan;
  }

  /** The same of the output rows {@code [from, to)}, whose taps lie one row apart. */
  boolean fold(int from, int to, float[] x, int at, float[] y, int yAt) {
    PoolAxis rows = problem.rows();
    int step = rows.dilation() * row();
    int taps = rows.taps()[from];
    int first = at + rows.first()[from] * row();
    int count = (to - from) * row();
    // What lies behind a short row is as good as anything.
    boolean widens = first + (taps - 1) * step + LANES <= x.length;
    return PoolStrips.fold(
        problem.max(), x, first, step, taps, y, yAt, widens ? Math.max(count, LANES) : count);
  }

  /**
   * Outputs {@code [from, to)} of row {@code p}, element by element.
   *
   * @param at the plane's first element, of the first of {@code count} channels
   * @param yAt the same of the output's row
   */
  void scalars(Operands o, int at, int yAt, int p, int from, int to, int count) {
    PoolAxis rows = problem.rows();
    PoolAxis columns = problem.columns();
    int row = at + rows.first()[p] * row();
    int rowStep = rows.dilation() * row();
    int step = columns.dilation() * group;
    int height = rows.taps()[p];
    for (int q = from; q < to; q++) {
      int first = row + columns.first()[q] * group;
      int width = columns.taps()[q];
      for (int c = 0; c < count; c++) {
        o.dst[yAt + q * o.resultPixel(group) + c] =
            problem.max()
                ? PoolScalar.max(o.src, first + c, rowStep, height, step, width)
                : PoolScalar.sum(o.src, first + c, rowStep, height, step, width)
                    / problem.divisor(p, q);
      }
    }
  }
}

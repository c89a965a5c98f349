package dev.convector.internal.pool;

import dev.convector.Layout;
import java.util.Arrays;

/** What is pooled. */
public record PoolProblem(
    boolean max, Layout layout, int batch, int channels, PoolAxis rows, PoolAxis columns) {

  /** What floats count exactly. */
  private static final int MOST = 1 << 24;

  public int inputSize() {
    return batch * channels * rows.size() * columns.size();
  }

  public int outputSize() {
    return batch * channels * rows.outputs() * columns.outputs();
  }

  /** Taps of all outputs; a tap is an operation, as a multiply-add is. */
  public long operations() {
    return (long) batch * channels * (rows.allTaps() * columns.allTaps());
  }

  /** Whether the only window is the whole input. */
  boolean global() {
    return rows.outputs() == 1
        && columns.outputs() == 1
        && rows.taps()[0] == rows.size()
        && columns.taps()[0] == columns.size();
  }

  /**
   * The same where each window is some whole rows, all of whose columns lie below one another as
   * rows: so that they are folded as rows are. Else itself.
   */
  PoolProblem inOneColumn() {
    boolean whole =
        columns.outputs() == 1
            && columns.taps()[0] == columns.size()
            && columns.dilation() == 1
            && rows.dilation() == 1
            && Arrays.stream(rows.counted()).allMatch(n -> n <= MOST / columns.counted()[0]);
    if (!whole) {
      return this;
    }
    PoolAxis all = rows.times(columns.size(), columns.counted()[0]);
    return new PoolProblem(max, layout, batch, channels, all, PoolAxis.adaptive(1, 1));
  }

  /**
   * Whether all windows are divided by the same power of two, so that a product with its reciprocal
   * is the quotient.
   */
  boolean dividesExactly() {
    int row = rows.counted()[0];
    int column = columns.counted()[0];
    return Long.bitCount((long) row * column) == 1
        && Arrays.stream(rows.counted()).allMatch(count -> count == row)
        && Arrays.stream(columns.counted()).allMatch(count -> count == column);
  }

  /** What the average of output {@code (p, q)} divides by; exact up to {@code 2^24}. */
  float divisor(int p, int q) {
    return (float) ((long) rows.counted()[p] * columns.counted()[q]);
  }
}

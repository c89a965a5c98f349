package dev.convector.internal.pool;

import dev.convector.Layout;

/** What is pooled. */
public record PoolProblem(
    boolean max, Layout layout, int batch, int channels, PoolAxis rows, PoolAxis columns) {

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

  /** What the average of output {@code (p, q)} divides by; exact up to {@code 2^24}. */
  float divisor(int p, int q) {
    return (float) ((long) rows.counted()[p] * columns.counted()[q]);
  }
}

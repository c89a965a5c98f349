package dev.convector.jmh.layer;

/**
 * A matrix product C = A B, row-major: A is M x K, B is K x N. As in a network, B (the weights) is
 * known ahead and may be packed; A is not.
 */
public record GemmSize(String name, int m, int n, int k) {
  public long flops() {
    return 2L * m * n * k;
  }

  public long bytes() {
    return 4L * ((long) m * k + (long) k * n + (long) m * n);
  }
}

package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The sizes of a matrix product, valid once constructed. Leading dimensions are those of the
 * matrices as they lie in memory.
 */
public record GemmShape(
    int m,
    int n,
    int k,
    boolean transposeA,
    boolean transposeB,
    int lda,
    int ldb,
    int ldc,
    float alpha,
    float beta) {

  public GemmShape {
    positive("m", m);
    positive("n", n);
    positive("k", k);
    spans("lda", lda, transposeA ? m : k);
    spans("ldb", ldb, transposeB ? k : n);
    spans("ldc", ldc, n);
    indexable("a", transposeA ? k : m, lda);
    indexable("b", transposeB ? n : k, ldb);
    indexable("c", m, ldc);
    // Packed, the columns of b are rounded up to whole vectors.
    indexable("packed b", k, Math.ceilDiv(n, Simd.LANES) * (long) Simd.LANES);
  }

  /** Elements from the first to the last of a. */
  public int aSize() {
    return transposeA ? (k - 1) * lda + m : (m - 1) * lda + k;
  }

  /** Elements from the first to the last of b. */
  public int bSize() {
    return transposeB ? (n - 1) * ldb + k : (k - 1) * ldb + n;
  }

  /** Elements from the first to the last of c. */
  public int cSize() {
    return (m - 1) * ldc + n;
  }

  /** Of so many rows, left operand and result without anything between their rows. */
  GemmShape band(int rows) {
    return new GemmShape(
        rows, n, k, transposeA, transposeB, transposeA ? rows : k, ldb, n, alpha, beta);
  }

  public long multiplyAdds() {
    return (long) m * n * k;
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + "; must be at least 1");
    }
  }

  private static void spans(String name, int value, int row) {
    if (value < row) {
      throw new IllegalArgumentException(
          name + ": " + value + "; must be at least the row's length, " + row);
    }
  }

  private static void indexable(String name, long rows, long stride) {
    if (rows * stride > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name
              + ": "
              + rows
              + " rows of "
              + stride
              + "; must have at most "
              + Integer.MAX_VALUE
              + " elements, what an array can index");
    }
  }
}

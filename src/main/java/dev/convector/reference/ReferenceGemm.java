package dev.convector.reference;

/** The definition of the matrix product. */
public final class ReferenceGemm {
  private ReferenceGemm() {}

  /**
   * {@code C = alpha * op(A) * op(B) + beta * C}, row-major, each element in double precision and
   * rounded once. C is not read when beta is 0.
   *
   * @param m rows of the result
   * @param n columns of the result
   * @param k depth
   * @param transposeA whether a lies transposed, as K rows of M
   * @param transposeB whether b lies transposed, as N rows of K
   * @param alpha factor of the product
   * @param a holds the left matrix
   * @param aOffset index of its first element
   * @param lda distance between its rows
   * @param b holds the right matrix
   * @param bOffset index of its first element
   * @param ldb distance between its rows
   * @param beta factor of c
   * @param c receives the result
   * @param cOffset index of its first element
   * @param ldc distance between its rows
   */
  public static void run(
      int m,
      int n,
      int k,
      boolean transposeA,
      boolean transposeB,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          float left = a[aOffset + (transposeA ? l * lda + i : i * lda + l)];
          float right = b[bOffset + (transposeB ? j * ldb + l : l * ldb + j)];
          sum += (double) left * right;
        }
        int at = cOffset + i * ldc + j;
        c[at] = (float) (alpha * sum + (beta == 0 ? 0 : (double) beta * c[at]));
      }
    }
  }
}

package dev.convector.properties;

import dev.convector.Gemm;

/**
 * A matrix product and all it is run on. Its text is the Java expression that rebuilds it.
 *
 * @param sizes rows, columns and depth
 * @param transposeA whether the left matrix lies transposed
 * @param transposeB whether the right matrix lies transposed
 * @param gaps elements between the rows of each matrix
 * @param offsets elements before each matrix
 * @param alpha factor of the product
 * @param beta factor of what the result holds before
 * @param threads where it runs
 * @param values what the arrays are filled with
 * @param seed of the values
 */
record GemmCase(
    Sizes sizes,
    boolean transposeA,
    boolean transposeB,
    Three gaps,
    Three offsets,
    float alpha,
    float beta,
    Threads threads,
    Values values,
    long seed) {

  /** Rows and columns of the result, and the depth. */
  record Sizes(int m, int n, int k) {}

  /** One number for each matrix. */
  record Three(int a, int b, int c) {}

  int lda() {
    return (transposeA ? sizes.m() : sizes.k()) + gaps.a();
  }

  int ldb() {
    return (transposeB ? sizes.k() : sizes.n()) + gaps.b();
  }

  int ldc() {
    return sizes.n() + gaps.c();
  }

  /** Elements from the first to the last. */
  int aSize() {
    return (transposeA ? sizes.k() - 1 : sizes.m() - 1) * lda() + lda() - gaps.a();
  }

  /** Elements from the first to the last. */
  int bSize() {
    return (transposeB ? sizes.n() - 1 : sizes.k() - 1) * ldb() + ldb() - gaps.b();
  }

  /** Elements from the first to the last. */
  int cSize() {
    return (sizes.m() - 1) * ldc() + sizes.n();
  }

  Gemm.Builder builder() {
    return Gemm.builder()
        .sizes(sizes.m(), sizes.n(), sizes.k())
        .transposeA(transposeA)
        .transposeB(transposeB)
        .leadingDimensions(lda(), ldb(), ldc())
        .alpha(alpha)
        .beta(beta);
  }

  GemmCase with(Values other) {
    return new GemmCase(
        sizes, transposeA, transposeB, gaps, offsets, alpha, beta, threads, other, seed);
  }

  @Override
  public String toString() {
    return "new GemmCase(new GemmCase."
        + sizes.toString().replaceAll("[mnk]=", "").replace('[', '(').replace(']', ')')
        + ", "
        + transposeA
        + ", "
        + transposeB
        + text(gaps)
        + text(offsets)
        + ", "
        + alpha
        + "f, "
        + beta
        + "f, Threads."
        + threads
        + ", Values."
        + values
        + ", "
        + seed
        + "L)";
  }

  private static String text(Three three) {
    return ", new GemmCase.Three(" + three.a() + ", " + three.b() + ", " + three.c() + ")";
  }
}

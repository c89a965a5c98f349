package dev.convector;

import dev.convector.internal.gemm.GemmShape;
import dev.convector.internal.simd.VectorModule;
import java.lang.foreign.MemorySegment;

/**
 * The description of a matrix product {@code C = alpha * op(A) * op(B) + beta * C} in single
 * precision, row-major, where op transposes or not. op(A) is M x K, op(B) is K x N, C is M x N.
 *
 * <pre>{@code
 * Gemm gemm = Gemm.builder().sizes(1024, 1024, 1024).build();
 * gemm.run(a, b, c);                       // packs B on every run
 * GemmPlan plan = gemm.plan(b);            // packs B once
 * plan.run(a, c);
 * }</pre>
 *
 * <p>As in BLAS, C is not read when beta is 0, so that a NaN there does not spread. Unlike BLAS, A
 * and B are read when alpha is 0, so that one there does. Blocking follows Goto and van de Geijn,
 * "Anatomy of High-Performance Matrix Multiplication" (2008). The bits of the result do not depend
 * on the threads, nor on whether B was packed before.
 *
 * <p>Immutable, thread-safe.
 */
public final class Gemm {
  private final GemmShape shape;
  private final GemmRunner runner;

  private Gemm(GemmShape shape) {
    this.shape = shape;
    this.runner = new GemmRunner(shape, null);
  }

  /**
   * Starts a description. {@link Builder#sizes} must be called; the rest defaults to no
   * transposition, dense rows, alpha 1 and beta 0.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Multiplies on the common pool.
   *
   * @param a the left matrix
   * @param b the right matrix
   * @param c the result
   */
  public void run(float[] a, float[] b, float[] c) {
    run(a, 0, b, 0, c, 0, Execution.common());
  }

  /**
   * Multiplies parts of larger arrays.
   *
   * @param a holds the left matrix: M rows of lda elements, or K rows if transposed
   * @param aOffset index of its first element
   * @param b holds the right matrix: K rows of ldb elements, or N rows if transposed
   * @param bOffset index of its first element
   * @param c receives the result: M rows of ldc elements, of which N are written; must not overlap
   *     the others
   * @param cOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, the result
   *     overlaps an operand, or the pool is shut down
   */
  public void run(
      float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, Execution execution) {
    Arguments.range("b", b, bOffset, shape.bSize());
    Arguments.range("c", c, cOffset, shape.cSize());
    Arguments.apart("b", b, bOffset, shape.bSize(), "c", c, cOffset, shape.cSize());
    runner.run(a, aOffset, b, bOffset, c, cOffset, execution);
  }

  /**
   * Multiplies segments, as {@link Plan} has them, but those that are no {@code float[]} are copied
   * whole, before the run and after it, to arrays that the description keeps for the next one. A
   * {@link GemmPlan} keeps none.
   *
   * @param a begins with the left matrix
   * @param b begins with the right matrix
   * @param c receives the result from its beginning on; what lies between its rows is not touched
   * @param execution where
   * @throws IllegalArgumentException if a segment is too short or confined to another thread, the
   *     result overlaps an operand or is read-only, or the pool is shut down
   * @throws IllegalStateException if an arena is closed
   */
  public void run(MemorySegment a, MemorySegment b, MemorySegment c, Execution execution) {
    runner.run(a, b, c, execution);
  }

  /**
   * Packs the right matrix once.
   *
   * @param b the right matrix; copied
   * @return a plan
   */
  public GemmPlan plan(float[] b) {
    return plan(b, 0);
  }

  /**
   * Packs the right matrix once.
   *
   * @param b holds the right matrix; copied
   * @param bOffset index of its first element
   * @return a plan
   * @throws IllegalArgumentException if the array is too short or the offset negative
   */
  public GemmPlan plan(float[] b, int bOffset) {
    Arguments.range("b", b, bOffset, shape.bSize());
    return new GemmPlan(this, shape, b, bOffset);
  }

  /**
   * Multiply-adds of one run.
   *
   * @return {@code M * N * K}
   */
  public long multiplyAdds() {
    return shape.multiplyAdds();
  }

  /**
   * The description in short.
   *
   * @return such as {@code Gemm 512x1024x256}: M, N, K, and what is not the default
   */
  @Override
  public String toString() {
    return "Gemm "
        + shape.m()
        + "x"
        + shape.n()
        + "x"
        + shape.k()
        + (shape.transposeA() ? " transposeA" : "")
        + (shape.transposeB() ? " transposeB" : "")
        + LayerText.unless(shape.transposeA() ? shape.m() : shape.k(), " lda ", shape.lda())
        + LayerText.unless(shape.transposeB() ? shape.k() : shape.n(), " ldb ", shape.ldb())
        + LayerText.unless(shape.n(), " ldc ", shape.ldc())
        + LayerText.unless(1f, " alpha ", shape.alpha())
        + LayerText.unless(0f, " beta ", shape.beta());
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder {
    private int[] sizes;
    private boolean transposeA;
    private boolean transposeB;
    private int lda;
    private int ldb;
    private int ldc;
    private float alpha = 1;
    private float beta;

    private Builder() {
      VectorModule.require();
    }

    /**
     * The sizes of the product.
     *
     * @param m rows of the result, at least 1
     * @param n columns of the result, at least 1
     * @param k depth, at least 1
     * @return this builder
     */
    public Builder sizes(int m, int n, int k) {
      sizes = new int[] {m, n, k};
      return this;
    }

    /**
     * Whether the left matrix lies transposed: K rows of M.
     *
     * @param transposed false by default
     * @return this builder
     */
    public Builder transposeA(boolean transposed) {
      transposeA = transposed;
      return this;
    }

    /**
     * Whether the right matrix lies transposed: N rows of K.
     *
     * @param transposed false by default
     * @return this builder
     */
    public Builder transposeB(boolean transposed) {
      transposeB = transposed;
      return this;
    }

    /**
     * The factor of the product.
     *
     * @param factor 1 by default
     * @return this builder
     */
    public Builder alpha(float factor) {
      alpha = factor;
      return this;
    }

    /**
     * The factor of what C holds before.
     *
     * @param factor 0 by default: C is not read
     * @return this builder
     */
    public Builder beta(float factor) {
      beta = factor;
      return this;
    }

    /**
     * Distances between the starts of neighbouring rows in memory.
     *
     * @param lda of the left matrix as it lies; at least its row's length, or 0 for just that
     * @param ldb of the right matrix
     * @param ldc of the result
     * @return this builder
     */
    public Builder leadingDimensions(int lda, int ldb, int ldc) {
      this.lda = lda;
      this.ldb = ldb;
      this.ldc = ldc;
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #sizes} was not called
     * @throws IllegalArgumentException if a size or a leading dimension breaks its rule, or a
     *     matrix has more elements than an array can index
     */
    public Gemm build() {
      if (sizes == null) {
        throw new IllegalStateException("sizes: not set; must be before build()");
      }
      int m = sizes[0];
      int n = sizes[1];
      int k = sizes[2];
      return new Gemm(
          new GemmShape(
              m,
              n,
              k,
              transposeA,
              transposeB,
              lda == 0 ? (transposeA ? m : k) : lda,
              ldb == 0 ? (transposeB ? k : n) : ldb,
              ldc == 0 ? n : ldc,
              alpha,
              beta));
    }
  }
}

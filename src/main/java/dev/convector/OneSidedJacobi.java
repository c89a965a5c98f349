package dev.convector;

/**
 * Singular values by one-sided Jacobi rotations (Hestenes, "Inversion of Matrices by
 * Biorthogonalization and Related Results", 1958; Golub and Van Loan, "Matrix Computations", 4th
 * edition, section 8.6.3): pairs of columns are rotated until all are orthogonal. Slow for large
 * matrices, accurate for small ones.
 */
final class OneSidedJacobi {
  /** Columns whose cosine is below this count as orthogonal: some roundings of a double. */
  private static final double ORTHOGONAL = 1e-15;

  /** Convergence is quadratic, and takes 6 to 10 sweeps in practice. */
  private static final int MAX_SWEEPS = 60;

  private OneSidedJacobi() {}

  /**
   * Rotates vectors of equal length, in place, until they are orthogonal to each other.
   *
   * @return their norms then, the singular values of the matrix that has them as columns
   */
  static double[] orthogonalize(double[][] vectors) {
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
      rotated = false;
      for (int i = 0; i < vectors.length; i++) {
        for (int j = i + 1; j < vectors.length; j++) {
          rotated |= rotate(vectors[i], vectors[j]);
        }
      }
    }
    double[] norms = new double[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      norms[i] = norm(vectors[i]);
    }
    return norms;
  }

  static double norm(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  /** Returns false if the two were orthogonal already. */
  private static boolean rotate(double[] a, double[] b) {
    double aa = dot(a, a);
    double bb = dot(b, b);
    double ab = dot(a, b);
    if (Math.abs(ab) <= ORTHOGONAL * Math.sqrt(aa) * Math.sqrt(bb)) {
      return false;
    }
    double zeta = (bb - aa) / (2 * ab);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cosine = 1 / Math.sqrt(1 + tangent * tangent);
    double sine = cosine * tangent;
    for (int i = 0; i < a.length; i++) {
      double x = a[i];
      a[i] = cosine * x - sine * b[i];
      b[i] = sine * x + cosine * b[i];
    }
    return true;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

package dev.convector.internal.winograd;

import java.util.Arrays;

/**
 * The numbers of Winograd's minimal filtering F(m, r), from a table of points.
 *
 * <p>Cook-Toom (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; Blahut,
 * "Fast Algorithms for Signal Processing", 2010, chapter 5): the product of polynomials a of degree
 * m - 1 and g of degree r - 1 has degree n - 1 = m + r - 2, so it is known by its values at n - 1
 * points and "at infinity", its leading coefficient. With {@code M = product of (x - p_l)}, {@code
 * M_j = M / (x - p_j)} and {@code N_j = M_j(p_j)}, Lagrange gives
 *
 * <pre>
 *   a g = sum over j of  a(p_j) g(p_j) / N_j  M_j   +   a_(m-1) g_(r-1)  M
 * </pre>
 *
 * Filtering is the transposed problem: {@code sum of y_i a_i} over the outputs is the sum of the
 * coefficients of {@code a g} weighted by the input d. Comparing both for every a:
 *
 * <pre>
 *   y = A^T [ (G g) . (B^T d) ]
 *   A^T[i][j] = p_j^i            at infinity: 1 for i = m - 1, else 0
 *   G[j][k]   = p_j^k / N_j      at infinity: 1 for k = r - 1, else 0
 *   B^T[j]    = coefficients of M_j, at infinity of M
 * </pre>
 *
 * In two dimensions each is applied to columns and rows.
 *
 * <p>The points are 0, pairs +p and -p, and infinity. Their choice decides the rounding error
 * (Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and Improving the Accuracy of Winograd
 * Convolution for Deep Neural Networks", 2018). All are dyadic fractions of few bits, so that A and
 * B are exact as floats. They are the same for every m and r of one n, and so is B.
 */
final class CookToom {
  private static final Rational[] POINTS_4 = {Rational.of(1)};

  /**
   * Root mean square error over that of the output, 64 channels, by simulation: F(4, 3) 0.73e-6
   * with these points, 0.80e-6 with 3/4 and 3/2, 1.64e-6 with 1 and 2, which most libraries use;
   * F(2, 5) 0.87e-6, 0.90e-6 and 2.00e-6.
   */
  private static final Rational[] POINTS_6 = {Rational.of(11, 16), Rational.of(3, 2)};

  /** F(6, 3) 3.2e-6, where none of 30 other triples was better by more than 2 %; F(4, 5) 3.1e-6. */
  private static final Rational[] POINTS_8 = {Rational.of(1), Rational.of(2), Rational.of(1, 2)};

  private final int r;

  /** The positive point of each pair. */
  private final Rational[] pairs;

  private CookToom(int r, Rational[] pairs) {
    this.r = r;
    this.pairs = pairs;
  }

  static CookToom of(int m, int r) {
    int n = m + r - 1;
    return new CookToom(r, n == 4 ? POINTS_4 : n == 6 ? POINTS_6 : POINTS_8);
  }

  /** Outputs along one axis of a tile. */
  int m() {
    return n() - r + 1;
  }

  /** Taps along one axis of the kernel. */
  int r() {
    return r;
  }

  /** Inputs along one axis of a tile, and points with infinity. */
  int n() {
    return 2 * pairs.length + 2;
  }

  /** A^T, m by n. */
  Rational[][] aTransposed() {
    Rational[][] a = zeros(m(), n());
    for (int i = 0; i < m(); i++) {
      for (int j = 0; j < n() - 1; j++) {
        a[i][j] = point(j).power(i);
      }
    }
    a[m() - 1][n() - 1] = Rational.ONE;
    return a;
  }

  /** B^T, n by n. */
  Rational[][] bTransposed() {
    Rational[][] b = zeros(n(), n());
    for (int j = 0; j < n(); j++) {
      Rational[] product = product(j);
      System.arraycopy(product, 0, b[j], 0, product.length);
    }
    return b;
  }

  /** G, n by r. */
  Rational[][] g() {
    Rational[][] g = zeros(n(), r);
    for (int j = 0; j < n() - 1; j++) {
      Rational[] others = product(j);
      Rational norm = Rational.ZERO;
      for (int i = 0; i < others.length; i++) {
        norm = norm.plus(others[i].times(point(j).power(i)));
      }
      for (int k = 0; k < r; k++) {
        g[j][k] = point(j).power(k).over(norm);
      }
    }
    g[n() - 1][r - 1] = Rational.ONE;
    return g;
  }

  /** Coefficient i of the product of (y - p^2) over all pairs. */
  float allPairs(int i) {
    return (float) squares(-1)[i].toDouble();
  }

  /** Coefficient i of the product of (y - p^2) over all pairs but one. */
  float otherPairs(int pair, int i) {
    return (float) squares(pair)[i].toDouble();
  }

  /** A power of a pair's positive point. */
  float power(int pair, int exponent) {
    return (float) pairs[pair].power(exponent).toDouble();
  }

  /** 0, then +p and -p of each pair. */
  private Rational point(int j) {
    if (j == 0) {
      return Rational.ZERO;
    }
    Rational p = pairs[(j - 1) / 2];
    return j % 2 == 1 ? p : p.negated();
  }

  /** Coefficients of the product of (x - p_l) over all points but one. */
  private Rational[] product(int without) {
    Rational[] product = {Rational.ONE};
    for (int l = 0; l < n() - 1; l++) {
      product = l == without ? product : timesRoot(product, point(l));
    }
    return product;
  }

  private Rational[] squares(int without) {
    Rational[] product = {Rational.ONE};
    for (int j = 0; j < pairs.length; j++) {
      product = j == without ? product : timesRoot(product, pairs[j].power(2));
    }
    return product;
  }

  /** Multiplies a polynomial by {@code x - root}. */
  private static Rational[] timesRoot(Rational[] polynomial, Rational root) {
    Rational[] product = zeros(1, polynomial.length + 1)[0];
    for (int i = 0; i < polynomial.length; i++) {
      product[i + 1] = product[i + 1].plus(polynomial[i]);
      product[i] = product[i].plus(polynomial[i].times(root.negated()));
    }
    return product;
  }

  private static Rational[][] zeros(int rows, int columns) {
    Rational[][] zeros = new Rational[rows][columns];
    for (Rational[] row : zeros) {
      Arrays.fill(row, Rational.ZERO);
    }
    return zeros;
  }
}

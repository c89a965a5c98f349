package dev.convector.internal.winograd;

import java.util.Arrays;

/**
 * The numbers of Winograd's minimal filtering F(m, 3), from a table of points.
 *
 * <p>Cook-Toom (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; Blahut,
 * "Fast Algorithms for Signal Processing", 2010, chapter 5): the product of polynomials a of degree
 * m - 1 and g of degree 2 has degree m + 1, so it is known by its values at n - 1 = m + 1 points
 * and "at infinity", its leading coefficient. With {@code M = product of (x - p_l)}, {@code M_j = M
 * / (x - p_j)} and {@code N_j = M_j(p_j)}, Lagrange gives
 *
 * <pre>
 *   a g = sum over j of  a(p_j) g(p_j) / N_j  M_j   +   a_(m-1) g_2  M
 * </pre>
 *
 * Filtering is the transposed problem: {@code sum of y_i a_i} over the outputs is the sum of the
 * coefficients of {@code a g} weighted by the input d. Comparing both for every a:
 *
 * <pre>
 *   y = A^T [ (G g) . (B^T d) ]
 *   A^T[i][j] = p_j^i            at infinity: 1 for i = m - 1, else 0
 *   G[j][k]   = p_j^k / N_j      at infinity: 1 for k = 2, else 0
 *   B^T[j]    = coefficients of M_j, at infinity of M
 * </pre>
 *
 * In two dimensions each is applied to columns and rows.
 *
 * <p>The points are 0, pairs +p and -p, and infinity. Their choice decides the rounding error
 * (Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and Improving the Accuracy of Winograd
 * Convolution for Deep Neural Networks", 2018). All are dyadic fractions of few bits, so that A and
 * B are exact as floats.
 */
final class CookToom {
  static final CookToom F2 = new CookToom(Rational.of(1));

  /** 3 times more accurate than 1 and 2, which most libraries use. */
  static final CookToom F4 = new CookToom(Rational.of(3, 4), Rational.of(3, 2));

  static final CookToom F6 = new CookToom(Rational.of(1), Rational.of(2), Rational.of(1, 2));

  /** The positive point of each pair. */
  private final Rational[] pairs;

  CookToom(Rational... pairs) {
    this.pairs = pairs;
  }

  /** Outputs along one axis of a tile. */
  int m() {
    return 2 * pairs.length;
  }

  /** Inputs along one axis of a tile, and points with infinity. */
  int n() {
    return m() + 2;
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

  /** G, n by 3. */
  Rational[][] g() {
    Rational[][] g = zeros(n(), 3);
    for (int j = 0; j < n() - 1; j++) {
      Rational[] others = product(j);
      Rational norm = Rational.ZERO;
      for (int i = 0; i < others.length; i++) {
        norm = norm.plus(others[i].times(point(j).power(i)));
      }
      for (int k = 0; k < 3; k++) {
        g[j][k] = point(j).power(k).over(norm);
      }
    }
    g[n() - 1][2] = Rational.ONE;
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

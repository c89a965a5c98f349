package dev.convector.internal.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The identity behind the transforms, in exact arithmetic, and the kernels against the matrices.
 */
class CookToomTest {
  private static final CookToom[] ALL = {
    CookToom.of(2, 3), CookToom.of(4, 3), CookToom.of(6, 3), CookToom.of(2, 5), CookToom.of(4, 5)
  };

  /**
   * Both sides are bilinear in g and d, so equality for all pairs of unit vectors is equality for
   * all inputs: the product of A^T[i][j] G[j][k] B^T[j][l], summed over j, is 1 where l = i + k.
   */
  @Test
  void filteringIsCorrelationForEveryInput() {
    for (CookToom numbers : ALL) {
      Rational[][] a = numbers.aTransposed();
      Rational[][] b = numbers.bTransposed();
      Rational[][] g = numbers.g();
      for (int i = 0; i < numbers.m(); i++) {
        for (int k = 0; k < numbers.r(); k++) {
          for (int l = 0; l < numbers.n(); l++) {
            Rational sum = Rational.ZERO;
            for (int j = 0; j < numbers.n(); j++) {
              sum = sum.plus(a[i][j].times(g[j][k]).times(b[j][l]));
            }
            assertEquals(l == i + k ? Rational.ONE : Rational.ZERO, sum);
          }
        }
      }
    }
  }

  /** {@code A^T [(G g G^T) . (B^T d B)] A} of integers is their correlation, exactly. */
  @Test
  void twoDimensionsAreExactForIntegers() {
    Random random = new Random(5);
    for (CookToom numbers : ALL) {
      Rational[][] d = integers(random, numbers.n());
      Rational[][] kernel = integers(random, numbers.r());
      Rational[][] u = times(times(numbers.g(), kernel), transposed(numbers.g()));
      Rational[][] v = times(times(numbers.bTransposed(), d), transposed(numbers.bTransposed()));
      for (int i = 0; i < v.length; i++) {
        for (int j = 0; j < v.length; j++) {
          v[i][j] = v[i][j].times(u[i][j]);
        }
      }
      Rational[][] y = times(times(numbers.aTransposed(), v), transposed(numbers.aTransposed()));
      for (int p = 0; p < numbers.m(); p++) {
        for (int q = 0; q < numbers.m(); q++) {
          Rational sum = Rational.ZERO;
          for (int r = 0; r < numbers.r(); r++) {
            for (int s = 0; s < numbers.r(); s++) {
              sum = sum.plus(d[p + r][q + s].times(kernel[r][s]));
            }
          }
          assertEquals(sum, y[p][q]);
        }
      }
    }
  }

  /** Unit vectors in, columns of the matrices out. The numbers of A and B are exact as floats. */
  @Test
  void kernelsMultiplyByTheMatrices() {
    for (CookToom numbers : ALL) {
      int m = numbers.m();
      int n = numbers.n();
      int count = 32;
      for (int l = 0; l < n; l++) {
        float[] in = new float[n * count];
        Arrays.fill(in, l * count, (l + 1) * count, 1);
        float[] out = new float[n * count];
        TransformCall pass = new TransformCall();
        pass.size(m, n);
        pass.source(in, 0, count);
        pass.result(out, 0, count);
        pass.runs(count, 1);
        pass.input(0, 0);
        for (int i = 0; i < n * count; i++) {
          double exact = numbers.bTransposed()[i / count][l].toDouble();
          assertEquals(exact, (float) exact);
          assertEquals((float) exact + 0f, out[i] + 0f);
        }
        pass.output(0, 0);
        for (int i = 0; i < m * count; i++) {
          double exact = numbers.aTransposed()[i / count][l].toDouble();
          assertEquals(exact, (float) exact);
          assertEquals((float) exact + 0f, out[i] + 0f);
        }
      }
    }
  }

  private static Rational[][] integers(Random random, int size) {
    Rational[][] matrix = new Rational[size][size];
    for (Rational[] row : matrix) {
      for (int j = 0; j < size; j++) {
        row[j] = Rational.of(random.nextInt(-100, 101));
      }
    }
    return matrix;
  }

  private static Rational[][] transposed(Rational[][] matrix) {
    Rational[][] t = new Rational[matrix[0].length][matrix.length];
    for (int i = 0; i < t.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        t[i][j] = matrix[j][i];
      }
    }
    return t;
  }

  private static Rational[][] times(Rational[][] a, Rational[][] b) {
    Rational[][] c = new Rational[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        c[i][j] = Rational.ZERO;
        for (int k = 0; k < b.length; k++) {
          c[i][j] = c[i][j].plus(a[i][k].times(b[k][j]));
        }
      }
    }
    return c;
  }
}

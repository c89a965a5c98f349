package dev.convector.internal.winograd;

import static dev.convector.internal.simd.Simd.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kernel with runs and steps that leave gaps, on whole numbers, whose sums are exact. */
class TransformCallTest {
  private static final float GUARD = -12345;
  private static final float INFINITY = Float.POSITIVE_INFINITY;
  private static final int COUNT = 2 * LANES;
  private static final int RUNS = 3;
  private static final int STEP = RUNS * (COUNT + 5);
  private static final int FROM = 3;
  private static final int TO = 7;

  private final Random random = new Random(3);

  @ParameterizedTest
  @CsvSource({"2, 3", "4, 3", "6, 3", "2, 5", "4, 5"})
  void passes(int m, int r) {
    CookToom numbers = CookToom.of(m, r);
    int n = numbers.n();
    TransformCall call = new TransformCall();
    call.size(m, n);
    float[] a = numbers(FROM + n * STEP);
    float[] b = new float[TO + n * STEP];
    call.source(a, COUNT + 2, STEP);
    call.result(b, COUNT + 5, STEP);
    call.runs(COUNT, RUNS);

    Arrays.fill(b, GUARD);
    call.input(FROM, TO);
    assertArrayEquals(expected(call, numbers.bTransposed()), b);

    Arrays.fill(b, GUARD);
    call.output(FROM, TO);
    assertArrayEquals(expected(call, numbers.aTransposed()), b);

    float[][] limits = {{-INFINITY, INFINITY}, {0, INFINITY}, {-INFINITY, 6}, {-20, 30}};
    float[] residual = numbers(b.length + 11);
    for (float[] limit : limits) {
      for (float[] added : new float[][] {null, residual}) {
        call.epilogue(numbers(COUNT + 4), 4, limit[0], limit[1]);
        call.residual(added, 11);
        Arrays.fill(b, GUARD);
        call.store(FROM, TO);
        assertArrayEquals(expected(call, numbers.aTransposed()), b);
        call.clear();
        call.source(a, COUNT + 2, STEP);
        call.result(b, COUNT + 5, STEP);
      }
    }
  }

  /** The formula of the codegen folder's WinogradKernels; without bias there is no epilogue. */
  private static float[] expected(TransformCall p, Rational[][] matrix) {
    float[] b = new float[p.b.length];
    Arrays.fill(b, GUARD);
    for (int run = 0; run < p.runs; run++) {
      for (int j = 0; j < p.count; j++) {
        for (int i = 0; i < matrix.length; i++) {
          int at = TO + run * p.bRun + i * p.bStep + j;
          double sum = 0;
          for (int l = 0; l < p.n; l++) {
            sum += matrix[i][l].toDouble() * p.a[FROM + run * p.aRun + l * p.aStep + j];
          }
          if (p.bias != null) {
            sum += p.bias[p.biasOffset + j];
            sum += p.residual == null ? 0 : p.residual[at + p.residualShift];
            sum = Math.min(p.high, Math.max(p.low, sum));
          }
          b[at] = (float) sum + 0f;
        }
      }
    }
    return b;
  }

  private float[] numbers(int size) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = random.nextInt(-9, 10);
    }
    return numbers;
  }
}

package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.Activation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationKernelsTest {
  /** From far beyond where the functions are flat, in steps that meet no period of theirs. */
  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void holdsThePromisedError(Activation.Kind kind) {
    Activation activation = activation(kind, -0.5f, 0.75f);
    int count = 100_003;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (i - count / 2) * 0.0037f;
    }
    float[] y = x.clone();
    ActivationKernels.apply(activation, y, 0, count);
    for (int i = 0; i < count; i++) {
      double bound = 2e-6 * Math.max(1, Math.abs(x[i]));
      assertEquals(activation.apply(x[i]), y[i], bound, "x = " + x[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void extremesHaveTheDefinitionsValues(Activation.Kind kind) {
    Activation activation = activation(kind, -0.5f, 0.75f);
    float[] x = {
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE / 2,
      -Float.MAX_VALUE / 2,
      Float.MIN_VALUE,
      -0f
    };
    float[] y = x.clone();
    ActivationKernels.apply(activation, y, 0, y.length);
    for (int i = 0; i < x.length; i++) {
      float expected = (float) activation.apply(x[i]);
      if (Float.isFinite(expected)) {
        float bound = 2e-6f * Math.max(1, Math.abs(expected));
        assertEquals(expected, y[i], bound, "x = " + x[i]);
      } else {
        assertEquals(expected, y[i], "x = " + x[i]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void touchesNoNeighbour(Activation.Kind kind) {
    Activation activation = activation(kind, 0.1f, 0.2f);
    for (int count = 0; count <= 3 * Simd.LANES; count++) {
      float[] x = new float[count + 10];
      Arrays.fill(x, 5);
      float[] y = x.clone();
      ActivationKernels.apply(activation, x, 4, count);
      ActivationKernels.byVectors(activation, y, 4, count);
      assertArrayEquals(x, y);
      float inside = (float) activation.apply(5);
      for (int i = 0; i < x.length; i++) {
        assertEquals(i >= 4 && i < 4 + count ? inside : 5, x[i], 1e-5, "count " + count);
      }
    }
  }

  /** Where the kernel is not compiled, and behind the last vector of exponentials. */
  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void loopsHaveTheBitsOfTheKernels(Activation.Kind kind) {
    Activation activation = activation(kind, -0.5f, 0.75f);
    int count = 1000 * Simd.LANES;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (i - count / 2) * 0.0237f;
    }
    float[] extremes = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
    System.arraycopy(extremes, 0, x, 0, Math.min(extremes.length, count));
    float[] y = x.clone();
    ActivationKernels.vectors(activation, x, 0, count);
    ActivationLoops.apply(activation, y, 0, count);
    assertArrayEquals(x, y);
    Runnable call = ActivationKernels.call(activation);
    for (int turn = 0; turn < 32; turn++) {
      call.run();
    }
  }

  /** Loops, whole vectors and what is behind them; no neighbour is touched. */
  @Test
  void exponentialsHaveTheSameBitsEverywhere() {
    for (int count = 0; count <= 3 * Simd.LANES; count++) {
      float[] x = new float[count + 10];
      for (int i = 0; i < x.length; i++) {
        x[i] = -i * 3.7f;
      }
      x[4] = Float.NEGATIVE_INFINITY;
      x[5] = Float.NaN;
      float[] expected = new float[count + 10];
      float[] cold = expected.clone();
      float[] warm = expected.clone();
      for (int i = 0; i < count; i++) {
        ExponentialLoops.exp(x, 3 + i, 1, 0.5f, expected, 6 + i);
      }
      Exponentials.exp(x, 3, count, 0.5f, cold, 6);
      Exponentials.byVectors(x, 3, count, 0.5f, warm, 6);
      assertArrayEquals(expected, cold);
      assertArrayEquals(expected, warm);
      if (count > 3) {
        assertEquals(Math.exp(x[6] - 0.5), warm[9], 1e-7);
      }
    }
  }

  /** Only a clamp has bounds, and a leaky ReLU a slope. */
  private static Activation activation(Activation.Kind kind, float low, float high) {
    return switch (kind) {
      case CLAMP -> new Activation(kind, low, high);
      case LEAKY_RELU -> new Activation(kind, low, 0);
      default -> new Activation(kind, 0, 0);
    };
  }
}

package dev.convector.internal.resample;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Weighted sums of strips of floats, tap after tap, by multiply-adds. */
final class TapKernels {
  private TapKernels() {}

  /**
   * {@code y[yAt + j] = sum over the target's taps k of weights[k] * x[at + indices[k] * step +
   * j]}.
   */
  static void sum(
      Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
    if (count < LANES) {
      scalars(taps, target, x, at, step, y, yAt, count);
      return;
    }
    int[] indices = taps.indices();
    float[] weights = taps.weights();
    int from = taps.starts()[target];
    int to = taps.starts()[target + 1];
    int j = 0;
    for (; j <= count - 4 * LANES; j += 4 * LANES) {
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = FloatVector.zero(SPECIES);
      FloatVector sum2 = FloatVector.zero(SPECIES);
      FloatVector sum3 = FloatVector.zero(SPECIES);
      for (int k = from; k < to; k++) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[k]);
        int tap = at + indices[k] * step + j;
        sum0 = fma(w, FloatVector.fromArray(SPECIES, x, tap), sum0);
        sum1 = fma(w, FloatVector.fromArray(SPECIES, x, tap + LANES), sum1);
        sum2 = fma(w, FloatVector.fromArray(SPECIES, x, tap + 2 * LANES), sum2);
        sum3 = fma(w, FloatVector.fromArray(SPECIES, x, tap + 3 * LANES), sum3);
      }
      sum0.intoArray(y, yAt + j);
      sum1.intoArray(y, yAt + j + LANES);
      sum2.intoArray(y, yAt + j + 2 * LANES);
      sum3.intoArray(y, yAt + j + 3 * LANES);
    }
    for (; j < count; j += LANES) {
      int place = Math.min(j, count - LANES);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int k = from; k < to; k++) {
        sum =
            fma(
                FloatVector.fromArray(SPECIES, x, at + indices[k] * step + place),
                FloatVector.broadcast(SPECIES, weights[k]),
                sum);
      }
      sum.intoArray(y, yAt + place);
    }
  }

  private static void scalars(
      Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
    for (int j = 0; j < count; j++) {
      float sum = 0;
      for (int k = taps.starts()[target]; k < taps.starts()[target + 1]; k++) {
        sum = fma(taps.weights()[k], x[at + taps.indices()[k] * step + j], sum);
      }
      y[yAt + j] = sum;
    }
  }
}

package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

/** Folds neighbouring floats, whatever they are, with as many far from them. */
final class PoolStrips {
  private PoolStrips() {}

  /**
   * {@code y[j] = fold of x[at + t * step + j]}.
   *
   * @return whether a maximum may be NaN
   */
  static boolean fold(
      boolean max, float[] x, int at, int step, int taps, float[] y, int yAt, int count) {
    if (count < LANES) {
      PoolScalar.strip(max, x, at, step, taps, y, yAt, count);
      return max && anyNan(y, yAt, count);
    }
    return switch (taps) {
      case 2 ->
          max
              ? MaxPixelKernels.strip2(x, at, step, y, yAt, count)
              : SumPixelKernels.strip2(x, at, step, y, yAt, count);
      case 3 ->
          max
              ? MaxPixelKernels.strip3(x, at, step, y, yAt, count)
              : SumPixelKernels.strip3(x, at, step, y, yAt, count);
      default ->
          max
              ? MaxPixelKernels.strip(x, at, step, taps, y, yAt, count)
              : SumPixelKernels.strip(x, at, step, taps, y, yAt, count);
    };
  }

  private static boolean anyNan(float[] y, int yAt, int count) {
    for (int j = yAt; j < yAt + count; j++) {
      if (Float.isNaN(y[j])) {
        return true;
      }
    }
    return false;
  }
}

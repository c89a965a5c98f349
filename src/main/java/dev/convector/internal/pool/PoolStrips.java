package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

/** Folds neighbouring floats, whatever they are, with as many far from them. */
final class PoolStrips {
  /** Taps at a time. */
  private static final int TAPS = 4;

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
      case 1 ->
          max
              ? MaxPixelKernels.strip(x, at, step, 1, y, yAt, count)
              : SumPixelKernels.strip(x, at, step, 1, y, yAt, count);
      case 2 ->
          max
              ? MaxPixelKernels.strip2(x, at, step, y, yAt, count)
              : SumPixelKernels.strip2(x, at, step, y, yAt, count);
      case 3 ->
          max
              ? MaxPixelKernels.strip3(x, at, step, y, yAt, count)
              : SumPixelKernels.strip3(x, at, step, y, yAt, count);
      default -> many(max, x, at, step, taps, y, yAt, count);
    };
  }

  /** Some taps at a time, each along all floats, so that memory is read as it lies. */
  private static boolean many(
      boolean max, float[] x, int at, int step, int taps, float[] y, int yAt, int count) {
    boolean nan =
        max
            ? MaxPixelKernels.strip4(x, at, step, y, yAt, count)
            : SumPixelKernels.strip4(x, at, step, y, yAt, count);
    for (int t = TAPS; t < taps; t += TAPS) {
      nan |= more(max, Math.min(TAPS, taps - t), x, at + t * step, step, y, yAt, count);
    }
    if (count % LANES > 0) {
      int last = count - LANES;
      nan |=
          max
              ? MaxPixelKernels.strip(x, at + last, step, taps, y, yAt + last, LANES)
              : SumPixelKernels.strip(x, at + last, step, taps, y, yAt + last, LANES);
    }
    return nan;
  }

  private static boolean more(
      boolean max, int taps, float[] x, int at, int step, float[] y, int yAt, int count) {
    return switch (taps) {
      case 1 ->
          max
              ? MaxPixelKernels.more1(x, at, step, y, yAt, count)
              : SumPixelKernels.more1(x, at, step, y, yAt, count);
      case 2 ->
          max
              ? MaxPixelKernels.more2(x, at, step, y, yAt, count)
              : SumPixelKernels.more2(x, at, step, y, yAt, count);
      case 3 ->
          max
              ? MaxPixelKernels.more3(x, at, step, y, yAt, count)
              : SumPixelKernels.more3(x, at, step, y, yAt, count);
      default ->
          max
              ? MaxPixelKernels.more4(x, at, step, y, yAt, count)
              : SumPixelKernels.more4(x, at, step, y, yAt, count);
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

package dev.convector.internal.pool;

/** One output at a time: at edges, of narrow images, and where a maximum may be NaN. */
final class PoolScalar {
  private PoolScalar() {}

  /** The largest element, or NaN if one is. */
  static float max(float[] x, int at, int rowStep, int rows, int columnStep, int columns) {
    float most = Float.NEGATIVE_INFINITY;
    for (int r = 0; r < rows; r++) {
      for (int s = 0; s < columns; s++) {
        float value = x[at + r * rowStep + s * columnStep];
        if (value > most || Float.isNaN(value)) {
          most = value;
        }
      }
    }
    return most;
  }

  /** Row by row, and then the rows. */
  static float sum(float[] x, int at, int rowStep, int rows, int columnStep, int columns) {
    float sum = 0;
    for (int r = 0; r < rows; r++) {
      float row = 0;
      for (int s = 0; s < columns; s++) {
        row += x[at + r * rowStep + s * columnStep];
      }
      sum += row;
    }
    return sum;
  }

  /** {@link #max} or {@link #sum} of neighbouring floats. */
  static void strip(boolean max, float[] x, int at, int step, int taps, float[] y, int yAt, int n) {
    for (int j = 0; j < n; j++) {
      y[yAt + j] = max ? max(x, at + j, step, taps, 0, 1) : sum(x, at + j, step, taps, 0, 1);
    }
  }
}

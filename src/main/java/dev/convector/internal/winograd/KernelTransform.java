package dev.convector.internal.winograd;

/**
 * {@code G g G^T} of many kernels at a time, in double, in loops that C2 vectorises: one kernel at
 * a time into its lane took 45 to 76 times as long as copying the weights.
 */
final class KernelTransform {
  /** The kernels, r x r taps, tap by tap: what is transformed. */
  final double[][] kernels;

  /** The kernel is r x r; 3 or 5. */
  private final int r;

  /** Of n rows. */
  private final double[][] g;

  /** The factors of each row's last three terms; of 5 the first three are summed before. */
  private final double[][] ends;

  /** {@code G g}: n x r values. */
  private final double[][] rows;

  private final double[] head;

  /**
   * @param g of n rows and r columns
   * @param most kernels at a time
   */
  KernelTransform(Rational[][] g, int most) {
    int n = g.length;
    this.r = g[0].length;
    this.g = new double[n][r];
    this.ends = new double[n][];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < r; j++) {
        this.g[i][j] = g[i][j].toDouble();
      }
      double[] row = this.g[i];
      ends[i] = r == 3 ? row : new double[] {1, row[r - 2], row[r - 1]};
    }
    this.kernels = new double[r * r][most];
    this.rows = new double[n * r][most];
    this.head = new double[most];
  }

  /**
   * Transforms so many kernels.
   *
   * @param to where their values of frequency 0 go, from {@code at} on
   * @param step from one frequency to the next
   */
  void run(int count, float[] to, int at, int step) {
    int n = g.length;
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < r; s++) {
        double[] start = kernels[s];
        if (r == 5) {
          combine(g[i], start, kernels[s + r], kernels[s + 2 * r], count, head);
          start = head;
        }
        double[] fore = kernels[s + (r - 2) * r];
        combine(ends[i], start, fore, kernels[s + (r - 1) * r], count, rows[i * r + s]);
      }
    }
    for (int i = 0; i < n * r; i += r) {
      for (int j = 0; j < n; j++) {
        double[] start = rows[i];
        if (r == 5) {
          combine(g[j], start, rows[i + 1], rows[i + 2], count, head);
          start = head;
        }
        int frequency = i / r * n + j;
        combine(ends[j], start, rows[i + r - 2], rows[i + r - 1], count, to, at + frequency * step);
      }
    }
  }

  private static void combine(
      double[] factors, double[] a, double[] b, double[] c, int count, double[] sum) {
    double fa = factors[0];
    double fb = factors[1];
    double fc = factors[2];
    for (int i = 0; i < count; i++) {
      sum[i] = fa * a[i] + fb * b[i] + fc * c[i];
    }
  }

  /** The same, rounded. */
  private static void combine(
      double[] factors, double[] a, double[] b, double[] c, int count, float[] sum, int at) {
    double fa = factors[0];
    double fb = factors[1];
    double fc = factors[2];
    for (int i = 0; i < count; i++) {
      sum[at + i] = (float) (fa * a[i] + fb * b[i] + fc * c[i]);
    }
  }
}

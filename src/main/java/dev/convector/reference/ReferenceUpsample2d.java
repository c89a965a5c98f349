package dev.convector.reference;

import dev.convector.Layout;
import dev.convector.Upsample2d;

/** The definition of resizing and of its gradient. */
public final class ReferenceUpsample2d {
  private ReferenceUpsample2d() {}

  /**
   * Resizes: for each output the weighted sum of the elements around its place, in double
   * precision, rounded once to float.
   *
   * @param upsample the description
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param dst receives the output
   * @param dstOffset index of its first element
   */
  public static void run(
      Upsample2d upsample, float[] src, int srcOffset, float[] dst, int dstOffset) {
    double[] sums = new double[size(upsample, upsample.outputHeight(), upsample.outputWidth())];
    apply(upsample, (input, output, weight) -> sums[output] += weight * src[srcOffset + input]);
    store(sums, dst, dstOffset);
  }

  /**
   * The gradient: each output's goes to the elements that it was made of, by their weights.
   *
   * @param upsample the description
   * @param src holds the output's gradient
   * @param srcOffset index of its first element
   * @param dst receives the input's gradient
   * @param dstOffset index of its first element
   */
  public static void backward(
      Upsample2d upsample, float[] src, int srcOffset, float[] dst, int dstOffset) {
    double[] sums = new double[size(upsample, upsample.height(), upsample.width())];
    apply(upsample, (input, output, weight) -> sums[input] += weight * src[srcOffset + output]);
    store(sums, dst, dstOffset);
  }

  private interface Term {
    void add(int input, int output, double weight);
  }

  /** All pairs of an input and an output element with a weight that isn't zero. */
  private static void apply(Upsample2d u, Term term) {
    for (int p = 0; p < u.outputHeight(); p++) {
      double y = place(u, p, u.height(), u.outputHeight(), u.scaleHeight());
      for (int q = 0; q < u.outputWidth(); q++) {
        double x = place(u, q, u.width(), u.outputWidth(), u.scaleWidth());
        // Four around each place are enough for every interpolation.
        for (int i = (int) Math.floor(y) - 1; i <= Math.floor(y) + 2; i++) {
          for (int j = (int) Math.floor(x) - 1; j <= Math.floor(x) + 2; j++) {
            double weight = weight(u, i, y) * weight(u, j, x);
            if (weight != 0) {
              for (int n = 0; n < u.batch(); n++) {
                for (int c = 0; c < u.channels(); c++) {
                  int row = Math.clamp(i, 0, u.height() - 1);
                  int column = Math.clamp(j, 0, u.width() - 1);
                  int input = index(u, u.height(), u.width(), n, c, row, column);
                  int output = index(u, u.outputHeight(), u.outputWidth(), n, c, p, q);
                  term.add(input, output, weight);
                }
              }
            }
          }
        }
      }
    }
  }

  /** Where an output lies on the input's axis. */
  private static double place(Upsample2d u, int o, int input, int output, double scale) {
    double half = scale == 0 ? (o + 0.5) * input / output - 0.5 : (o + 0.5) / scale - 0.5;
    return switch (u.coordinates()) {
      case HALF_PIXEL -> half;
      case PYTORCH_HALF_PIXEL -> output == 1 ? 0 : half;
      case ALIGN_CORNERS -> output == 1 ? 0 : (double) o * (input - 1) / (output - 1);
      case ASYMMETRIC -> scale == 0 ? (double) o * input / output : o / scale;
    };
  }

  /** What the element {@code i} counts at the place {@code x}. */
  private static double weight(Upsample2d u, int i, double x) {
    double d = Math.abs(x - i);
    double a = u.cubic();
    return switch (u.interpolation()) {
      case NEAREST -> i == nearest(u, x) ? 1 : 0;
      case BILINEAR -> Math.max(0, 1 - d);
      case BICUBIC ->
          d <= 1
              ? (a + 2) * d * d * d - (a + 3) * d * d + 1
              : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
    };
  }

  private static double nearest(Upsample2d u, double x) {
    double before = Math.floor(x);
    return switch (u.nearestMode()) {
      case ROUND_PREFER_FLOOR -> x - before > 0.5 ? before + 1 : before;
      case ROUND_PREFER_CEIL -> x - before >= 0.5 ? before + 1 : before;
      case FLOOR -> before;
      case CEIL -> x > before ? before + 1 : before;
    };
  }

  private static int size(Upsample2d u, int height, int width) {
    return u.batch() * u.channels() * height * width;
  }

  private static void store(double[] sums, float[] dst, int dstOffset) {
    for (int i = 0; i < sums.length; i++) {
      dst[dstOffset + i] = (float) sums[i];
    }
  }

  private static int index(Upsample2d u, int height, int width, int n, int c, int y, int x) {
    return u.layout() == Layout.NCHW
        ? ((n * u.channels() + c) * height + y) * width + x
        : ((n * height + y) * width + x) * u.channels() + c;
  }
}

package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.gemm.PackedWeights;

/**
 * {@code G g G^T} of every 3x3 kernel, in double and rounded once, packed for the products: each
 * frequency of each group is a matrix of its own, channels by filters.
 */
final class WeightTransform {
  private static final int TAPS = 9;

  private WeightTransform() {}

  static PackedWeights pack(CookToom numbers, ConvShape shape, float[] weights) {
    int n = numbers.n();
    double[][] g = doubles(numbers.g());
    int channels = shape.groupChannels();
    int filters = shape.groupFilters();
    PackedWeights packed = new PackedWeights(shape.groups() * n * n, channels, filters);
    double[] rows = new double[n * 3];
    double[] transformed = new double[n * n];
    for (int filter = 0; filter < shape.filters(); filter++) {
      int group = filter / filters;
      int panel = filter % filters / PackedWeights.NR;
      int column = filter % filters % PackedWeights.NR;
      for (int channel = 0; channel < channels; channel++) {
        transform(g, weights, (filter * channels + channel) * TAPS, rows, transformed);
        for (int f = 0; f < n * n; f++) {
          int at = packed.offset(group * n * n + f, panel) + channel * packed.step(panel) + column;
          packed.floats()[at] = (float) transformed[f];
        }
      }
    }
    return packed;
  }

  private static void transform(
      double[][] g, float[] weights, int offset, double[] rows, double[] transformed) {
    int n = g.length;
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < 3; s++) {
        rows[i * 3 + s] =
            g[i][0] * weights[offset + s]
                + g[i][1] * weights[offset + 3 + s]
                + g[i][2] * weights[offset + 6 + s];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        transformed[i * n + j] =
            g[j][0] * rows[i * 3] + g[j][1] * rows[i * 3 + 1] + g[j][2] * rows[i * 3 + 2];
      }
    }
  }

  private static double[][] doubles(Rational[][] matrix) {
    double[][] doubles = new double[matrix.length][matrix[0].length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        doubles[i][j] = matrix[i][j].toDouble();
      }
    }
    return doubles;
  }
}

package dev.convector.jmh;

import java.util.Arrays;

/** The definition of transposed convolution, NCHW: each input adds its multiple of the kernel. */
final class TransposedOracle {
  private TransposedOracle() {}

  static void run(Layer l, float[] weights, float[] bias, float[] src, float[] dst) {
    int height = l.outputHeight();
    int width = l.outputWidth();
    double[] plane = new double[height * width];
    for (int n = 0; n < l.batch(); n++) {
      for (int k = 0; k < l.filters(); k++) {
        Arrays.fill(plane, bias[k]);
        int group = k / (l.filters() / l.groups());
        int groupChannels = l.channels() / l.groups();
        for (int c = group * groupChannels; c < (group + 1) * groupChannels; c++) {
          add(l, weights, c, k, src, (n * l.channels() + c) * l.height() * l.width(), plane);
        }
        for (int i = 0; i < plane.length; i++) {
          dst[(n * l.filters() + k) * plane.length + i] = (float) plane[i];
        }
      }
    }
  }

  /** One input channel's part of one output plane. */
  private static void add(
      Layer l, float[] weights, int c, int k, float[] src, int srcOffset, double[] plane) {
    int height = l.outputHeight();
    int width = l.outputWidth();
    int groupFilters = l.filters() / l.groups();
    int taps = l.kernelHeight() * l.kernelWidth();
    int kernel = (c * groupFilters + k % groupFilters) * taps;
    for (int y = 0; y < l.height(); y++) {
      for (int x = 0; x < l.width(); x++) {
        double value = src[srcOffset + y * l.width() + x];
        for (int tap = 0; tap < taps; tap++) {
          int p = y * l.stride() - l.padding() + tap / l.kernelWidth() * l.dilation();
          int q = x * l.stride() - l.padding() + tap % l.kernelWidth() * l.dilation();
          if (p >= 0 && p < height && q >= 0 && q < width) {
            plane[p * width + q] += value * weights[kernel + tap];
          }
        }
      }
    }
  }
}

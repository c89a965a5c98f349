package dev.convector.reference;

import dev.convector.Axis;
import dev.convector.Layout;
import dev.convector.Pool2d;
import java.util.Arrays;

/** The definition of pooling and of its gradient. */
public final class ReferencePool2d {
  private ReferencePool2d() {}

  /**
   * Pools: for each output the maximum of its window, or in double precision the sum over the
   * window divided by the number of taps, rounded once to float.
   *
   * @param pool the description
   * @param src holds the input
   * @param srcOffset index of its first element
   * @param dst receives the output
   * @param dstOffset index of its first element
   * @param indices receives {@code row * width + column} of each maximum; null for nothing
   */
  public static void run(
      Pool2d pool, float[] src, int srcOffset, float[] dst, int dstOffset, int[] indices) {
    for (int n = 0; n < pool.batch(); n++) {
      for (int c = 0; c < pool.channels(); c++) {
        for (int p = 0; p < pool.outputHeight(); p++) {
          for (int q = 0; q < pool.outputWidth(); q++) {
            int at = output(pool, n, c, p, q);
            if (pool.isMax()) {
              int place = argMax(pool, src, srcOffset, n, c, p, q);
              int width = pool.columns().size();
              dst[dstOffset + at] =
                  src[srcOffset + input(pool, n, c, place / width, place % width)];
              if (indices != null) {
                indices[at] = place;
              }
            } else {
              double sum = 0;
              for (int y : taps(pool.rows(), pool.isAdaptive(), pool.outputHeight(), p)) {
                for (int x : taps(pool.columns(), pool.isAdaptive(), pool.outputWidth(), q)) {
                  sum += src[srcOffset + input(pool, n, c, y, x)];
                }
              }
              dst[dstOffset + at] = (float) (sum / divisor(pool, p, q));
            }
          }
        }
      }
    }
  }

  /**
   * The gradient: each output's goes to its maximum, or in equal parts to the taps that were
   * averaged; in double precision, rounded once to float.
   *
   * @param pool the description
   * @param src holds the output's gradient
   * @param srcOffset index of its first element
   * @param indices where the maxima were; not read of an average
   * @param dst receives the input's gradient
   * @param dstOffset index of its first element
   */
  public static void backward(
      Pool2d pool, float[] src, int srcOffset, int[] indices, float[] dst, int dstOffset) {
    int width = pool.columns().size();
    double[] sums = new double[pool.batch() * pool.channels() * pool.rows().size() * width];
    for (int n = 0; n < pool.batch(); n++) {
      for (int c = 0; c < pool.channels(); c++) {
        for (int p = 0; p < pool.outputHeight(); p++) {
          for (int q = 0; q < pool.outputWidth(); q++) {
            int at = output(pool, n, c, p, q);
            double gradient = src[srcOffset + at];
            if (pool.isMax()) {
              sums[input(pool, n, c, indices[at] / width, indices[at] % width)] += gradient;
            } else {
              for (int y : taps(pool.rows(), pool.isAdaptive(), pool.outputHeight(), p)) {
                for (int x : taps(pool.columns(), pool.isAdaptive(), pool.outputWidth(), q)) {
                  sums[input(pool, n, c, y, x)] += gradient / divisor(pool, p, q);
                }
              }
            }
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      dst[dstOffset + i] = (float) sums[i];
    }
  }

  /** The first of the largest elements of a window, row by row; the last NaN if there is any. */
  private static int argMax(Pool2d pool, float[] src, int srcOffset, int n, int c, int p, int q) {
    int place = -1;
    float most = Float.NaN;
    for (int y : taps(pool.rows(), pool.isAdaptive(), pool.outputHeight(), p)) {
      for (int x : taps(pool.columns(), pool.isAdaptive(), pool.outputWidth(), q)) {
        float value = src[srcOffset + input(pool, n, c, y, x)];
        if (place < 0 || value > most || Float.isNaN(value)) {
          place = y * pool.columns().size() + x;
          most = value;
        }
      }
    }
    return place;
  }

  /** The elements of the input that a window sees. */
  private static int[] taps(Axis axis, boolean adaptive, int outputs, int output) {
    int[] taps = new int[Math.max(axis.size(), axis.kernel())];
    int count = 0;
    if (adaptive) {
      int start = (int) Math.floor((double) output * axis.size() / outputs);
      int end = (int) Math.ceil((output + 1.0) * axis.size() / outputs);
      for (int i = start; i < end; i++) {
        taps[count++] = i;
      }
    } else {
      for (int t = 0; t < axis.kernel(); t++) {
        int i = output * axis.stride() + t * axis.dilation() - axis.padBefore();
        if (i >= 0 && i < axis.size()) {
          taps[count++] = i;
        }
      }
    }
    return Arrays.copyOf(taps, count);
  }

  /** What an average divides by. */
  private static double divisor(Pool2d pool, int p, int q) {
    if (pool.countPadding() && !pool.isAdaptive()) {
      return (double) padded(pool.rows(), pool.padBottom(), p)
          * padded(pool.columns(), pool.padRight(), q);
    }
    return (double) taps(pool.rows(), pool.isAdaptive(), pool.outputHeight(), p).length
        * taps(pool.columns(), pool.isAdaptive(), pool.outputWidth(), q).length;
  }

  /** A window's taps inside the input and its padding. */
  private static int padded(Axis axis, int padAfter, int output) {
    int count = 0;
    for (int t = 0; t < axis.kernel(); t++) {
      int i = output * axis.stride() + t * axis.dilation() - axis.padBefore();
      count += i < axis.size() + padAfter ? 1 : 0;
    }
    return count;
  }

  private static int input(Pool2d pool, int n, int c, int y, int x) {
    return index(pool, pool.rows().size(), pool.columns().size(), n, c, y, x);
  }

  private static int output(Pool2d pool, int n, int c, int p, int q) {
    return index(pool, pool.outputHeight(), pool.outputWidth(), n, c, p, q);
  }

  private static int index(Pool2d pool, int height, int width, int n, int c, int y, int x) {
    return pool.layout() == Layout.NCHW
        ? ((n * pool.channels() + c) * height + y) * width + x
        : ((n * height + y) * width + x) * pool.channels() + c;
  }
}

package dev.convector.internal.resample;

import dev.convector.Coordinates;
import dev.convector.Interpolation;
import dev.convector.NearestMode;
import java.util.Arrays;

/**
 * One axis of a resizing.
 *
 * @param scale what coordinates are worked out with; 0 for {@code outputs / size}
 */
public record Interpolator(
    Interpolation interpolation,
    NearestMode nearest,
    double cubic,
    Coordinates coordinates,
    int size,
    int outputs,
    double scale) {
  private static final int MOST_TAPS = 4;

  /** Which elements each output is a weighted sum of; those of weight zero are left out. */
  public Taps taps() {
    int[] starts = new int[outputs + 1];
    int[] indices = new int[MOST_TAPS * outputs];
    float[] weights = new float[MOST_TAPS * outputs];
    int at = 0;
    for (int o = 0; o < outputs; o++) {
      double x = position(o);
      if (interpolation == Interpolation.NEAREST) {
        indices[at] = inside(nearest(x));
        weights[at++] = 1;
      } else {
        double floor = Math.floor(x);
        double[] of = interpolation == Interpolation.BILINEAR ? linear(x - floor) : keys(x - floor);
        // Beyond the border all taps are the one at it, however far.
        int before = (int) Math.clamp(floor, -MOST_TAPS, (double) size + MOST_TAPS);
        at = add(before - (of.length / 2 - 1), of, indices, weights, at);
      }
      starts[o + 1] = at;
    }
    return new Taps(size, starts, Arrays.copyOf(indices, at), Arrays.copyOf(weights, at));
  }

  /** Adds neighbouring taps, those beyond a border to the one at it. */
  private int add(int first, double[] of, int[] indices, float[] weights, int from) {
    int at = from;
    double sum = 0;
    for (int t = 0; t < of.length; t++) {
      sum += of[t];
      boolean last = t + 1 == of.length || inside(first + t) != inside(first + t + 1);
      if (last) {
        if ((float) sum != 0) {
          indices[at] = inside(first + t);
          weights[at++] = (float) sum;
        }
        sum = 0;
      }
    }
    return at;
  }

  private int inside(int index) {
    return Math.clamp(index, 0, size - 1);
  }

  /** A size that isn't turned into a scale first keeps ties ties. */
  private double position(int o) {
    return switch (coordinates) {
      case HALF_PIXEL -> unscaled(o + 0.5) - 0.5;
      case PYTORCH_HALF_PIXEL -> outputs > 1 ? unscaled(o + 0.5) - 0.5 : 0;
      case ALIGN_CORNERS -> outputs > 1 ? (double) o * (size - 1) / (outputs - 1) : 0;
      case ASYMMETRIC -> unscaled(o);
    };
  }

  private double unscaled(double x) {
    return scale == 0 ? x * size / outputs : x / scale;
  }

  private int nearest(double x) {
    return (int)
        switch (nearest) {
          case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
          case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
          case FLOOR -> Math.floor(x);
          case CEIL -> Math.ceil(x);
        };
  }

  private static double[] linear(double t) {
    return new double[] {1 - t, t};
  }

  /** Keys' kernel at the distances {@code 1 + t}, {@code t}, {@code 1 - t} and {@code 2 - t}. */
  private double[] keys(double t) {
    return new double[] {far(1 + t), near(t), near(1 - t), far(2 - t)};
  }

  private double near(double d) {
    return ((cubic + 2) * d - (cubic + 3)) * d * d + 1;
  }

  private double far(double d) {
    return cubic * (((d - 5) * d + 8) * d - 4);
  }
}

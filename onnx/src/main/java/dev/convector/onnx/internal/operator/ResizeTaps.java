package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Attributes;

/**
 * Which elements along an axis each output of a Resize is a weighted sum of, as ONNX's reference
 * works it out, with every attribute.
 *
 * @param indices for each output as many as there are taps
 * @param weights of them
 * @param outside for each output whether it lies outside of the input, and gets a value of its own
 */
record ResizeTaps(int taps, int[] indices, double[] weights, boolean[] outside) {

  private static final int MOST_WEIGHTS = 1 << 24;

  /** An axis: how long it is, and what it becomes. */
  record Axis(int size, int outputs, double scale, double from, double to) {}

  static ResizeTaps of(Attributes attributes, boolean old, Axis axis) {
    String mode = attributes.text("mode", "nearest");
    boolean antialias = attributes.integer("antialias", 0) != 0 && axis.scale < 1;
    double stretch = antialias ? axis.scale : 1;
    int reach = reach(mode, stretch);
    int taps = mode.equals("nearest") ? 1 : 2 * reach;
    String coordinates =
        attributes.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
    boolean exclude = attributes.integer("exclude_outside", 0) != 0;
    if ((long) taps * axis.outputs > MOST_WEIGHTS) {
      throw new OnnxException("a scale of " + axis.scale + ": needs too many weights");
    }
    int[] indices = new int[taps * axis.outputs];
    double[] weights = new double[indices.length];
    boolean[] outside = new boolean[axis.outputs];
    for (int o = 0; o < axis.outputs; o++) {
      double x = coordinate(coordinates, axis, o);
      outside[o] = coordinates.equals("tf_crop_and_resize") && (x < 0 || x > axis.size - 1);
      if (taps == 1) {
        String nearest = old ? "floor" : attributes.text("nearest_mode", "round_prefer_floor");
        indices[o] = inside(nearest(nearest, x), axis.size);
        weights[o] = 1;
        continue;
      }
      double floor = Math.floor(x);
      double sum = 0;
      for (int t = 0; t < taps; t++) {
        double place = floor - reach + 1 + t;
        double distance = Math.abs(place - x) * stretch;
        boolean excluded = exclude && (place < 0 || place >= axis.size);
        double cubic = attributes.number("cubic_coeff_a", -0.75f);
        double weight = mode.equals("cubic") ? keys(distance, cubic) : Math.max(0, 1 - distance);
        indices[o * taps + t] = inside(place, axis.size);
        weights[o * taps + t] = excluded ? 0 : weight;
        sum += weights[o * taps + t];
      }
      for (int t = 0; t < taps && (exclude || antialias); t++) {
        weights[o * taps + t] /= sum;
      }
    }
    return new ResizeTaps(taps, indices, weights, outside);
  }

  /** Elements on each side that the kernel covers. */
  private static int reach(String mode, double stretch) {
    double reach = Math.ceil((mode.equals("cubic") ? 2 : 1) / stretch);
    if (!(reach <= 1 << 16)) {
      throw new OnnxException("a scale of " + stretch + ": covers too many elements");
    }
    return (int) reach;
  }

  private static int inside(double place, int size) {
    return (int) Math.clamp(place, 0, size - 1.0);
  }

  private static double coordinate(String coordinates, Axis axis, int o) {
    double half = (o + 0.5) / axis.scale - 0.5;
    double exact = axis.scale * axis.size;
    return switch (coordinates) {
      case "half_pixel" -> half;
      case "pytorch_half_pixel" -> axis.outputs == 1 ? 0 : half;
      case "half_pixel_symmetric" -> axis.size / 2.0 * (1 - axis.outputs / exact) + half;
      case "align_corners" -> exact == 1 ? 0 : o * (axis.size - 1) / (exact - 1);
      case "asymmetric" -> o / axis.scale;
      case "tf_half_pixel_for_nn" -> (o + 0.5) / axis.scale;
      case "tf_crop_and_resize" -> {
        double length = (axis.to - axis.from) * (axis.size - 1);
        double start = axis.from * (axis.size - 1);
        yield start + (axis.outputs == 1 ? length / 2 : o * length / (axis.outputs - 1));
      }
      default -> throw new OnnxException("coordinate_transformation_mode " + coordinates);
    };
  }

  private static double nearest(String mode, double x) {
    return switch (mode) {
      case "round_prefer_floor" -> Math.ceil(x - 0.5);
      case "round_prefer_ceil" -> Math.floor(x + 0.5);
      case "floor" -> Math.floor(x);
      case "ceil" -> Math.ceil(x);
      default -> throw new OnnxException("nearest_mode " + mode);
    };
  }

  /** Keys' kernel (Cubic convolution interpolation for digital image processing, 1981). */
  private static double keys(double distance, double a) {
    double x = distance;
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}

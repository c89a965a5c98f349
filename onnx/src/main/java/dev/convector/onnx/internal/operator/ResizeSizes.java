package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/**
 * What a Resize or Upsample makes of each axis.
 *
 * @param output elements along each axis
 * @param scales what coordinates are worked out with
 * @param scaled whether scales were given, and not sizes
 */
record ResizeSizes(int[] output, double[] scales, boolean scaled) {
  /** From here on, Resize has a region, scales and sizes. */
  private static final int SIZES_ARE_INPUTS = 11;

  /** Whether a node is of the older kind, with scales alone. */
  static boolean isOld(Site site) {
    return site.node().is("Upsample") || site.version() < SIZES_ARE_INPUTS;
  }

  static ResizeSizes of(Site site, Operand x) {
    Constant sizes = isOld(site) ? null : site.constant(3);
    return sizes != null && sizes.size() > 0 ? bySizes(site, x, sizes) : byScales(site, x);
  }

  private static ResizeSizes bySizes(Site site, Operand x, Constant sizes) {
    int[] output = x.shape().clone();
    double[] scales = new double[x.rank()];
    Arrays.fill(scales, 1);
    int[] axes = axes(site, x, sizes.size());
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i < axes.length; i++) {
      int axis = axes[i];
      output[axis] = Math.toIntExact(sizes.longs()[i]);
      scales[axis] = output[axis] / (double) x.dimension(axis);
      least = Math.min(least, scales[axis]);
      most = Math.max(most, scales[axis]);
    }
    String policy = site.attributes().text("keep_aspect_ratio_policy", "stretch");
    for (int axis : axes) {
      if (!policy.equals("stretch")) {
        scales[axis] = policy.equals("not_larger") ? least : most;
        output[axis] = (int) Math.floor(scales[axis] * x.dimension(axis) + 0.5);
      }
    }
    return new ResizeSizes(output, scales, false);
  }

  private static ResizeSizes byScales(Site site, Operand x) {
    Constant input = site.constant(isOld(site) ? 1 : 2);
    float[] given = input == null ? site.attributes().numbers("scales") : input.floats();
    if (given == null || given.length == 0) {
      throw new OnnxException("neither scales nor sizes");
    }
    int[] output = x.shape().clone();
    double[] scales = new double[x.rank()];
    Arrays.fill(scales, 1);
    int[] axes = axes(site, x, given.length);
    for (int i = 0; i < axes.length; i++) {
      scales[axes[i]] = given[i];
      // In single precision, as others do: in double, 0.7f times 10 is below 7.
      output[axes[i]] = (int) Math.floor(x.dimension(axes[i]) * given[i]);
    }
    return new ResizeSizes(output, scales, true);
  }

  /** Along which axes scales or sizes are. */
  static int[] axes(Site site, Operand x, int count) {
    long[] given = site.attributes().integers("axes");
    int[] axes = new int[count];
    for (int i = 0; i < count; i++) {
      axes[i] = Shapes.axis(given == null || i >= given.length ? i : given[i], x.rank());
    }
    if (count != (given == null ? x.rank() : given.length)) {
      throw new OnnxException(count + " scales or sizes: don't fit the axes of " + x);
    }
    return axes;
  }

  /** Whether the last two axes alone change. */
  boolean isOfImages(Operand x) {
    return (x.rank() == 3 || x.rank() == 4)
        && output[0] == x.dimension(0)
        && output[1] == x.dimension(1)
        && scales[0] == 1
        && scales[1] == 1;
  }

  /** Whether scales make whole sizes, so that both say the same of coordinates. */
  boolean isWhole(Operand x) {
    for (int i = 0; i < output.length; i++) {
      if (scaled && x.dimension(i) * (float) scales[i] != output[i]) {
        return false;
      }
    }
    return true;
  }
}

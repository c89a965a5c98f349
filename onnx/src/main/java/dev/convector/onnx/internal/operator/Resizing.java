package dev.convector.onnx.internal.operator;

import dev.convector.Coordinates;
import dev.convector.NearestMode;
import dev.convector.Upsample2d;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Resize and its ancestor Upsample, along an image's height and width. */
final class Resizing implements Operator {
  private static final Set<String> MODES = Set.of("nearest", "linear", "bilinear", "cubic");

  private static final Set<String> COORDINATES =
      Set.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric");

  /** From here on, Resize has a region, scales and sizes. */
  private static final int SIZES_ARE_INPUTS = 11;

  @Override
  public String refusal(Node node) {
    Attributes attributes = node.attributes();
    String mode = attributes.text("mode", "nearest");
    String coordinates = attributes.text("coordinate_transformation_mode", "half_pixel");
    String policy = attributes.text("keep_aspect_ratio_policy", "stretch");
    if (!MODES.contains(mode)) {
      return "mode " + mode;
    }
    if (!COORDINATES.contains(coordinates)) {
      return "coordinate_transformation_mode " + coordinates;
    }
    if (!policy.equals("stretch")) {
      return "keep_aspect_ratio_policy " + policy;
    }
    if (attributes.integer("antialias", 0) != 0) {
      return "antialias";
    }
    return attributes.integer("exclude_outside", 0) != 0 ? "exclude_outside" : null;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    Operand image = Images.flat(x);
    Upsample2d.Builder builder =
        Upsample2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .layout(Images.layout(image));
    size(site, x, builder);
    mode(site, builder);
    Upsample2d upsample = builder.build();
    int[] shape = {
      image.dimension(0), image.dimension(1), upsample.outputHeight(), upsample.outputWidth()
    };
    Operand dst = Images.output(site, x, shape, image.order());
    site.step(new PlanStep(upsample.plan(), image, dst), List.of(image), dst);
    Images.finish(site, x, dst);
  }

  private static void size(Site site, Operand x, Upsample2d.Builder builder) {
    boolean upsample = site.node().is("Upsample");
    Constant sizes = upsample || site.version() < SIZES_ARE_INPUTS ? null : site.constant(3);
    if (sizes != null && sizes.size() > 0) {
      int[] output = x.shape().clone();
      long[] axes = axes(site, sizes.size());
      for (int i = 0; i < axes.length; i++) {
        output[axis(axes[i], x)] = Math.toIntExact(sizes.longs()[i]);
      }
      requireImage(x, output);
      builder.output(x.rank() == 4 ? output[2] : 1, output[x.rank() - 1]);
      return;
    }
    float[] scales = scales(site, x);
    int[] output = new int[x.rank()];
    for (int i = 0; i < output.length; i++) {
      // In single precision, as others do: in double, 0.7f times 10 is below 7.
      output[i] = (int) Math.floor(x.dimension(i) * scales[i]);
    }
    requireImage(x, output);
    requireWhole(site, x, scales);
    int width = x.rank() - 1;
    builder.output(x.rank() == 4 ? output[2] : 1, output[width]);
    builder.scale(x.rank() == 4 ? scales[2] : 1, scales[width]);
  }

  private static float[] scales(Site site, Operand x) {
    Constant input =
        site.node().is("Upsample") || site.version() < SIZES_ARE_INPUTS
            ? site.constant(1)
            : site.constant(2);
    float[] given = input == null ? site.attributes().numbers("scales") : input.floats();
    if (given == null || given.length == 0) {
      throw new OnnxException("neither scales nor sizes");
    }
    float[] scales = new float[x.rank()];
    Arrays.fill(scales, 1);
    long[] axes = axes(site, given.length);
    for (int i = 0; i < axes.length; i++) {
      scales[axis(axes[i], x)] = given[i];
    }
    return scales;
  }

  /** Along which axes scales or sizes are. */
  private static long[] axes(Site site, int count) {
    long[] axes = site.attributes().integers("axes");
    if (axes == null) {
      axes = new long[count];
      Arrays.setAll(axes, i -> i);
    }
    if (axes.length != count) {
      throw new OnnxException(count + " scales or sizes for " + axes.length + " axes");
    }
    return axes;
  }

  private static int axis(long axis, Operand x) {
    return Shapes.axis(axis, x.rank());
  }

  private static void requireImage(Operand x, int[] output) {
    if (output[0] != x.dimension(0) || output[1] != x.dimension(1)) {
      throw new OnnxException(x + ": batch and channels can't be resized");
    }
  }

  /**
   * With align_corners, ONNX works coordinates out from the product, PyTorch and others from the
   * size that it is rounded down to.
   */
  private static void requireWhole(Site site, Operand x, float[] scales) {
    String coordinates = site.attributes().text("coordinate_transformation_mode", "half_pixel");
    for (int i = 0; i < scales.length && coordinates.equals("align_corners"); i++) {
      float size = x.dimension(i) * scales[i];
      if (size != Math.rint(size)) {
        throw new OnnxException("align_corners with a scale that makes " + size + " elements");
      }
    }
  }

  private static void mode(Site site, Upsample2d.Builder builder) {
    Attributes attributes = site.attributes();
    boolean old = site.node().is("Upsample") || site.version() < SIZES_ARE_INPUTS;
    switch (attributes.text("mode", "nearest")) {
      case "linear", "bilinear" -> builder.bilinear();
      case "cubic" -> builder.bicubic(attributes.number("cubic_coeff_a", -0.75f));
      default -> builder.nearest(old ? NearestMode.FLOOR : nearest(attributes));
    }
    String coordinates =
        attributes.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
    builder.coordinates(Coordinates.valueOf(coordinates.toUpperCase(Locale.ROOT)));
  }

  private static NearestMode nearest(Attributes attributes) {
    String mode = attributes.text("nearest_mode", "round_prefer_floor");
    return NearestMode.valueOf(mode.toUpperCase(Locale.ROOT));
  }
}

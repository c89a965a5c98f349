package dev.convector.onnx.internal.operator;

import dev.convector.Coordinates;
import dev.convector.NearestMode;
import dev.convector.Upsample2d;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Resize and its ancestor Upsample: by the library along an image's height and width; with what
 * that has not, axis by axis.
 */
final class Resizing implements Operator {
  private static final Set<String> MODES = Set.of("nearest", "linear", "bilinear", "cubic");

  private static final Set<String> POLICIES = Set.of("stretch", "not_larger", "not_smaller");

  private static final Set<String> NEAREST =
      Set.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

  /** What the library has. */
  private static final Set<String> COORDINATES =
      Set.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric");

  private static final Set<String> FURTHER_COORDINATES =
      Set.of("half_pixel_symmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize");

  @Override
  public String refusal(Node node) {
    String mode = node.attributes().text("mode", "nearest");
    String coordinates = coordinates(node.attributes(), false);
    String policy = node.attributes().text("keep_aspect_ratio_policy", "stretch");
    String nearest = node.attributes().text("nearest_mode", "round_prefer_floor");
    if (!MODES.contains(mode)) {
      return "mode " + mode;
    }
    if (!NEAREST.contains(nearest)) {
      return "nearest_mode " + nearest;
    }
    if (!POLICIES.contains(policy)) {
      return "keep_aspect_ratio_policy " + policy;
    }
    return COORDINATES.contains(coordinates) || FURTHER_COORDINATES.contains(coordinates)
        ? null
        : "coordinate_transformation_mode " + coordinates;
  }

  private static String coordinates(Attributes attributes, boolean old) {
    return attributes.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    ResizeSizes sizes = ResizeSizes.of(site, x);
    Attributes attributes = site.attributes();
    String coordinates = coordinates(attributes, ResizeSizes.isOld(site));
    boolean plain =
        sizes.isOfImages(x)
            && COORDINATES.contains(coordinates)
            && attributes.integer("exclude_outside", 0) == 0
            && attributes.integer("antialias", 0) == 0
            && attributes.text("keep_aspect_ratio_policy", "stretch").equals("stretch")
            && (sizes.isWhole(x) || !coordinates.equals("align_corners"));
    if (plain) {
      byLibrary(site, x, sizes);
    } else {
      byAxes(site, site.in(Order.NATURAL, x), sizes);
    }
  }

  private static void byLibrary(Site site, Operand x, ResizeSizes sizes) {
    Operand image = Images.flat(x);
    int width = x.rank() - 1;
    boolean oneAxis = x.rank() == 3;
    Upsample2d.Builder builder =
        Upsample2d.builder()
            .input(image.dimension(0), image.dimension(1), image.dimension(2), image.dimension(3))
            .output(oneAxis ? 1 : sizes.output()[2], sizes.output()[width])
            .layout(Images.layout(image));
    if (sizes.scaled()) {
      builder.scale(oneAxis ? 1 : sizes.scales()[2], sizes.scales()[width]);
    }
    mode(site, builder);
    Upsample2d upsample = builder.build();
    int[] shape = {
      image.dimension(0), image.dimension(1), upsample.outputHeight(), upsample.outputWidth()
    };
    Operand dst = Images.output(site, x, shape, image.order());
    site.step(new PlanStep(upsample.plan(), image, dst), List.of(image), dst);
    Images.finish(site, x, dst);
  }

  private static void mode(Site site, Upsample2d.Builder builder) {
    Attributes attributes = site.attributes();
    boolean old = ResizeSizes.isOld(site);
    switch (attributes.text("mode", "nearest")) {
      case "linear", "bilinear" -> builder.bilinear();
      case "cubic" -> builder.bicubic(attributes.number("cubic_coeff_a", -0.75f));
      default -> builder.nearest(old ? NearestMode.FLOOR : nearest(attributes));
    }
    String coordinates = coordinates(attributes, old);
    builder.coordinates(Coordinates.valueOf(coordinates.toUpperCase(Locale.ROOT)));
  }

  private static NearestMode nearest(Attributes attributes) {
    String mode = attributes.text("nearest_mode", "round_prefer_floor");
    return NearestMode.valueOf(mode.toUpperCase(Locale.ROOT));
  }

  private static void byAxes(Site site, Operand x, ResizeSizes sizes) {
    double[] region = region(site, x);
    float outside = site.attributes().number("extrapolation_value", 0);
    boolean crop = coordinates(site.attributes(), false).equals("tf_crop_and_resize");
    Operand from = x;
    for (int i = 0; i < x.rank(); i++) {
      ResizeTaps.Axis axis =
          new ResizeTaps.Axis(
              x.dimension(i),
              sizes.output()[i],
              sizes.scales()[i],
              region[i],
              region[i + x.rank()]);
      boolean whole = !crop || axis.from() == 0 && axis.to() == 1;
      if (axis.scale() == 1 && axis.size() == axis.outputs() && whole) {
        continue;
      }
      if (axis.size() < 1 || axis.outputs() < 0 || !(axis.scale() > 0)) {
        throw new OnnxException(x + ": axis " + i + " can't be resized by " + axis.scale());
      }
      int[] shape = from.shape().clone();
      shape[i] = axis.outputs();
      Operand to = site.between(ElementType.FLOAT, shape, Order.NATURAL);
      ResizeTaps taps = ResizeTaps.of(site.attributes(), ResizeSizes.isOld(site), axis);
      site.step(new ResizeStep(taps, outside, from, to, i), List.of(from), to);
      from = to;
    }
    site.alias(0, from);
  }

  /** Where the region begins and ends, for each axis; 0 and 1 are the ends of the input. */
  private static double[] region(Site site, Operand x) {
    double[] region = new double[2 * x.rank()];
    Arrays.fill(region, x.rank(), 2 * x.rank(), 1);
    Constant given = ResizeSizes.isOld(site) ? null : site.constant(1);
    if (given != null && given.size() > 0) {
      int[] axes = ResizeSizes.axes(site, x, given.size() / 2);
      for (int i = 0; i < axes.length; i++) {
        region[axes[i]] = given.floats()[i];
        region[axes[i] + x.rank()] = given.floats()[i + axes.length];
      }
    }
    return region;
  }
}

package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/** Constant, ConstantOfShape and Range. */
public final class Constants implements Operator {
  /** Elements that one node may make: hostile models ask for terabytes. */
  private static final int MOST_ELEMENTS = 1 << 24;

  /** What a Constant node gives. */
  public static Constant value(Node node) {
    Attributes attributes = node.attributes();
    Constant constant = attributes.constant("value");
    float[] floats = attributes.numbers("value_floats");
    long[] longs = attributes.integers("value_ints");
    if (constant != null) {
      return constant;
    }
    if (floats != null) {
      return Constant.of(new int[] {floats.length}, floats);
    }
    if (longs != null) {
      return Constant.of(ElementType.INT64, new int[] {longs.length}, longs);
    }
    if (attributes.has("value_float")) {
      return Constant.of(new int[0], attributes.number("value_float", 0));
    }
    if (attributes.has("value_int")) {
      long[] single = {attributes.integer("value_int", 0)};
      return Constant.of(ElementType.INT64, new int[0], single);
    }
    throw new OnnxException("a constant without a value that is supported");
  }

  @Override
  public void compile(Site site) {
    site.constant(
        0,
        switch (site.node().operator()) {
          case "Constant" -> value(site.node());
          case "Range" -> range(site);
          default -> filled(site);
        });
  }

  private static Constant filled(Site site) {
    int[] shape = Shapes.toInts(site.constant(0).longs());
    int size = size(Shapes.size(shape));
    Constant value = site.attributes().constant("value");
    if (value == null) {
      return Constant.of(shape, new float[size]);
    }
    if (value.size() != 1) {
      throw new OnnxException("value: must be a single number");
    }
    if (value.type().isFloating()) {
      float[] floats = new float[size];
      Arrays.fill(floats, value.floats()[0]);
      return Constant.of(value.type(), shape, floats);
    }
    long[] longs = new long[size];
    Arrays.fill(longs, value.longs()[0]);
    return Constant.of(value.type(), shape, longs);
  }

  private static int size(double size) {
    if (!(size <= MOST_ELEMENTS)) {
      throw new OnnxException("makes " + size + " elements; must be at most " + MOST_ELEMENTS);
    }
    return (int) Math.max(0, size);
  }

  private static Constant range(Site site) {
    Constant start = site.constant(0);
    Constant limit = site.constant(1);
    Constant delta = site.constant(2);
    if (start.type().isFloating()) {
      double from = start.floats()[0];
      double step = delta.floats()[0];
      float[] floats = new float[size(Math.ceil((limit.floats()[0] - from) / step))];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) (from + i * step);
      }
      return Constant.of(new int[] {floats.length}, floats);
    }
    long from = start.longs()[0];
    long step = delta.longs()[0];
    double count = Math.ceil(((double) limit.longs()[0] - from) / step);
    long[] longs = new long[size(count)];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = from + i * step;
    }
    return Constant.of(start.type(), new int[] {longs.length}, longs);
  }
}

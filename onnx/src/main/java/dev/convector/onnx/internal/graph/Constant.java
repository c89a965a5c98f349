package dev.convector.onnx.internal.graph;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import java.util.Arrays;

/** Numbers known before any run. One of the arrays is null. */
public final class Constant {
  private final ElementType type;
  private final int[] shape;
  private final float[] floats;
  private final long[] longs;

  private Constant(ElementType type, int[] shape, float[] floats, long[] longs) {
    this.type = type;
    this.shape = shape;
    this.floats = floats;
    this.longs = longs;
    int length = floats == null ? longs.length : floats.length;
    if (Shapes.size(shape) != length) {
      throw new OnnxException(
          "constant of shape " + Arrays.toString(shape) + ": has " + length + " elements");
    }
  }

  public static Constant of(int[] shape, float... values) {
    return new Constant(ElementType.FLOAT, shape, values, null);
  }

  public static Constant of(ElementType type, int[] shape, float[] values) {
    return new Constant(type, shape, values, null);
  }

  public static Constant of(ElementType type, int[] shape, long[] values) {
    return new Constant(type, shape, null, values);
  }

  public ElementType type() {
    return type;
  }

  public int[] shape() {
    return shape;
  }

  /** Of a floating type. */
  public float[] floats() {
    if (floats == null) {
      throw new OnnxException("constant of type " + type + ": must be of a floating-point type");
    }
    return floats;
  }

  /** Of a whole type. */
  public long[] longs() {
    if (longs == null) {
      throw new OnnxException("constant of type " + type + ": must be of whole numbers");
    }
    return longs;
  }

  public int size() {
    return floats == null ? longs.length : floats.length;
  }

  public long bytes() {
    return floats == null ? 8L * longs.length : 4L * floats.length;
  }

  /** The value if it is a single float, whatever its rank; NaN otherwise. */
  public float single() {
    return floats != null && floats.length == 1 ? floats[0] : Float.NaN;
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}

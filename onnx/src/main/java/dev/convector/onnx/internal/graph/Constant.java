package dev.convector.onnx.internal.graph;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Numbers known before any run: an array, or where they can be had whenever they are needed, which
 * holds no memory. Thread-safe.
 */
public final class Constant {
  private final ElementType type;
  private final int[] shape;
  private final int size;

  /** Gives a new array of floats each time; null of a constant that is one. */
  private final Supplier<float[]> source;

  /** What the source works them out from; null if it reads them. */
  private final Constant base;

  /** {@code float[]} or {@code long[]}; null until {@link #array} asks for it. */
  private volatile Object array;

  private Constant(
      ElementType type, int[] shape, Supplier<float[]> source, Constant base, Object array) {
    this.type = type;
    this.shape = shape;
    this.size = Shapes.size(shape);
    this.source = source;
    this.base = base;
    this.array = array;
    if (array != null && length(array) != size) {
      throw new OnnxException(
          "constant of shape " + Arrays.toString(shape) + ": has " + length(array) + " elements");
    }
  }

  private static int length(Object array) {
    return array instanceof float[] floats ? floats.length : ((long[]) array).length;
  }

  public static Constant of(int[] shape, float... values) {
    return new Constant(ElementType.FLOAT, shape, null, null, values);
  }

  public static Constant of(ElementType type, int[] shape, float[] values) {
    return new Constant(type, shape, null, null, values);
  }

  public static Constant of(ElementType type, int[] shape, long[] values) {
    return new Constant(type, shape, null, null, values);
  }

  /**
   * Floats that are not held.
   *
   * @param source gives a new array each time, which is the asker's to change
   */
  public static Constant deferred(int[] shape, Supplier<float[]> source) {
    return new Constant(ElementType.FLOAT, shape, source, null, null);
  }

  /**
   * Other numbers of the same shape, which are worked out whenever they are needed.
   *
   * @param change may write to the array that it gets, and return it
   */
  public Constant changed(UnaryOperator<float[]> change) {
    return new Constant(type, shape, () -> change.apply(own()), this, null);
  }

  /** The same numbers as a constant of as many elements. */
  public Constant as(ElementType other, int[] otherShape) {
    return array == null
        ? new Constant(other, otherShape, source, base, null)
        : new Constant(other, otherShape, null, null, array);
  }

  /** What it is worked out from whenever it is needed; null for nothing. */
  public Constant base() {
    return base;
  }

  public ElementType type() {
    return type;
  }

  public int[] shape() {
    return shape;
  }

  /** Of a floating type, not to be changed. Where they are not held, a new array each time. */
  public float[] floats() {
    if (!type.isFloating()) {
      throw new OnnxException("constant of type " + type + ": must be of a floating-point type");
    }
    return array == null ? source.get() : (float[]) array;
  }

  /** Of a floating type, the caller's to change. */
  private float[] own() {
    return array == null ? source.get() : floats().clone();
  }

  /** Of a whole type. */
  public long[] longs() {
    if (!type.isWhole()) {
      throw new OnnxException("constant of type " + type + ": must be of whole numbers");
    }
    return (long[]) array;
  }

  /** {@code float[]} or {@code long[]}, held from now on: for what runs read. */
  public Object array() {
    Object known = array;
    if (known == null) {
      synchronized (this) {
        known = array;
        if (known == null) {
          known = source.get();
          array = known;
        }
      }
    }
    return known;
  }

  public int size() {
    return size;
  }

  /** That it holds, without those of its base. */
  public long bytes() {
    return array == null ? 0 : (type.isFloating() ? 4L : 8L) * size;
  }

  /** The value if it is a single float, whatever its rank; NaN otherwise. */
  public float single() {
    return type.isFloating() && size == 1 ? floats()[0] : Float.NaN;
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}

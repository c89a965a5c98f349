package dev.convector.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Numbers with a shape, densely packed, last dimension fastest: what goes into a network and comes
 * out of it. Floating-point elements are a {@code float[]}, whole ones a {@code long[]}.
 *
 * <p>The array is the caller's own and is not copied. Thread-safe as long as nobody writes to it.
 */
public final class Tensor {
  private final ElementType type;
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;

  private Tensor(ElementType type, long[] shape, float[] floats, long[] longs) {
    this.type = type;
    this.shape = shape.clone();
    this.floats = floats;
    this.longs = longs;
    long size = size(this.shape);
    int length = floats == null ? longs.length : floats.length;
    if (size != length) {
      throw new IllegalArgumentException(
          "values: length "
              + length
              + "; must be that of the shape "
              + Arrays.toString(shape)
              + ", "
              + size);
    }
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(shape) + "; every dimension must be at least 0");
      }
      if (dimension != 0 && size > Integer.MAX_VALUE / dimension) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(shape) + "; must have at most 2147483647 elements");
      }
      size *= dimension;
    }
    return size;
  }

  /**
   * Floats in an array.
   *
   * @param values as many as the shape has elements; not copied
   * @param shape each at least 0; none for a single number
   * @return the tensor
   * @throws IllegalArgumentException if the length is not the shape's
   */
  public static Tensor of(float[] values, long... shape) {
    Objects.requireNonNull(values, "values");
    return new Tensor(ElementType.FLOAT, shape, values, null);
  }

  /**
   * Floats in a buffer, copied.
   *
   * @param values from its position to its limit; the position stays
   * @param shape each at least 0
   * @return the tensor
   * @throws IllegalArgumentException if the buffer's rest is not as long as the shape says
   */
  public static Tensor of(FloatBuffer values, long... shape) {
    float[] copy = new float[values.remaining()];
    values.get(values.position(), copy);
    return of(copy, shape);
  }

  /**
   * Floats in memory, in the machine's byte order, copied.
   *
   * @param values as many bytes as four times the shape's elements
   * @param shape each at least 0
   * @return the tensor
   * @throws IllegalArgumentException if the segment is not as long as the shape says
   */
  public static Tensor of(MemorySegment values, long... shape) {
    if (values.byteSize() != 4 * size(shape)) {
      throw new IllegalArgumentException(
          "values: "
              + values.byteSize()
              + " bytes; must be four for each element of the shape "
              + Arrays.toString(shape));
    }
    return of(values.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED), shape);
  }

  /**
   * Whole numbers of 64 bits.
   *
   * @param values as many as the shape has elements; not copied
   * @param shape each at least 0
   * @return the tensor
   * @throws IllegalArgumentException if the length is not the shape's
   */
  public static Tensor of(long[] values, long... shape) {
    return of(ElementType.INT64, values, shape);
  }

  /**
   * Whole numbers or truth values.
   *
   * @param type a whole one
   * @param values in the type's range, as many as the shape has elements; not copied
   * @param shape each at least 0
   * @return the tensor
   * @throws IllegalArgumentException if the type is not a whole one or the length not the shape's
   */
  public static Tensor of(ElementType type, long[] values, long... shape) {
    Objects.requireNonNull(values, "values");
    if (!type.isWhole()) {
      throw new IllegalArgumentException("type: " + type + "; must be a whole one");
    }
    return new Tensor(type, shape, null, values);
  }

  /**
   * The elements' type.
   *
   * @return {@link ElementType#FLOAT} or a whole one
   */
  public ElementType type() {
    return type;
  }

  /**
   * The sizes.
   *
   * @return a copy
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * One of the sizes.
   *
   * @param axis from 0 on; negative counts from the end
   * @return elements along it
   */
  public long dimension(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /**
   * How many elements there are.
   *
   * @return the product of the shape
   */
  public int size() {
    return floats == null ? longs.length : floats.length;
  }

  /**
   * The elements.
   *
   * @return the tensor's own array
   * @throws IllegalStateException if they are whole numbers
   */
  public float[] floats() {
    if (floats == null) {
      throw new IllegalStateException("elements are " + type + "; ask for longs()");
    }
    return floats;
  }

  /**
   * The elements.
   *
   * @return the tensor's own array
   * @throws IllegalStateException if they are floats
   */
  public long[] longs() {
    if (longs == null) {
      throw new IllegalStateException("elements are " + type + "; ask for floats()");
    }
    return longs;
  }

  /**
   * Type and shape.
   *
   * @return such as {@code FLOAT[1, 3, 224, 224]}
   */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}

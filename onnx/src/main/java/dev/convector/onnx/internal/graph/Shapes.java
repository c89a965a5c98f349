package dev.convector.onnx.internal.graph;

import dev.convector.onnx.OnnxException;
import java.util.Arrays;

/** Sizes of tensors, and what operators make of them. */
public final class Shapes {
  private static final int MOST_DIMENSIONS = 32;

  private Shapes() {}

  /** Elements; at most what an array holds. */
  public static int size(int[] shape) {
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new OnnxException("shape " + Arrays.toString(shape) + ": has a negative dimension");
      }
      // Of two ints at most, so that it can't overflow.
      size *= dimension;
      if (size > Integer.MAX_VALUE - 64) {
        throw new OnnxException(
            "shape " + Arrays.toString(shape) + ": has more elements than an array can hold");
      }
    }
    return (int) size;
  }

  public static int[] toInts(long[] dimensions) {
    if (dimensions.length > MOST_DIMENSIONS) {
      throw new OnnxException(
          "shape of " + dimensions.length + " dimensions; must be at most " + MOST_DIMENSIONS);
    }
    int[] ints = new int[dimensions.length];
    for (int i = 0; i < ints.length; i++) {
      if (dimensions[i] != (int) dimensions[i]) {
        throw new OnnxException(
            "shape " + Arrays.toString(dimensions) + ": has more elements than an array can hold");
      }
      ints[i] = (int) dimensions[i];
    }
    return ints;
  }

  public static long[] toLongs(int[] dimensions) {
    return Arrays.stream(dimensions).asLongStream().toArray();
  }

  /** The shape of an element-wise operation's result, by NumPy's rule. */
  public static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] shape = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int left = i > a.length ? 1 : a[a.length - i];
      int right = i > b.length ? 1 : b[b.length - i];
      if (left != right && left != 1 && right != 1) {
        throw new OnnxException(
            "shapes "
                + Arrays.toString(a)
                + " and "
                + Arrays.toString(b)
                + ": can't be broadcast to each other");
      }
      shape[rank - i] = left == 1 ? right : left;
    }
    return shape;
  }

  /** The same with ones before it. */
  public static int[] ofRank(int[] shape, int rank) {
    int[] padded = new int[rank];
    Arrays.fill(padded, 1);
    System.arraycopy(shape, 0, padded, rank - shape.length, shape.length);
    return padded;
  }

  /** An axis that may count from the end. */
  public static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new OnnxException("axis " + axis + ": must be within " + -rank + " and " + (rank - 1));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Which axes are listed. */
  public static boolean[] listed(long[] axes, int rank) {
    boolean[] listed = new boolean[rank];
    for (long axis : axes) {
      listed[axis(axis, rank)] = true;
    }
    return listed;
  }

  /** Product of {@code shape[from, to)}. */
  public static int product(int[] shape, int from, int to) {
    return size(Arrays.copyOfRange(shape, from, to));
  }

  /** Distances in memory between neighbours along each axis, densely packed. */
  public static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }
}

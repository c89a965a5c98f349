package dev.convector.onnx.internal.execute;

import dev.convector.internal.pack.Transpose;
import dev.convector.onnx.internal.graph.Shapes;

/**
 * Moves elements between arrays of any strides: what transposes, cuts out, puts together, repeats
 * and interleaves. A stride of 0 reads one element again and again.
 */
public final class StridedCopy extends SplitStep {
  /** Elements of a transposition that are one unit of work: source and result fit the cache. */
  private static final int BAND_ELEMENTS = 1 << 14;

  private static final int LEAST_BAND = 64;

  private final Operand src;
  private final Operand dst;
  private final Given given;

  /** Sizes of what is copied, the slowest first; those that lie alike are merged. */
  private final int[] sizes;

  private final int[] srcStrides;
  private final int[] dstStrides;
  private final int srcStart;
  private final int dstStart;

  /** Where the source is dense though the destination's last axis is not: that axis, or -1. */
  private final int columnAxis;

  /** Columns of a transposition that are one unit of work, and how many such there are. */
  private final int band;

  private final int bands;

  private StridedCopy(
      Operand src, Operand dst, Given given, Strided from, Strided to, int[] sizes) {
    super(units(sizes, columnAxis(sizes, from, to)), 2L * Shapes.size(sizes));
    this.src = src;
    this.dst = dst;
    this.given = given;
    this.sizes = sizes;
    this.srcStrides = from.strides;
    this.dstStrides = to.strides;
    this.srcStart = from.start;
    this.dstStart = to.start;
    this.columnAxis = columnAxis(sizes, from, to);
    this.band = band(sizes);
    this.bands = columnAxis < 0 ? 1 : Math.ceilDiv(sizes[columnAxis], band);
  }

  /**
   * Where elements lie in an operand's memory.
   *
   * @param strides distances between neighbours along each axis
   * @param start index of the first
   */
  public record Strided(int[] strides, int start) {
    /**
     * Whether each axis goes along pixels of so many channels, or along channels, and the latter
     * stay within a pixel.
     */
    private boolean keepsPixels(int channels, int[] sizes) {
      int least = start % channels;
      int most = least;
      for (int i = 0; i < sizes.length; i++) {
        int reach = (sizes[i] - 1) * strides[i];
        if (strides[i] % channels != 0) {
          least += Math.min(0, reach);
          most += Math.max(0, reach);
        }
      }
      return least >= 0 && most < channels;
    }

    /** The same where pixels of so many channels, which it keeps, lie a distance apart. */
    private Strided apart(int channels, int distance) {
      int[] further = strides.clone();
      for (int i = 0; i < further.length; i++) {
        further[i] = strides[i] % channels == 0 ? strides[i] / channels * distance : strides[i];
      }
      return new Strided(further, start / channels * distance + start % channels);
    }
  }

  /** What is asked for, of operands that are dense. */
  private record Given(Strided from, Strided to, int[] sizes) {}

  /**
   * Copies {@code sizes} elements.
   *
   * @param from where they lie in the source
   * @param to where they go in the destination
   */
  public static StridedCopy of(Operand src, Operand dst, Strided from, Strided to, int[] sizes) {
    return merged(src, dst, new Given(from, to, sizes), from, to);
  }

  private static StridedCopy merged(
      Operand src, Operand dst, Given given, Strided from, Strided to) {
    int[] sizes = given.sizes;
    int rank = 0;
    int[] merged = new int[sizes.length + 1];
    int[] fromStrides = new int[sizes.length + 1];
    int[] toStrides = new int[sizes.length + 1];
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 1) {
        continue;
      }
      boolean merges =
          rank > 0
              && fromStrides[rank - 1] == from.strides[i] * sizes[i]
              && toStrides[rank - 1] == to.strides[i] * sizes[i];
      rank += merges ? 0 : 1;
      merged[rank - 1] = merges ? merged[rank - 1] * sizes[i] : sizes[i];
      fromStrides[rank - 1] = from.strides[i];
      toStrides[rank - 1] = to.strides[i];
    }
    if (rank == 0) {
      merged[rank++] = 1;
    }
    return new StridedCopy(
        src,
        dst,
        given,
        new Strided(java.util.Arrays.copyOf(fromStrides, rank), from.start),
        new Strided(java.util.Arrays.copyOf(toStrides, rank), to.start),
        java.util.Arrays.copyOf(merged, rank));
  }

  /** Everything as it lies. */
  public static StridedCopy whole(Operand src, Operand dst) {
    Strided dense = new Strided(new int[] {1}, 0);
    return of(src, dst, dense, dense, new int[] {src.size()});
  }

  /**
   * A densely packed result whose axes are the source's in another order.
   *
   * @param axes for each axis of the result, as it lies, the source's, as that lies
   */
  public static StridedCopy transposition(Operand src, Operand dst, int[] axes) {
    int[] strides = Shapes.strides(src.physical());
    int[] from = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      from[i] = strides[axes[i]];
    }
    int[] sizes = dst.physical();
    return of(src, dst, new Strided(from, 0), new Strided(Shapes.strides(sizes), 0), sizes);
  }

  @Override
  public boolean allowsDistance(Operand operand) {
    int channels = operand.dimension(1);
    return channels > 0
        && (operand != src || given.from.keepsPixels(channels, given.sizes))
        && (operand != dst || given.to.keepsPixels(channels, given.sizes));
  }

  @Override
  public Step settled() {
    return src.isApart() || dst.isApart()
        ? merged(src, dst, given, lying(src, given.from), lying(dst, given.to))
        : this;
  }

  private static Strided lying(Operand operand, Strided dense) {
    return operand.isApart()
        ? dense.apart(operand.dimension(1), operand.storage().distance())
        : dense;
  }

  private static int columnAxis(int[] sizes, Strided from, Strided to) {
    int last = sizes.length - 1;
    if (to.strides[last] == 1 && from.strides[last] > 1) {
      for (int i = 0; i < last; i++) {
        if (from.strides[i] == 1 && to.strides[i] >= sizes[last]) {
          return i;
        }
      }
    }
    return -1;
  }

  private static int band(int[] sizes) {
    return Math.max(LEAST_BAND, BAND_ELEMENTS / Math.max(1, sizes[sizes.length - 1]));
  }

  private static int units(int[] sizes, int columnAxis) {
    int units = 1;
    for (int i = 0; i < sizes.length - 1; i++) {
      units *= i == columnAxis ? Math.ceilDiv(sizes[i], band(sizes)) : sizes[i];
    }
    return sizes[sizes.length - 1] == 0 ? 0 : units;
  }

  @Override
  protected void part(Run run, int from, int to) {
    int srcBase = run.offset(src) + srcStart;
    int dstBase = run.offset(dst) + dstStart;
    for (int unit = from; unit < to; unit++) {
      int rest = unit;
      int srcAt = srcBase;
      int dstAt = dstBase;
      int firstColumn = 0;
      for (int i = sizes.length - 2; i >= 0; i--) {
        int size = i == columnAxis ? bands : sizes[i];
        int index = rest % size;
        rest /= size;
        if (i == columnAxis) {
          firstColumn = index * band;
          index = firstColumn;
        }
        srcAt += index * srcStrides[i];
        dstAt += index * dstStrides[i];
      }
      if (columnAxis >= 0 && !src.storage().isWhole()) {
        int columns = Math.min(band, sizes[columnAxis] - firstColumn);
        transpose(run, srcAt, dstAt, columns);
      } else {
        int count = columnAxis < 0 ? 1 : Math.min(band, sizes[columnAxis] - firstColumn);
        for (int i = 0; i < count; i++) {
          row(run, srcAt + i, dstAt + (columnAxis < 0 ? 0 : i * dstStrides[columnAxis]));
        }
      }
    }
  }

  private void transpose(Run run, int srcAt, int dstAt, int columns) {
    int last = sizes.length - 1;
    Transpose.run(
        run.floats(src),
        srcAt,
        srcStrides[last],
        sizes[last],
        columns,
        run.floats(dst),
        dstAt,
        dstStrides[columnAxis]);
  }

  private void row(Run run, int srcAt, int dstAt) {
    int last = sizes.length - 1;
    if (src.storage().isWhole()) {
      row(run.longs(src), srcAt, run.longs(dst), dstAt);
    } else if (srcStrides[last] == 1 && dstStrides[last] == 1) {
      System.arraycopy(run.floats(src), srcAt, run.floats(dst), dstAt, sizes[last]);
    } else {
      row(run.floats(src), srcAt, run.floats(dst), dstAt);
    }
  }

  private void row(float[] from, int srcAt, float[] to, int dstAt) {
    int last = sizes.length - 1;
    int srcStride = srcStrides[last];
    int dstStride = dstStrides[last];
    for (int i = 0; i < sizes[last]; i++) {
      to[dstAt + i * dstStride] = from[srcAt + i * srcStride];
    }
  }

  private void row(long[] from, int srcAt, long[] to, int dstAt) {
    int last = sizes.length - 1;
    int srcStride = srcStrides[last];
    int dstStride = dstStrides[last];
    for (int i = 0; i < sizes[last]; i++) {
      to[dstAt + i * dstStride] = from[srcAt + i * srcStride];
    }
  }
}

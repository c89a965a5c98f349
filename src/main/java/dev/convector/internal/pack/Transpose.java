package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.LANES;

/**
 * Transposition of a matrix in memory, a square of LANES x LANES at a time in registers.
 *
 * <p>Edges are covered by squares that overlap their neighbours and write the same values again.
 */
public final class Transpose {
  /** Up to so many rows or columns a square would be mostly empty. */
  private static final int MOST_PLANES = 4;

  /** Rows whose lines stay in the first-level cache even where they all meet in one of its sets. */
  private static final int ONCE_ROWS = 8;

  private Transpose() {}

  /**
   * {@code dst[j][i] = src[i][j]} for {@code rows x columns} elements of src; strides are the
   * distances between rows. The two must not overlap.
   */
  public static void run(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    if (rows < LANES || columns < LANES) {
      narrow(src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
    } else if (srcStride > dstStride) {
      for (int i = 0; i < rows; i += LANES) {
        int row = Math.min(i, rows - LANES);
        int from = srcOffset + row * srcStride;
        line(columns, src, from, srcStride, dst, dstOffset + row, dstStride, false);
      }
    } else {
      for (int j = 0; j < columns; j += LANES) {
        int column = Math.min(j, columns - LANES);
        int to = dstOffset + column * dstStride;
        line(rows, src, srcOffset + column, srcStride, dst, to, dstStride, true);
      }
    }
  }

  /**
   * Squares along the longer stride's rows, so that each plane is walked from end to end: from left
   * to right or down in src.
   */
  private static void line(
      int length,
      float[] src,
      int srcOffset,
      int srcStride,
      float[] dst,
      int dstOffset,
      int dstStride,
      boolean down) {
    int blocks = length / LANES;
    TransposeKernels.whole(blocks, src, srcOffset, srcStride, dst, dstOffset, dstStride, down);
    if (blocks * LANES < length) {
      int last = length - LANES;
      int from = srcOffset + (down ? last * srcStride : last);
      int to = dstOffset + (down ? last : last * dstStride);
      TransposeKernels.whole(1, src, from, srcStride, dst, to, dstStride, down);
    }
  }

  /**
   * Fewer rows or columns than a square: vectors where 2 to 4 planes' pixels lie densely, all else
   * one by one.
   */
  private static void narrow(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    int fromRow = 0;
    int fromColumn = 0;
    if (rows == 1 && dstStride == 1) {
      System.arraycopy(src, srcOffset, dst, dstOffset, columns);
      return;
    } else if (columns == 1 && srcStride == 1) {
      System.arraycopy(src, srcOffset, dst, dstOffset, rows);
      return;
    } else if (rows > 1 && rows <= MOST_PLANES && dstStride == rows) {
      int vectors = columns / LANES;
      TransposeKernels.interleave(rows, vectors, src, srcOffset, srcStride, dst, dstOffset);
      fromColumn = vectors * LANES;
    } else if (columns > 1 && columns <= MOST_PLANES && srcStride == columns) {
      int vectors = rows / LANES;
      TransposeKernels.deinterleave(columns, vectors, src, srcOffset, dst, dstOffset, dstStride);
      fromRow = vectors * LANES;
    }
    for (int j = fromColumn; j < columns; j++) {
      for (int i = fromRow; i < rows; i++) {
        dst[dstOffset + j * dstStride + i] = src[srcOffset + i * srcStride + j];
      }
    }
  }

  /**
   * The same without vectors, for what is done once, while a plan is made: the interpreter takes
   * 300 us for a square in vectors, and a fresh process packed its first weights with it for 0.2 s.
   */
  public static void once(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    for (int row = 0; row < rows; row += ONCE_ROWS) {
      int end = Math.min(row + ONCE_ROWS, rows);
      for (int j = 0; j < columns; j++) {
        int to = dstOffset + j * dstStride;
        int from = srcOffset + j;
        for (int i = row; i < end; i++) {
          dst[to + i] = src[from + i * srcStride];
        }
      }
    }
  }
}

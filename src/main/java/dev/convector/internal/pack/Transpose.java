package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.LANES;

/**
 * Transposition of a matrix in memory, a square of LANES x LANES at a time in registers.
 *
 * <p>Edges are covered by squares that overlap their neighbours and write the same values again;
 * only matrices narrower than a vector need masks.
 */
public final class Transpose {
  /** Up to so many rows or columns a square would be mostly empty. */
  private static final int MOST_PLANES = 4;

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
        line(
            columns,
            src,
            srcOffset + row * srcStride,
            srcStride,
            1,
            dst,
            dstOffset + row,
            dstStride,
            dstStride);
      }
    } else {
      for (int j = 0; j < columns; j += LANES) {
        int column = Math.min(j, columns - LANES);
        line(
            rows,
            src,
            srcOffset + column,
            srcStride,
            srcStride,
            dst,
            dstOffset + column * dstStride,
            dstStride,
            1);
      }
    }
  }

  /** Squares along the longer stride's rows, so that each plane is walked from end to end. */
  private static void line(
      int length,
      float[] src,
      int srcOffset,
      int srcStride,
      int srcStep,
      float[] dst,
      int dstOffset,
      int dstStride,
      int dstStep) {
    int blocks = length / LANES;
    TransposeKernels.whole(
        blocks,
        src,
        srcOffset,
        srcStride,
        srcStep * LANES,
        dst,
        dstOffset,
        dstStride,
        dstStep * LANES);
    if (blocks * LANES < length) {
      int last = length - LANES;
      TransposeKernels.whole(
          1,
          src,
          srcOffset + last * srcStep,
          srcStride,
          0,
          dst,
          dstOffset + last * dstStep,
          dstStride,
          0);
    }
  }

  private static void narrow(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    if (Math.min(rows, columns) <= MOST_PLANES) {
      planes(src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
      return;
    }
    for (int i = 0; i < rows; i += LANES) {
      for (int j = 0; j < columns; j += LANES) {
        TransposeKernels.edge(
            Math.min(LANES, rows - i),
            Math.min(LANES, columns - j),
            src,
            srcOffset + i * srcStride + j,
            srcStride,
            dst,
            dstOffset + j * dstStride + i,
            dstStride);
      }
    }
  }

  /** Few rows or columns: vectors where the pixels lie densely, then the remainder one by one. */
  private static void planes(
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
      TransposeKernels.interleave(
          rows, vectors, src, srcOffset, srcStride, dst, dstOffset, dstStride);
      fromColumn = vectors * LANES;
    } else if (columns > 1 && columns <= MOST_PLANES && srcStride == columns) {
      int vectors = rows / LANES;
      TransposeKernels.deinterleave(
          columns, vectors, src, srcOffset, srcStride, dst, dstOffset, dstStride);
      fromRow = vectors * LANES;
    }
    for (int j = fromColumn; j < columns; j++) {
      for (int i = fromRow; i < rows; i++) {
        dst[dstOffset + j * dstStride + i] = src[srcOffset + i * srcStride + j];
      }
    }
  }
}

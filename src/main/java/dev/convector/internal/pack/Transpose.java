package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.LANES;

/**
 * Transposition of a matrix in memory, a square of LANES x LANES at a time in registers.
 *
 * <p>Edges are covered by squares that overlap their neighbours and write the same values again.
 */
public final class Transpose {
  /** Rows whose lines stay in the first-level cache even where they all meet in one of its sets. */
  private static final int LOOP_ROWS = 8;

  private Transpose() {}

  /**
   * Whether so many planes, or channels of a pixel, are moved by vectors where they lie densely.
   */
  public static boolean isFast(int planes) {
    return planes >= LANES || TransposeKernels.hasPlanes(planes);
  }

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
    boolean hasSquares = rows >= LANES && columns >= LANES;
    if (!hasSquares && rows == 1 && dstStride == 1) {
      System.arraycopy(src, srcOffset, dst, dstOffset, columns);
    } else if (!hasSquares && columns == 1 && srcStride == 1) {
      System.arraycopy(src, srcOffset, dst, dstOffset, rows);
    } else if ((hasSquares || isInterleaved(srcStride, rows, columns, dstStride))
        && !TransposeWarmUp.isCold(rows, columns)) {
      byVectors(src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
    } else {
      byLoops(src, srcOffset, srcStride, rows, columns, dst, dstOffset, dstStride);
    }
  }

  /** Whether the pixels of a few planes lie densely on either side. */
  static boolean isInterleaved(int srcStride, int rows, int columns, int dstStride) {
    return isInterleaved(rows, columns, dstStride) || isInterleaved(columns, rows, srcStride);
  }

  private static boolean isInterleaved(int planes, int pixels, int stride) {
    return pixels >= LANES && stride == planes && TransposeKernels.hasPlanes(planes);
  }

  /** Squares, or a few planes that are interleaved on either side. */
  static void byVectors(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    if (rows < LANES) {
      interleave(src, srcOffset, srcStride, rows, columns, dst, dstOffset);
    } else if (columns < LANES) {
      deinterleave(src, srcOffset, rows, columns, dst, dstOffset, dstStride);
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

  /** A few planes to dense pixels; the last vectors overlap those before. */
  private static void interleave(
      float[] src, int srcOffset, int srcStride, int planes, int pixels, float[] dst, int to) {
    int last = pixels - LANES;
    TransposeKernels.interleave(planes, pixels / LANES, src, srcOffset, srcStride, dst, to);
    if (pixels % LANES != 0) {
      TransposeKernels.interleave(
          planes, 1, src, srcOffset + last, srcStride, dst, to + last * planes);
    }
  }

  /** The same back. */
  private static void deinterleave(
      float[] src, int srcOffset, int pixels, int planes, float[] dst, int to, int dstStride) {
    int last = pixels - LANES;
    TransposeKernels.deinterleave(planes, pixels / LANES, src, srcOffset, dst, to, dstStride);
    if (pixels % LANES != 0) {
      TransposeKernels.deinterleave(
          planes, 1, src, srcOffset + last * planes, dst, to + last, dstStride);
    }
  }

  /**
   * What {@link #run} does, without vectors: also for what is done once, while a plan is made. The
   * interpreter takes 300 us for a square in vectors, and a fresh process packed its first weights
   * with it for 0.2 s.
   */
  public static void byLoops(
      float[] src,
      int srcOffset,
      int srcStride,
      int rows,
      int columns,
      float[] dst,
      int dstOffset,
      int dstStride) {
    int row = 0;
    for (; row + LOOP_ROWS <= rows; row += LOOP_ROWS) {
      int from = srcOffset + row * srcStride;
      int to = dstOffset + row;
      for (int j = 0; j < columns; j++) {
        // A constant number of rows, so that C2 leaves no loop.
        for (int i = 0; i < LOOP_ROWS; i++) {
          dst[to + j * dstStride + i] = src[from + j + i * srcStride];
        }
      }
    }
    for (; row < rows; row++) {
      for (int j = 0; j < columns; j++) {
        dst[dstOffset + j * dstStride + row] = src[srcOffset + row * srcStride + j];
      }
    }
  }
}

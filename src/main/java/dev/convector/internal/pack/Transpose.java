package dev.convector.internal.pack;

/** Transposition of a matrix in memory. */
public final class Transpose {
  private static final int BLOCK = 16;

  private Transpose() {}

  /**
   * {@code dst[j][i] = src[i][j]} for {@code rows x columns} elements of src; strides are the
   * distances between rows.
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
    for (int i0 = 0; i0 < rows; i0 += BLOCK) {
      int i1 = Math.min(rows, i0 + BLOCK);
      for (int j = 0; j < columns; j++) {
        int to = dstOffset + j * dstStride;
        int from = srcOffset + j;
        for (int i = i0; i < i1; i++) {
          dst[to + i] = src[from + i * srcStride];
        }
      }
    }
  }
}

package dev.convector.internal.depthwise;

import dev.convector.internal.simd.Simd;
import java.util.Arrays;

/**
 * The vectors of filters of a depthwise layer, cut into blocks of neighbours that one tile computes
 * together. What is left over of the widest blocks becomes two that are no narrower than needed.
 */
final class DepthwiseVectors {
  /** Of each vector, the first of its block. */
  private final int[] firsts;

  /** Of each vector, one past the last of its block. */
  private final int[] ends;

  /** Of each vector, one past the last of the blocks of the same width that follow its own. */
  private final int[] lasts;

  /**
   * @param whole vectors that are cut
   * @param all these and one more, if some filters are left over, which is a block of its own
   * @param widest vectors of a block at most
   */
  DepthwiseVectors(int whole, int all, int widest) {
    firsts = new int[all];
    ends = new int[all];
    lasts = new int[all];
    for (int v = 0; v < all; v = ends[v]) {
      int end = v < whole ? v + width(whole - v, widest) : all;
      Arrays.fill(firsts, v, end, v);
      Arrays.fill(ends, v, end, end);
    }
    for (int v = all - 1; v >= 0; v--) {
      int next = ends[v];
      boolean isSame = next < whole && ends[next] - next == next - firsts[v];
      lasts[v] = isSame ? lasts[next] : next;
    }
  }

  /** Each a block of its own. */
  static DepthwiseVectors single(int filters) {
    int vectors = Math.ceilDiv(filters, Simd.LANES);
    return new DepthwiseVectors(vectors, vectors, 1);
  }

  /** Of the next block where so many vectors are left. */
  private static int width(int left, int widest) {
    int over = left % widest;
    boolean isUneven = over > 0 && over < widest - 1 && left > widest && left < 2 * widest;
    return isUneven ? Math.ceilDiv(left, 2) : Math.min(left, widest);
  }

  int first(int vector) {
    return firsts[vector];
  }

  int width(int vector) {
    return ends[vector] - firsts[vector];
  }

  /** Vectors from one on that are of its block and before an end. */
  int together(int vector, int end) {
    return Math.min(ends[vector], end) - vector;
  }

  /**
   * One past the last vector, before an end, of all whole blocks as wide that follow one another
   * from its own on; of its own, if that is not whole.
   */
  int endOfSame(int vector, int end) {
    int width = width(vector);
    int together = together(vector, end);
    int whole = (Math.min(lasts[vector], end) - vector) / width * width;
    return vector + (together == width ? whole : together);
  }
}

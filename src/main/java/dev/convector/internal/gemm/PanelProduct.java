package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The loops around the register tile: many rows times one packed panel, cut into passes of at most
 * KC along the depth and into tiles of at most MR rows.
 *
 * <p>The order in which an element's products are added depends on its depth alone.
 */
public final class PanelProduct {
  /** Start values are the same for every row: a bias or zeros. */
  public static final int SAME_FOR_ALL_ROWS = 0;

  /** Start values lie as the rows of the result do: the result itself, most often. */
  public static final int AS_RESULT = -1;

  private PanelProduct() {}

  /**
   * Computes {@code c = clamp(start + a b)} for the rows {@code from} to {@code to} of the tables;
   * see the codegen folder's TileKernels for the arguments.
   */
  public static void run(
      int[] table,
      float[] a,
      int aRows,
      int aOffset,
      int depth,
      float[] b,
      int bOffset,
      int vectors,
      float[] start,
      int startOffset,
      int startMask,
      float[] c,
      int cRows,
      int cOffset,
      int from,
      int to,
      float low,
      float high) {
    int done = 0;
    do {
      int pass = Math.min(Blocking.KC, depth - done);
      boolean first = done == 0;
      boolean last = done + pass == depth;
      pass(
          table,
          a,
          aRows,
          aOffset + done,
          pass,
          b,
          bOffset + done * vectors * Simd.LANES,
          vectors,
          first ? start : c,
          first ? startOffset : cOffset,
          first ? startMask : AS_RESULT,
          c,
          cRows,
          cOffset,
          from,
          to,
          last ? low : Float.NEGATIVE_INFINITY,
          last ? high : Float.POSITIVE_INFINITY);
      done += pass;
    } while (done < depth);
  }

  private static void pass(
      int[] table,
      float[] a,
      int aRows,
      int aOffset,
      int depth,
      float[] b,
      int bOffset,
      int vectors,
      float[] start,
      int startOffset,
      int startMask,
      float[] c,
      int cRows,
      int cOffset,
      int from,
      int to,
      float low,
      float high) {
    // As even as possible (4 + 3, not 6 + 1): a tile of few rows is bound by latency.
    int tiles = Math.ceilDiv(to - from, RegisterTile.MR);
    int least = (to - from) / tiles;
    int larger = (to - from) % tiles;
    int t = from;
    for (int i = 0; i < tiles; i++) {
      int rows = i < larger ? least + 1 : least;
      if (vectors == RegisterTile.VECTORS) {
        TileKernels.run2(
            rows,
            t,
            table,
            a,
            aRows,
            aOffset,
            depth,
            b,
            bOffset,
            start,
            startOffset,
            startMask,
            c,
            cRows,
            cOffset,
            low,
            high);
      } else {
        TileKernels.run1(
            rows,
            t,
            table,
            a,
            aRows,
            aOffset,
            depth,
            b,
            bOffset,
            start,
            startOffset,
            startMask,
            c,
            cRows,
            cOffset,
            low,
            high);
      }
      t += rows;
    }
  }
}

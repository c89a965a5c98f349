package dev.convector.internal.gemm;

import dev.convector.internal.simd.Simd;

/**
 * The loops around the register tile: many rows times one packed panel, cut into passes of at most
 * KC along the depth and into tiles of at most MR rows.
 *
 * <p>The order in which an element's products are added depends on its depth alone.
 */
public final class PanelProduct {
  /** What sums start from where there is no bias. */
  public static final float[] ZEROS = new float[RegisterTile.NR];

  private PanelProduct() {}

  /**
   * Computes {@code c = clamp(start + a b)} for the rows {@code from} to {@code to} of the tables;
   * see the codegen folder's TileKernels for the arguments.
   *
   * @param bias what every row starts from; null: from what the result holds
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
      float[] bias,
      int biasOffset,
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
          done == 0 && bias != null ? bias : c,
          done == 0 && bias != null ? biasOffset : cOffset,
          done == 0 && bias != null ? 0 : -1,
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

  /**
   * The same where the rows are filters and the columns pixels of planes, whose steps of the depth
   * lie {@code bStep} floats apart. All of the depth is one pass.
   *
   * @param onto whether sums start from what the result holds, not from zeros
   * @param rowBias from {@code rowBiasOffset} on what each row of the tables is to be added
   */
  public static void runPlanar(
      int[] table,
      float[] a,
      int aRows,
      int aOffset,
      int depth,
      float[] b,
      int bOffset,
      int bStep,
      int vectors,
      boolean onto,
      float[] rowBias,
      int rowBiasOffset,
      float[] c,
      int cRows,
      int cOffset,
      int from,
      int to,
      float low,
      float high) {
    float[] start = onto ? c : ZEROS;
    int startOffset = onto ? cOffset : 0;
    int startMask = onto ? -1 : 0;
    int rows;
    for (int t = from; t < to; t += rows) {
      rows = Math.min(RegisterTile.nextRows(to - t), to - t);
      int even = rows == 1 ? 1 : rows + rows % 2;
      if (vectors == RegisterTile.VECTORS) {
        TileKernels.runPlanar2(
            even,
            t,
            bStep,
            rowBias,
            rowBiasOffset,
            rows - 1,
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
        TileKernels.runPlanar1(
            even,
            t,
            bStep,
            rowBias,
            rowBiasOffset,
            rows - 1,
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
    }
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
    int tile;
    for (int t = from; t < to; t += tile) {
      tile = Math.min(RegisterTile.nextRows(to - t), to - t);
      tile(
          tile,
          t,
          table,
          a,
          aRows,
          aOffset,
          depth,
          b,
          bOffset,
          vectors,
          start,
          startOffset,
          startMask,
          c,
          cRows,
          cOffset,
          low,
          high);
    }
  }

  /** One tile of at most MR rows: with an odd number of them, its last row is computed twice. */
  private static void tile(
      int rows,
      int t,
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
      float low,
      float high) {
    int even = rows == 1 ? 1 : rows + rows % 2;
    int last = rows - 1;
    if (vectors == RegisterTile.VECTORS) {
      TileKernels.run2(
          even,
          t,
          last,
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
          even,
          t,
          last,
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
  }
}

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.gemm.TileKernels}: one static method per register tile.
 *
 * <p>Run by the build as {@code java TileKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code rows x vectors} computes, for each of its rows {@code i} and each lane {@code j}
 * of its {@code vectors * LANES} columns,
 *
 * <pre>
 *   c[table[cRows + t + i] + cOffset + j] =
 *       clamp( start[startOffset + (table[cRows + t + i] & startMask) + j]
 *              + sum over k in [0, depth) of
 *                    a[table[aRows + t + i] + aOffset + k] * b[bOffset + k * NR + j] )
 * </pre>
 *
 * <ul>
 *   <li>{@code table}: from {@code aRows} on, where each row (a pixel, a Winograd tile, a row of a
 *       matrix) starts in the unpacked left operand; from {@code cRows} on, where it starts in the
 *       result. A table, not a stride: so the same method serves pixels of any stride, dilation or
 *       padding.
 *   <li>{@code b}: a packed panel, {@code depth} steps of {@code NR = vectors * LANES} floats.
 *   <li>A {@code planar} tile has planes of pixels as the right operand, packed or where they lie:
 *       its steps are {@code bStep} floats apart. Its rows are filters, so that each has a bias of
 *       its own, {@code rowBias[rowBiasOffset + t + i]}, added behind the products. The range
 *       checks of {@code b} stay in its loop, since C2 moves out only those of indexes with a
 *       constant scale; so packed panels have methods of their own.
 *   <li>{@code start}: where the accumulators begin. {@code startMask = 0} gives every row the same
 *       values (a bias, or zeros); {@code startMask = -1} lets them follow the rows of {@code c}
 *       (an earlier block of the depth, or a residual already added). One method for both: two
 *       would gain 1 % at a depth of 64, and each method costs a fresh JVM 0.2 s of compilation.
 *   <li>{@code last}: the index of the last row, {@code rows - 1} or one less: then the last two
 *       rows are the same row, which is computed twice and written twice with the same values,
 *       since all loads come before all stores. So no odd numbers of rows are needed.
 *   <li>{@code low}, {@code high}: the clamp; minus and plus infinity mean none. Comparison and
 *       blend, two instructions each: max and min must also order -0 and +0 and cost three times
 *       that, 5 % of a product of depth 64. Without a clamp the stores are plain, another 3 %.
 * </ul>
 *
 * <h2>Why it is written out</h2>
 *
 * C2 keeps accumulators in registers only when they are named locals of one straight-line loop
 * body: arrays of vectors cost a factor of 30 to 100, nested tap loops or an unrolled depth spill.
 * So the depth loop below is flat and not unrolled, and everything around it is straight-line.
 *
 * <h2>Which shapes</h2>
 *
 * C2 may hoist every broadcast above the multiply-adds, so a shape fits for certain when
 * accumulators + rows + vectors stay below the number of registers. {@code RegisterTile} says which
 * is used and why; the smaller ones are for the remainders.
 */
public final class TileKernels {

  /** Rows of the tiles, tallest first; PanelProduct cuts rows into these. */
  private static final int[] ROWS = {8, 6, 4, 2, 1};

  private static final int[] VECTORS = {2, 1};

  private TileKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "gemm");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("TileKernels.java")))) {
      out.print(
          """
          package dev.convector.internal.gemm;

          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import jdk.incubator.vector.FloatVector;

          /** Register tiles of the dense micro-kernel; generated, see TileKernels in the codegen folder. */
          final class TileKernels {
            private TileKernels() {}
          """);
      for (boolean planar : new boolean[] {false, true}) {
        for (int vectors : VECTORS) {
          dispatcher(out, vectors, planar);
          for (int rows : ROWS) {
            tile(out, rows, vectors, planar);
          }
        }
      }
      out.println("}");
    }
  }

  private static final String PARAMETERS =
      """
      int last, int[] table, float[] a, int aRows, int aOffset, int depth, float[] b, int bOffset,
            float[] start, int startOffset, int startMask,
            float[] c, int cRows, int cOffset, float low, float high\
      """;

  private static final String ARGUMENTS =
      "last, table, a, aRows, aOffset, depth, b, bOffset, start, startOffset, startMask, c, cRows,"
          + " cOffset, low, high";

  private static String parameters(boolean planar) {
    return (planar ? "int bStep, float[] rowBias, int rowBiasOffset, " : "") + PARAMETERS;
  }

  private static String method(boolean planar, int rows, int vectors) {
    return (planar ? "planar" : "tile") + rows + "x" + vectors;
  }

  /** Small enough to be inlined into the loop over the tiles. */
  private static void dispatcher(PrintWriter out, int vectors, boolean planar) {
    out.printf(
        "%n  static void %s%d(int rows, int t, %s) {%n",
        planar ? "runPlanar" : "run", vectors, parameters(planar));
    out.println("    switch (rows) {");
    for (int rows : ROWS) {
      out.printf(
          "      case %d -> %s(t, %s%s);%n",
          rows,
          method(planar, rows, vectors),
          planar ? "bStep, rowBias, rowBiasOffset, " : "",
          ARGUMENTS);
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + rows + \" rows\");");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(PrintWriter out, int rows, int vectors, boolean planar) {
    out.printf(
        "%n  static void %s(int t, %s) {%n", method(planar, rows, vectors), parameters(planar));
    for (int i = 0; i < rows; i++) {
      String row = i > 0 && i == rows - 1 ? "last" : Integer.toString(i);
      out.printf("    int a%d = table[aRows + t + %s] + aOffset;%n", i, row);
      out.printf("    int c%d = table[cRows + t + %s];%n", i, row);
    }
    for (int i = 0; i < rows; i++) {
      out.printf("    int s%d = startOffset + (c%d & startMask);%n", i, i);
      for (int v = 0; v < vectors; v++) {
        out.printf(
            "    FloatVector c%d_%d = FloatVector.fromArray(SPECIES, start, s%d + %d * LANES);%n",
            i, v, i, v);
      }
    }
    out.println("    for (int k = 0; k < depth; k++) {");
    for (int v = 0; v < vectors; v++) {
      out.printf(
          "      FloatVector b%d = FloatVector.fromArray(SPECIES, b, bOffset + k * %s + %d * LANES);%n",
          v, planar ? "bStep" : vectors + " * LANES", v);
    }
    for (int i = 0; i < rows; i++) {
      out.printf("      FloatVector x%d = FloatVector.broadcast(SPECIES, a[a%d + k]);%n", i, i);
      for (int v = 0; v < vectors; v++) {
        out.printf("      c%d_%d = x%d.fma(b%d, c%d_%d);%n", i, v, i, v, i, v);
      }
    }
    out.println("    }");
    for (int i = 0; planar && i < rows; i++) {
      String row = i > 0 && i == rows - 1 ? "last" : Integer.toString(i);
      out.printf(
          "    FloatVector y%d = FloatVector.broadcast(SPECIES, rowBias[rowBiasOffset + t + %s]);%n",
          i, row);
      for (int v = 0; v < vectors; v++) {
        out.printf("    c%1$d_%2$d = c%1$d_%2$d.add(y%1$d);%n", i, v);
      }
    }
    out.println("    if (low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY) {");
    stores(out, rows, vectors, "");
    out.println("      return;");
    out.println("    }");
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    stores(
        out,
        rows,
        vectors,
        """
              c%1$d_%2$d = c%1$d_%2$d.blend(lows, c%1$d_%2$d.lt(lows));
              c%1$d_%2$d = c%1$d_%2$d.blend(highs, highs.lt(c%1$d_%2$d));
        """);
    out.println("  }");
  }

  private static void stores(PrintWriter out, int rows, int vectors, String before) {
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < vectors; v++) {
        out.printf(before, i, v);
        out.printf("      c%1$d_%2$d.intoArray(c, c%1$d + cOffset + %2$d * LANES);%n", i, v);
      }
    }
  }
}

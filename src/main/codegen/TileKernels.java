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
 * of its {@code vectors * LANES} columns, with the operands of a {@code PanelProduct p},
 *
 * <pre>
 *   sum = start[startOffset + j]
 *         + sum over k in [0, depth) of
 *               a[table[aRows + t + i] + aOffset + k] * b[bOffset + k * vectors * LANES + j]
 *   at  = table[cRows + t + i] + cOffset + j
 *   c[at] = min(high, max(low, onto ? sum + c[at] : sum))
 * </pre>
 *
 * <ul>
 *   <li>{@code table}: from {@code aRows} on, where each row (a pixel, a Winograd tile, a row of a
 *       matrix) starts in the unpacked left operand; from {@code cRows} on, where it starts in the
 *       result. A table, not a stride: so the same method serves pixels of any stride, dilation or
 *       padding. It costs 1 to 3 % at a depth of 32, less beyond.
 *   <li>{@code b}: a packed panel, {@code depth} steps of {@code vectors * LANES} floats.
 *   <li>A {@code planar} tile has pixels as columns and filters as rows, so that each row starts
 *       from a value of its own, {@code start[startOffset + t + i]}. Its panel is packed too: with
 *       steps of a variable size, planes read where they lie, the range checks of {@code b} stayed
 *       in the loop (C2 moves out only those of indexes with a constant scale), and two
 *       multiply-adds a cycle leave no time for them: 777 against 601 us (Granite Rapids, 256 to
 *       256 channels at 28x28).
 *   <li>{@code onto}: whether the sums are added to what the result holds, an earlier block of the
 *       depth or a residual.
 *   <li>{@code last}: the index of the last row, {@code rows - 1} or one less: then the last two
 *       rows are the same row, which is computed twice and written twice with the same values,
 *       since all loads come before all stores. So no odd numbers of rows are needed.
 *   <li>{@code lowClamped}, {@code highClamped}: whether to clamp to {@code low} and to {@code
 *       high}, each apart, so that ReLU pays for one. Comparison and blend: max and min must also
 *       order -0 and +0 and cost three times that. At a depth of 64 ReLU costs 2 % of the products,
 *       both bounds 4 %.
 * </ul>
 *
 * <h2>Why it is written out</h2>
 *
 * C2 keeps accumulators in registers only when they are named locals of one straight-line loop
 * body: arrays of vectors cost a factor of 30 to 100, nested tap loops or an unrolled depth spill.
 * So the depth loop below is flat and not unrolled, and everything around it is straight-line.
 * Unrolling would pay: on Granite Rapids the same loop in C has 85 % of the peak with a panel in
 * the second-level cache, and 94 % with two steps an iteration (first-level: 94 % both). But C2
 * loads both steps' vectors first, also across a branch between them, and spills: 67 %. A panel cut
 * to fit the first level loses as much by loading and storing the sums more often.
 *
 * <h2>Why the operands are fields</h2>
 *
 * What stands before and after the loop, checks and addresses for every row, is as much as the
 * reorder buffer holds, so that two tiles' products overlap only if it is little. As 17 arguments
 * the operands went over the stack, twice; as fields they are loaded where they are used. And the
 * 13 general registers that C2 has must do, since it spills the rest into vector registers: the way
 * back waits behind the multiply-adds, 100 cycles a tile. That, not the vector registers, limits
 * the rows: with 8 of them, and 2 vectors, 89 % of the multiply-add peak at a depth of 64, with 6
 * by 4 94 to 95 % (Zen 4, operands in the first-level cache; the same loop in C 98 %).
 *
 * <h2>Which shapes</h2>
 *
 * {@code RegisterTile} says which is used and why; the others are for the remainders.
 */
public final class TileKernels {

  /** Rows of the tiles, tallest first; PanelProduct cuts rows into these. */
  private static final int[] ROWS = {6, 4, 2, 1};

  /** Rows of the tiles of one and two vectors that aren't planar. */
  private static final int[] NARROW_ROWS = {12, 10, 8, 6, 4, 2, 1};

  private static final int[] VECTORS = {4, 3, 2, 1};

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
      for (String kind : new String[] {"tile", "planar"}) {
        dispatcher(out, kind);
        for (int vectors : VECTORS) {
          dispatcher(out, kind, vectors);
          for (int rows : rows(kind, vectors)) {
            tile(out, kind, rows, vectors);
          }
        }
      }
      out.println("}");
    }
  }

  private static int[] rows(String kind, int vectors) {
    return vectors <= 2 && !kind.equals("planar") ? NARROW_ROWS : ROWS;
  }

  private static void dispatcher(PrintWriter out, String kind) {
    out.printf("%n  static void %s(PanelProduct p, int rows, int t, int last) {%n", kind);
    out.println("    switch (p.vectors) {");
    for (int vectors : VECTORS) {
      out.printf("      case %d -> %s%d(p, rows, t, last);%n", vectors, kind, vectors);
    }
    out.println(
        "      default -> throw new AssertionError(\"no tile of \" + p.vectors + \" vectors\");");
    out.println("    }");
    out.println("  }");
  }

  private static void dispatcher(PrintWriter out, String kind, int vectors) {
    out.printf(
        "%n  private static void %s%d(PanelProduct p, int rows, int t, int last) {%n",
        kind, vectors);
    out.println("    switch (rows) {");
    for (int rows : rows(kind, vectors)) {
      out.printf("      case %d -> %s%dx%d(p, t, last);%n", rows, kind, rows, vectors);
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + rows + \" rows\");");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(PrintWriter out, String kind, int rows, int vectors) {
    boolean planar = kind.equals("planar");
    out.printf(
        "%n  private static void %s%dx%d(PanelProduct p, int t, int last) {%n",
        kind, rows, vectors);
    out.println("    float[] a = p.a;");
    out.println("    float[] b = p.b;");
    out.println("    int[] table = p.table;");
    out.println("    int depth = p.depth;");
    out.println("    int bOffset = p.bOffset;");
    for (int i = 0; i < rows; i++) {
      out.printf("    int a%d = table[p.aRows + t + %s] + p.aOffset;%n", i, row(i, rows));
    }
    starts(out, rows, vectors, planar);
    out.println("    for (int k = 0; k < depth; k++) {");
    for (int v = 0; v < vectors; v++) {
      out.printf(
          "      FloatVector b%1$d = FloatVector.fromArray(SPECIES, b, bOffset + k * %2$d * LANES + %1$d * LANES);%n",
          v, vectors);
    }
    for (int i = 0; i < rows; i++) {
      out.printf("      FloatVector x%d = FloatVector.broadcast(SPECIES, a[a%d + k]);%n", i, i);
      for (int v = 0; v < vectors; v++) {
        out.printf("      c%d_%d = x%d.fma(b%d, c%d_%d);%n", i, v, i, v, i, v);
      }
    }
    out.println("    }");
    out.println("    float[] c = p.c;");
    out.println("    if (p.onto) {");
    for (int i = 0; i < rows; i++) {
      out.printf("      int d%d = table[p.cRows + t + %s] + p.cOffset;%n", i, row(i, rows));
      for (int v = 0; v < vectors; v++) {
        out.printf(
            "      c%1$d_%2$d = c%1$d_%2$d.add(FloatVector.fromArray(SPECIES, c, d%1$d + %2$d * LANES));%n",
            i, v);
      }
    }
    out.println("    }");
    bound(out, rows, vectors, "low", "c%1$d_%2$d = c%1$d_%2$d.blend(lows, c%1$d_%2$d.lt(lows));");
    bound(
        out, rows, vectors, "high", "c%1$d_%2$d = c%1$d_%2$d.blend(highs, highs.lt(c%1$d_%2$d));");
    for (int i = 0; i < rows; i++) {
      out.printf("    int r%d = table[p.cRows + t + %s] + p.cOffset;%n", i, row(i, rows));
      for (int v = 0; v < vectors; v++) {
        out.printf("    c%1$d_%2$d.intoArray(c, r%1$d + %2$d * LANES);%n", i, v);
      }
    }
    out.println("  }");
  }

  private static String row(int i, int rows) {
    return i > 0 && i == rows - 1 ? "last" : Integer.toString(i);
  }

  private static void starts(PrintWriter out, int rows, int vectors, boolean planar) {
    for (int v = 0; !planar && v < vectors; v++) {
      out.printf(
          "    FloatVector s%d = FloatVector.fromArray(SPECIES, p.start, p.startOffset + %d * LANES);%n",
          v, v);
    }
    for (int i = 0; i < rows; i++) {
      if (planar) {
        out.printf(
            "    FloatVector s%d = FloatVector.broadcast(SPECIES, p.start[p.startOffset + t + %s]);%n",
            i, row(i, rows));
      }
      for (int v = 0; v < vectors; v++) {
        out.printf("    FloatVector c%d_%d = s%d;%n", i, v, planar ? i : v);
      }
    }
  }

  private static void bound(PrintWriter out, int rows, int vectors, String bound, String apply) {
    out.printf("    if (p.%sClamped) {%n", bound);
    out.printf("      FloatVector %1$ss = FloatVector.broadcast(SPECIES, p.%1$s);%n", bound);
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < vectors; v++) {
        out.printf("      " + apply + "%n", i, v);
      }
    }
    out.println("    }");
  }
}

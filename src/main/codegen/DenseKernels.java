import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.kernel.DenseKernels}: one static method per register tile.
 *
 * <p>Run by the build as {@code java DenseKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code rows x vectors} computes, for each of its rows {@code i} and each lane {@code j}
 * of its {@code vectors * LANES} columns, with the operands of a {@code TileCall p},
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
 *   <li>{@code lowClamped}, {@code highClamped}: whether to clamp to {@code low} and to {@code
 *       high}, each apart, so that ReLU pays for one. Comparison and blend: max and min must also
 *       order -0 and +0 and cost three times that. At a depth of 64 ReLU costs 2 % of the products,
 *       both bounds 4 %.
 * </ul>
 *
 * <h2>Why it is written out</h2>
 *
 * C2 keeps accumulators in registers only when they are named locals of one straight-line loop
 * body: arrays of vectors cost a factor of 30 to 100, nested tap loops or a fully unrolled depth
 * spill. So the depth loop below is flat and everything around it is straight-line.
 *
 * <h2>Why some tiles are paired</h2>
 *
 * An iteration has one address to compute for each row (rows lie anywhere, so C2 needs an
 * instruction for each) and five more instructions on integers. Two of the five ports that they can
 * take on Intel's cores are those of the multiply-adds. With a panel in the first-level cache that
 * costs nothing; with one in the second, whose loads return late, the 6x4 tile has 89 % of the peak
 * on Granite Rapids, where the same loop in C, which needs three such instructions, has 98 %, and
 * 90 % with C2's added. A paired tile takes two steps of the depth an iteration, which share them:
 * 5x4 has 91 to 92 %, 12x2 86 where it had 81 %. C2 loads the vectors of both steps first, so they
 * must fit: 6x4 spills them (56 to 67 %). Rows a constant apart need one address (12x2 paired: 96
 * %), but copying rows so costs more than it gains at up to 128 filters and at a depth of 1024. A
 * panel cut to fit the first level loses as much by loading and storing the sums more often.
 *
 * <p>Only the tallest tile of each width is paired, and there is one for even depths without a last
 * step of its own: with one, and with all heights paired, a direct 3x3 layer reached its speed 0.2
 * s later, since C2 compiles one tile after another.
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
public final class DenseKernels {

  /** Most rows of a tile: TileCall cuts rows into tiles of 1 to so many. */
  private static final int ROWS = 6;

  /** Most rows of the tiles of one and two vectors that aren't planar. */
  private static final int NARROW_ROWS = 12;

  /** Most vectors of a tile. */
  private static final int VECTORS = 4;

  /** Kinds of paired tiles: for an even depth, and with a last step for an odd one. */
  private static final String EVEN = "Even";

  private static final String ODD = "Odd";

  private DenseKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "kernel");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("DenseKernels.java")))) {
      out.print(
          """
          package dev.convector.internal.kernel;

          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import jdk.incubator.vector.FloatVector;

          /** Register tiles of the dense micro-kernel; generated, see DenseKernels in the codegen folder. */
          final class DenseKernels {
            private DenseKernels() {}
          """);
      for (String kind : new String[] {"tile", "planar"}) {
        dispatcher(out, kind);
        for (int vectors = 1; vectors <= VECTORS; vectors++) {
          dispatcher(out, kind, vectors);
          for (int rows = 1; rows <= mostRows(kind, vectors); rows++) {
            if (isPaired(rows, vectors)) {
              tile(out, kind + EVEN, rows, vectors);
              tile(out, kind + odd(vectors), rows, vectors);
            } else {
              tile(out, kind, rows, vectors);
            }
          }
        }
      }
      out.println("}");
    }
  }

  private static int mostRows(String kind, int vectors) {
    return vectors <= 2 && !kind.equals("planar") ? NARROW_ROWS : ROWS;
  }

  /** Whether a tile takes two steps of the depth an iteration. */
  private static boolean isPaired(int rows, int vectors) {
    return switch (vectors) {
      case 4 -> rows == 5;
      case 3 -> rows == 6;
      default -> rows == NARROW_ROWS;
    };
  }

  /**
   * What serves odd depths beside a paired tile: narrow tiles, unpaired, since C2 needs over two
   * seconds for 72 multiply-adds in 12 rows.
   */
  private static String odd(int vectors) {
    return vectors > 2 ? ODD : "";
  }

  private static void dispatcher(PrintWriter out, String kind) {
    out.printf("%n  static void %s(TileCall p, int rows, int t) {%n", kind);
    out.println("    switch (p.vectors) {");
    for (int vectors = 1; vectors <= VECTORS; vectors++) {
      out.printf("      case %d -> %s%d(p, rows, t);%n", vectors, kind, vectors);
    }
    out.println(
        "      default -> throw new AssertionError(\"no tile of \" + p.vectors + \" vectors\");");
    out.println("    }");
    out.println("  }");
  }

  private static void dispatcher(PrintWriter out, String kind, int vectors) {
    out.printf("%n  private static void %s%d(TileCall p, int rows, int t) {%n", kind, vectors);
    out.println("    switch (rows) {");
    for (int rows = 1; rows <= mostRows(kind, vectors); rows++) {
      if (isPaired(rows, vectors)) {
        out.printf("      case %d -> {%n", rows);
        out.println("        if (p.depth % 2 == 0) {");
        out.printf("          %s%dx%d(p, t);%n", kind + EVEN, rows, vectors);
        out.println("        } else {");
        out.printf("          %s%dx%d(p, t);%n", kind + odd(vectors), rows, vectors);
        out.println("        }");
        out.println("      }");
      } else {
        out.printf("      case %d -> %s%dx%d(p, t);%n", rows, kind, rows, vectors);
      }
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + rows + \" rows\");");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(PrintWriter out, String kind, int rows, int vectors) {
    boolean planar = kind.startsWith("planar");
    out.printf("%n  private static void %s%dx%d(TileCall p, int t) {%n", kind, rows, vectors);
    out.println("    float[] a = p.a;");
    out.println("    float[] b = p.b;");
    out.println("    int[] table = p.table;");
    out.println("    int depth = p.depth;");
    out.println("    int bOffset = p.bOffset;");
    for (int i = 0; i < rows; i++) {
      out.printf("    int a%d = table[p.aRows + t + %d] + p.aOffset;%n", i, i);
    }
    starts(out, rows, vectors, planar);
    boolean even = kind.endsWith(EVEN);
    boolean odd = kind.endsWith(ODD);
    out.printf(
        "    for (int k = 0; k < depth%s; k += %d) {%n", odd ? " - 1" : "", even || odd ? 2 : 1);
    step(out, rows, vectors, 0);
    if (even || odd) {
      step(out, rows, vectors, 1);
    }
    out.println("    }");
    if (odd) {
      out.println("    int k = depth - 1;");
      step(out, rows, vectors, 0);
    }
    out.println("    float[] c = p.c;");
    out.println("    if (p.onto) {");
    for (int i = 0; i < rows; i++) {
      out.printf("      int d%d = table[p.cRows + t + %d] + p.cOffset;%n", i, i);
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
      out.printf("    int r%d = table[p.cRows + t + %d] + p.cOffset;%n", i, i);
      for (int v = 0; v < vectors; v++) {
        out.printf("    c%1$d_%2$d.intoArray(c, r%1$d + %2$d * LANES);%n", i, v);
      }
    }
    out.println("  }");
  }

  /** One step of the depth, so many behind {@code k}. */
  private static void step(PrintWriter out, int rows, int vectors, int behind) {
    for (int v = 0; v < vectors; v++) {
      out.printf(
          "      FloatVector b%1$d_%2$d = FloatVector.fromArray(SPECIES, b, bOffset + k * %3$d * LANES + %4$d * LANES);%n",
          behind, v, vectors, behind * vectors + v);
    }
    for (int i = 0; i < rows; i++) {
      out.printf(
          "      FloatVector x%1$d_%2$d = FloatVector.broadcast(SPECIES, a[a%2$d + k + %1$d]);%n",
          behind, i);
      for (int v = 0; v < vectors; v++) {
        out.printf("      c%2$d_%3$d = x%1$d_%2$d.fma(b%1$d_%3$d, c%2$d_%3$d);%n", behind, i, v);
      }
    }
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
            "    FloatVector s%d = FloatVector.broadcast(SPECIES, p.start[p.startOffset + t + %d]);%n",
            i, i);
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

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwiseKernels}: one static method per tile of
 * the depthwise micro-kernel.
 *
 * <p>Run by the build as {@code java DepthwiseKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code T} neighbouring output columns, {@code S} kernel columns and column stride
 * {@code D} computes, for each column {@code t} and each channel {@code c} in {@code [from, to)},
 *
 * <pre>
 *   y[yOffset + t * yStep + c] =
 *       clamp( start[startOffset + t * startStep + c]
 *              + sum over g in [0, groups) and s in [0, S) of
 *                    x[xOffset + table[tableOffset + g] + (t * D + s) * xStep + c]
 *                        * w[wOffset + c * taps + (g * S + s) * LANES] )
 * </pre>
 *
 * <ul>
 *   <li>A group {@code g} is a run of {@code S} taps on neighbouring input columns: a kernel row,
 *       or a part of one. {@code table} says where each starts, so that rows, dilation and taps in
 *       any arrangement ({@code S} = 1) are the same loop.
 *   <li>{@code w}: for each vector of channels its {@code taps} taps, {@code LANES} floats each.
 *   <li>{@code start}: where the sums begin. {@code startStep = 0} gives every column the same
 *       values (a bias); otherwise they follow the columns (a residual, or an earlier pass over
 *       other taps), and may be the very place of {@code y}.
 *   <li>{@code left}, {@code right}: how many of the first and last input columns of the tile lie
 *       outside the image and count as zeros; at most {@code S / 2} each, and at least one column
 *       of the tile must lie inside.
 *   <li>{@code from}, {@code to} are multiples of LANES. Channels that don't fill a vector go
 *       through scratch: C2 gives up on tiles with masked loads, which then allocate every vector.
 * </ul>
 *
 * <h2>Why these tiles</h2>
 *
 * One input vector serves up to {@code S} of the tile's outputs, and one weight vector all {@code
 * T}: 3 kernel columns and 7 output columns need 9 + 3 loads for 21 multiply-adds, where one output
 * alone would need 42. Each input is used at once and forgotten, so that only {@code T} sums and
 * {@code S} weights stay in registers: 14 with 7 and 7, which fits 16 registers too. Widths of 7,
 * 14, 28, 56 and 112 are whole tiles of 7; others are cut as evenly as possible.
 *
 * <p>{@code tiles} such tiles follow one another along the row: the first has {@code left} columns
 * outside, the last {@code right}. Their loop is inside the method, since a call costs as much as a
 * tile: with it outside 32 channels at 112x112 took 205 microseconds, inside 111 to 140 (Zen 4).
 *
 * <p>A strip in scratch has its columns LANES floats apart and zeros outside: one address serves
 * all columns of a run, nothing is blended, and with 32 registers a tile has 14 columns, since 7
 * sums cannot hide the latency of two multiply-adds a cycle (four cycles each).
 *
 * <p>Columns outside are blended to zeros instead of having methods of their own. Most kernels of
 * three rows and columns have {@link Depthwise3x3Kernels} instead.
 */
public final class DepthwiseKernels {
  /** Widest tile. */
  private static final int TILE = 7;

  /** Widest tile of a strip where there are 32 registers. */
  private static final int WIDE_TILE = 14;

  /** Kernel columns with a method of their own; 1 serves any arrangement of taps. */
  private static final int[] COLUMNS = {1, 2, 3, 5, 7};

  private static final int[] STRIDES = {1, 2};

  private DepthwiseKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "depthwise");
    Files.createDirectories(folder);
    for (int stride : STRIDES) {
      for (int columns : COLUMNS) {
        if (columns == 1 && stride > 1) {
          continue;
        }
        String name = "DepthwiseKernels" + columns + "s" + stride;
        try (PrintWriter out =
            new PrintWriter(Files.newBufferedWriter(folder.resolve(name + ".java")))) {
          kernels(out, name, columns, stride);
        }
      }
    }
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("DepthwiseKernels.java")))) {
      dispatcher(out);
    }
  }

  private static final String PARAMETERS =
      """
      int tiles, float[] x, int xOffset, int xStep, int[] table, int tableOffset, int groups,
            float[] w, int wOffset, int taps, float[] start, int startOffset, int startStep,
            float[] y, int yOffset, int yStep, float low, float high, int left, int right\
      """;

  private static final String ARGUMENTS =
      "tiles, x, xOffset, xStep, table, tableOffset, groups, w, wOffset, taps, start, startOffset,"
          + " startStep, y, yOffset, yStep, low, high, left, right";

  /** Of strips, whose columns are LANES floats apart and never outside. */
  private static final String STRIP_PARAMETERS =
      PARAMETERS.replace(" int xStep,", "").replace(", int left, int right", "");

  private static final String STRIP_ARGUMENTS =
      ARGUMENTS.replace(" xStep,", "").replace(", left, right", "");

  private static void header(PrintWriter out) {
    out.print(
        """
        package dev.convector.internal.depthwise;

        import static dev.convector.internal.simd.Simd.LANES;
        import static dev.convector.internal.simd.Simd.SPECIES;

        import dev.convector.internal.simd.Simd;
        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.VectorMask;

        """);
  }

  private static void dispatcher(PrintWriter out) {
    header(out);
    out.printf(
        """
        /** Tiles of the depthwise micro-kernel; generated, see DepthwiseKernels in the codegen folder. */
        final class DepthwiseKernels {
          /** Most output columns of a tile. */
          static final int TILE = %d;

          /** Most output columns of a tile of a strip. */
          static final int STRIP_TILE = Simd.REGISTERS >= 32 ? %d : TILE;

          private DepthwiseKernels() {}

          /** Whether there are methods for so many kernel columns at a stride. */
          static boolean has(int columns, int stride) {
            return switch (columns) {
        """,
        TILE, WIDE_TILE);
    for (int columns : COLUMNS) {
      out.printf(
          "      case %d -> stride == 1%s;%n", columns, columns == 1 ? "" : " || stride == 2");
    }
    out.println("      default -> false;\n    };\n  }");
    out.printf(
        "%n  static void run(boolean strip, int columns, int stride, int tile, int from, int to, %s) {%n",
        PARAMETERS);
    out.println("    if (strip) {");
    out.printf("      strip(columns, tile, from, to, %s);%n", STRIP_ARGUMENTS);
    out.println("      return;");
    out.println("    }");
    out.println("    switch (columns * 2 + stride) {");
    for (int stride : STRIDES) {
      for (int columns : COLUMNS) {
        if (columns > 1 || stride == 1) {
          out.printf(
              "      case %d -> DepthwiseKernels%ds%d.run(tile, from, to, %s);%n",
              columns * 2 + stride, columns, stride, ARGUMENTS);
        }
      }
    }
    out.println(
        "      default -> throw new AssertionError(\"no tile of \" + columns + \" columns\");");
    out.println("    }\n  }");
    out.printf(
        "%n  /** From a strip at stride 1. */%n  private static void strip(int columns, int tile, int from, int to, %s) {%n",
        STRIP_PARAMETERS);
    out.println("    switch (columns) {");
    for (int columns : COLUMNS) {
      out.printf(
          "      case %d -> DepthwiseKernels%ds1.strip(tile, from, to, %s);%n",
          columns, columns, STRIP_ARGUMENTS);
    }
    out.println(
        "      default -> throw new AssertionError(\"no tile of \" + columns + \" columns\");");
    out.println("    }\n  }");
    out.println("}");
  }

  private static void kernels(PrintWriter out, String name, int columns, int stride) {
    header(out);
    out.printf("/** Tiles of %d kernel columns at stride %d; generated. */%n", columns, stride);
    out.printf("final class %s {%n  private %s() {}%n", name, name);
    tiles(out, columns, stride, false);
    if (stride == 1) {
      tiles(out, columns, stride, true);
    }
    out.println("}");
  }

  private static void tiles(PrintWriter out, int columns, int stride, boolean strip) {
    int widest = strip ? WIDE_TILE : TILE;
    out.printf(
        "%n  static void %s(int tile, int from, int to, %s) {%n",
        strip ? "strip" : "run", strip ? STRIP_PARAMETERS : PARAMETERS);
    out.println("    switch (tile) {");
    for (int tile = widest; tile >= 1; tile--) {
      out.printf(
          "      case %d -> %s%d(from, to, %s);%n",
          tile, strip ? "strip" : "tile", tile, strip ? STRIP_ARGUMENTS : ARGUMENTS);
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + tile);");
    out.println("    }\n  }");
    for (int tile = widest; tile >= 1; tile--) {
      tile(out, columns, stride, tile, strip);
    }
  }

  private static void tile(PrintWriter out, int columns, int stride, int tile, boolean strip) {
    int span = (tile - 1) * stride + columns;
    int edge = columns / 2;
    if (strip) {
      out.printf("%n  static void strip%d(int from, int to, %s) {%n", tile, STRIP_PARAMETERS);
    } else {
      out.printf("%n  static void tile%d(int from, int to, %s) {%n", tile, PARAMETERS);
      out.println("    FloatVector zeros = FloatVector.zero(SPECIES);");
    }
    out.println(
        "    boolean unlimited ="
            + " low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;");
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    out.println("    for (int c = from; c < to; c += LANES) {");
    out.println("    int wc = wOffset + c * taps;");
    out.println("    for (int i = 0; i < tiles; i++) {");
    if (strip) {
      out.printf("      int xi = xOffset + i * %d * LANES;%n", tile);
    } else {
      edges(out, stride, tile, span, edge);
    }
    for (int t = 0; t < tile; t++) {
      out.printf(
          "      FloatVector y%d = FloatVector.fromArray(SPECIES, start, startOffset + (i * %d + %d) * startStep + c);%n",
          t, tile, t);
    }
    out.println("      for (int g = 0; g < groups; g++) {");
    out.println("        int xg = table[tableOffset + g] + c;");
    for (int s = 0; s < columns; s++) {
      out.printf(
          "        FloatVector w%d = FloatVector.fromArray(SPECIES, w, wc + (g * %d + %d) * LANES);%n",
          s, columns, s);
    }
    group(out, columns, stride, tile, strip);
    out.println("      }");
    out.println("      if (unlimited) {");
    for (int t = 0; t < tile; t++) {
      out.printf("        y%1$d.intoArray(y, yOffset + (i * %2$d + %1$d) * yStep + c);%n", t, tile);
    }
    out.println("      } else {");
    for (int t = 0; t < tile; t++) {
      out.printf(
          "        y%1$d = y%1$d.blend(lows, y%1$d.lt(lows));%n"
              + "        y%1$d.blend(highs, highs.lt(y%1$d)).intoArray(y, yOffset + (i * %2$d + %1$d) * yStep + c);%n",
          t, tile);
    }
    out.println("      }");
    out.println("    }");
    out.println("    }");
    out.println("  }");
  }

  /** Prints where a tile's input columns lie, the outside ones anywhere inside, and their masks. */
  private static void edges(PrintWriter out, int stride, int tile, int span, int edge) {
    out.println("      int skip = i == 0 ? left : 0;");
    out.println("      int drop = i == tiles - 1 ? right : 0;");
    out.printf("      int xi = xOffset + i * %d * xStep;%n", tile * stride);
    for (int j = 0; j < span; j++) {
      String column = Integer.toString(j);
      if (j < edge) {
        column = "Math.max(" + column + ", skip)";
      }
      if (j >= span - edge) {
        column = "Math.min(" + column + ", " + (span - 1) + " - drop)";
      }
      out.printf("      int x%d = xi + %s * xStep;%n", j, column);
      String outside = outside(j, span, edge);
      if (outside != null) {
        out.printf(
            "      VectorMask<Float> m%d = FloatVector.broadcast(SPECIES, %s ? 0f : 1f).lt(0.5f);%n",
            j, outside);
      }
    }
  }

  /** Prints the multiply-adds of one run of taps. */
  private static void group(PrintWriter out, int columns, int stride, int tile, boolean strip) {
    int span = (tile - 1) * stride + columns;
    for (int j = 0; j < span; j++) {
      boolean inside = strip || outside(j, span, columns / 2) == null;
      out.printf(
          "        FloatVector v%d = FloatVector.fromArray(SPECIES, x, xg + %s)%s;%n",
          j, strip ? "xi + " + j + " * LANES" : "x" + j, inside ? "" : ".blend(zeros, m" + j + ")");
      for (int s = columns - 1; s >= 0; s--) {
        if (j - s >= 0 && (j - s) % stride == 0 && (j - s) / stride < tile) {
          int t = (j - s) / stride;
          out.printf("        y%d = v%d.fma(w%d, y%d);%n", t, j, s, t);
        }
      }
    }
  }

  /** The condition under which an input column of the tile is outside; null if it never is. */
  private static String outside(int j, int span, int edge) {
    String condition = null;
    if (j < edge) {
      condition = j + " < skip";
    }
    if (j >= span - edge) {
      String far = (span - 1 - j) + " < drop";
      condition = condition == null ? far : condition + " || " + far;
    }
    return condition;
  }
}

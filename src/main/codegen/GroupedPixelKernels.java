import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.grouped.GroupedPixelKernels}: tiles of filters times vectors
 * of neighbouring pixels, for channels-first convolution with few channels a group.
 *
 * <p>Run by the build as {@code java GroupedPixelKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code filters x vectors} computes, for each filter {@code f}, vector {@code v} and
 * lane {@code l},
 *
 * <pre>
 *   sum[f][v][l] = bias[biasOffset + f]
 *                  + sum over i in [0, depth) of
 *                        b[bOffset + i * FILTERS + f] * a[aOffset + steps[i] + v * LANES + l]
 *   c[cOffset + min(f, last) * cPlane + places[t + v] + l] =
 *       clamp( sum[f][v][lanes[(t + v) * LANES + l]] )
 * </pre>
 *
 * <ul>
 *   <li>{@code steps}: where each step of the depth (a channel and a tap) lies in the input. A
 *       table, so that one method serves every kernel, stride and dilation; its loads and the range
 *       checks are hidden behind the 16 multiply-adds of a step.
 *   <li>{@code lanes}, {@code places}: the rows of the input lie further apart than those of the
 *       output, so that a vector may hold lanes between two rows. A permutation moves those to its
 *       end, where the next vector's store overwrites them: stores go upwards through the plane.
 *   <li>{@code last}: the last filter; those after it are its copies and are stored where it is.
 *   <li>{@code low}, {@code high}: the clamp, as in DenseKernels.
 * </ul>
 *
 * <h2>Which shapes</h2>
 *
 * Almost every load of a vector of pixels crosses a cache line and so costs two cycles on Zen 4,
 * where a multiply-add and the load of a weight cost one: 8x2 has 16 multiply-adds for 12 cycles of
 * loads, 4x4 as many. 8x3, 4x5 and 4x6 were no faster (256 channels at 28x28, 8 a group: 330 us
 * against 324; 128 at 56x56, 4 a group: 372 against 349), and waste more where pixels are few. 4x2
 * is for 16 registers.
 */
public final class GroupedPixelKernels {
  private static final int[][] TILES = {{8, 2}, {4, 4}, {4, 2}};

  private GroupedPixelKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "grouped");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("GroupedPixelKernels.java")))) {
      out.print(
          """
          package dev.convector.internal.grouped;

          import static dev.convector.internal.simd.Simd.INTS;
          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import jdk.incubator.vector.FloatVector;
          import jdk.incubator.vector.IntVector;

          /** Generated, see GroupedPixelKernels in the codegen folder. */
          final class GroupedPixelKernels {
            private GroupedPixelKernels() {}
          """);
      dispatcher(out);
      for (int[] tile : TILES) {
        tile(out, tile[0], tile[1]);
      }
      out.println("}");
    }
  }

  private static final String PARAMETERS =
      """
      int[] steps, int depth, float[] a, int aOffset, float[] b, int bOffset,
            float[] bias, int biasOffset, int t, int[] lanes, int[] places,
            float[] c, int cOffset, int cPlane, int last, float low, float high\
      """;

  private static final String ARGUMENTS =
      "steps, depth, a, aOffset, b, bOffset, bias, biasOffset, t, lanes, places, c, cOffset,"
          + " cPlane, last, low, high";

  private static void dispatcher(PrintWriter out) {
    out.printf("%n  static void run(int filters, int vectors, %s) {%n", PARAMETERS);
    out.println("    switch (filters * 10 + vectors) {");
    for (int[] tile : TILES) {
      out.printf("      case %1$d%2$d -> tile%1$dx%2$d(%3$s);%n", tile[0], tile[1], ARGUMENTS);
    }
    out.println(
        "      default -> throw new AssertionError(\"no tile \" + filters + 'x' + vectors);");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(PrintWriter out, int filters, int vectors) {
    out.printf("%n  private static void tile%dx%d(%s) {%n", filters, vectors, PARAMETERS);
    for (int f = 0; f < filters; f++) {
      for (int v = 0; v < vectors; v++) {
        out.printf(
            v == 0
                ? "    FloatVector c%d_0 = FloatVector.broadcast(SPECIES, bias[biasOffset + %1$d]);%n"
                : "    FloatVector c%1$d_%2$d = c%1$d_0;%n",
            f,
            v);
      }
    }
    out.println("    for (int i = 0; i < depth; i++) {");
    out.println("      int at = aOffset + steps[i];");
    for (int v = 0; v < vectors; v++) {
      out.printf(
          "      FloatVector x%1$d = FloatVector.fromArray(SPECIES, a, at + %1$d * LANES);%n", v);
    }
    for (int f = 0; f < filters; f++) {
      out.printf(
          "      FloatVector w%1$d = FloatVector.broadcast(SPECIES, b[bOffset + i * %2$d + %1$d]);%n",
          f, filters);
      for (int v = 0; v < vectors; v++) {
        out.printf("      c%1$d_%2$d = x%2$d.fma(w%1$d, c%1$d_%2$d);%n", f, v);
      }
    }
    out.println("    }");
    out.println("    if (low != Float.NEGATIVE_INFINITY || high != Float.POSITIVE_INFINITY) {");
    out.println("      FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("      FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    for (int f = 0; f < filters; f++) {
      for (int v = 0; v < vectors; v++) {
        out.printf(
            """
                  c%1$d_%2$d = c%1$d_%2$d.blend(lows, c%1$d_%2$d.lt(lows));
                  c%1$d_%2$d = c%1$d_%2$d.blend(highs, highs.lt(c%1$d_%2$d));
            """,
            f, v);
      }
    }
    out.println("    }");
    for (int v = 0; v < vectors; v++) {
      out.printf(
          """
              IntVector l%1$d = IntVector.fromArray(INTS, lanes, (t + %1$d) * LANES);
              int p%1$d = cOffset + places[t + %1$d];
          """,
          v);
    }
    for (int f = 0; f < filters; f++) {
      out.printf("    int r%1$d = Math.min(%1$d, last) * cPlane;%n", f);
      for (int v = 0; v < vectors; v++) {
        out.printf(
            "    l%2$d.selectFrom(c%1$d_%2$d.reinterpretAsInts()).reinterpretAsFloats()"
                + ".intoArray(c, p%2$d + r%1$d);%n",
            f, v);
      }
    }
    out.println("  }");
  }
}

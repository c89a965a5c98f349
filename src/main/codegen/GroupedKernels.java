import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Prints the {@code Grouped...Kernels} of {@code dev.convector.internal.grouped}: tiles of
 * neighbouring output pixels of one row times one vector of filters (wide: two), for convolutions
 * with few channels a group.
 *
 * <p>Run by the build as {@code java GroupedKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of P pixels computes, for each pixel {@code p} and lane {@code l},
 *
 * <pre>
 *   c[cOffset + p * cStep + l] =
 *       clamp( start[startOffset + p * startStep + l]
 *              + sum over r in [fromStep, toStep), i in [0, channels), t in [0, TAPS) of
 *                    x(p * SPACING + t, r, i)[l]
 *                    * b[bOffset + ((r * channels + i) * TAPS + t) * LANES + l] )
 * </pre>
 *
 * where {@code x(k, r, i)} comes from input column k at {@code at = aOffset + steps[r] + k * STEP}:
 *
 * <ul>
 *   <li>broadcast, where all lanes belong to one group: {@code a[at + i]} in every lane;
 *   <li>select, where several groups share the vector: {@code a[at + index[indexOffset + i * LANES
 *       + l]]}, one permutation of LANES loaded channels.
 * </ul>
 *
 * A wide tile does the same for a second vector of filters, from {@code startVector}, {@code
 * bVector} and {@code cVector} floats further. One broadcast then serves both.
 *
 * <p>{@code tiles} tiles follow one another down the rows, {@code aRow} floats apart in the input
 * and {@code cRow} in the output: one call does several, since what precedes the loops costs as
 * much as a fifth of a tile.
 *
 * <h2>Why whole kernel rows</h2>
 *
 * Neighbouring pixels see the same input columns. With three taps and stride 1, 8 pixels need 10
 * columns for 24 multiply-adds: so 10 loads and permutations where one tap at a time needs 24, and
 * permutations compete with multiply-adds for ports. The kernel row's ends are cut where the first
 * or the last column of a tile lies outside the image ({@code L}, {@code R} in the name), so that
 * padding of one column is never read, nor multiplied.
 *
 * <h2>Why the columns' distance is a constant</h2>
 *
 * The address of a column is then one register and a displacement, and one range check covers all.
 * With the image's own distance each of up to 29 columns needs an index, more than there are
 * registers; C2 keeps the others in vector registers, and each move from there takes the place of a
 * multiply-add: 314 against 235 us on Granite Rapids (512 channels at 28x28, stride 2, 16 a group),
 * the copying to a GroupedStrip included.
 *
 * <h2>Why the weights' index is the loop's</h2>
 *
 * C2 moves the range checks of an index out of a loop if it is the loop's variable times a power of
 * two. The weights' index is 48 times the channel, so it is the variable itself; the input's then
 * goes along with it, and has the two checks that remain: 175 against 195 GFLOP/s (7 pixels wide).
 *
 * <h2>Which shapes</h2>
 *
 * {@code Row1}: 3 taps, stride 1. {@code Row2}: 3 taps, stride 2. {@code Tap}: one tap a step, any
 * distance of the pixels, for all other kernels. How many pixels a tile may have: GroupedTile.
 */
public final class GroupedKernels {
  /**
   * A class of kernels.
   *
   * @param vectors of filters
   * @param step floats from one input column to the next
   */
  private record How(String name, boolean select, int vectors, int mostPixels, String step) {
    String className() {
      return "Grouped" + name + "Kernels";
    }
  }

  private static final List<How> HOWS =
      List.of(
          new How("Broadcast8", false, 1, 14, "8"),
          new How("Broadcast16", false, 1, 14, "16"),
          new How("Broadcast32", false, 1, 14, "32"),
          new How("Broadcast48", false, 1, 14, "48"),
          new How("BroadcastWide8", false, 2, 8, "8"),
          new How("BroadcastWide16", false, 2, 8, "16"),
          new How("BroadcastWide32", false, 2, 8, "32"),
          new How("BroadcastWide48", false, 2, 8, "48"),
          new How("Select", true, 1, 8, "LANES"));

  /**
   * In the order of their numbers: one tap, rows of stride 1 and 2 with neither, the left, the
   * right or both ends cut.
   */
  private static final String[] KINDS = {
    "tap", "row1", "row1L", "row1R", "row1LR", "row2", "row2L", "row2R", "row2LR"
  };

  private GroupedKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "grouped");
    Files.createDirectories(folder);
    for (How how : HOWS) {
      Path file = folder.resolve(how.className() + ".java");
      try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
        print(out, how);
      }
    }
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("GroupedKernel.java")))) {
      entry(out);
    }
  }

  /** The entry to all: a kernel's number is its class's times nine plus its kind's. */
  private static void entry(PrintWriter out) {
    out.print(
        """
        package dev.convector.internal.grouped;

        /** Entry to the grouped kernels; generated, see GroupedKernels in the codegen folder. */
        final class GroupedKernel {
          static final int TAP = 0;
          static final int ROW1 = 1;
          static final int ROW2 = 5;
          static final int LEFT = 1;
          static final int RIGHT = 2;
        """);
    for (int i = 0; i < HOWS.size(); i++) {
      out.printf(
          "  static final int %s = %d;%n",
          HOWS.get(i).name.toUpperCase(Locale.ROOT), i * KINDS.length);
    }
    out.println("  private GroupedKernel() {}");
    out.printf("%n  static void run(int kernel, int pixels, %s) {%n", PARAMETERS);
    out.println("    switch (kernel) {");
    for (int i = 0; i < HOWS.size(); i++) {
      for (int kind = 0; kind < KINDS.length; kind++) {
        out.printf(
            "      case %d -> %s.%s(pixels, %s);%n",
            i * KINDS.length + kind, HOWS.get(i).className(), KINDS[kind], ARGUMENTS);
      }
    }
    out.println("      default -> throw new AssertionError(\"no kernel \" + kernel);");
    out.println("    }");
    out.println("  }");
    out.println("}");
  }

  private static void print(PrintWriter out, How how) {
    out.printf(
        """
        package dev.convector.internal.grouped;

        import static dev.convector.internal.simd.Simd.INTS;
        import static dev.convector.internal.simd.Simd.LANES;
        import static dev.convector.internal.simd.Simd.SPECIES;

        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.IntVector;

        /** Tiles of grouped convolution; generated, see GroupedKernels in the codegen folder. */
        final class %1$s {
          private %1$s() {}
        """,
        how.className());
    for (String kind : KINDS) {
      dispatcher(out, kind, how);
      for (int pixels = 1; pixels <= how.mostPixels; pixels++) {
        tile(out, how, kind, pixels);
      }
    }
    out.println("}");
  }

  private static final String PARAMETERS =
      """
      int tiles, int[] steps, int fromStep, int toStep, int channels, float[] a, int aOffset,
            int aRow, int aStep, int[] index, int indexOffset, float[] b, int bOffset, int bVector,
            float[] start, int startOffset, int startRow, int startStep, int startVector,
            float[] c, int cOffset, int cRow, int cStep, int cVector, float low, float high\
      """;

  private static final String ARGUMENTS =
      "tiles, steps, fromStep, toStep, channels, a, aOffset, aRow, aStep, index, indexOffset, b,"
          + " bOffset, bVector, start, startOffset, startRow, startStep, startVector, c, cOffset,"
          + " cRow, cStep, cVector, low, high";

  /** One switch over the pixels for each kind. */
  private static void dispatcher(PrintWriter out, String kind, How how) {
    out.printf("%n  static void %s(int pixels, %s) {%n", kind, PARAMETERS);
    out.println("    switch (pixels) {");
    for (int pixels = 1; pixels <= how.mostPixels; pixels++) {
      out.printf("      case %d -> %sx%d(%s);%n", pixels, kind, pixels, ARGUMENTS);
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + pixels);");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(PrintWriter out, How how, String kind, int pixels) {
    boolean tap = kind.equals("tap");
    int taps = tap ? 1 : 3;
    int spacing = kind.startsWith("row2") ? 2 : 1;
    String step = tap ? "aStep" : how.step;
    int columns = (pixels - 1) * spacing + taps;
    int first = kind.contains("L") ? 1 : 0;
    int end = kind.contains("R") ? columns - 1 : columns;
    out.printf("%n  private static void %sx%d(%s) {%n", kind, pixels, PARAMETERS);
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    out.println("    for (int tile = 0; tile < tiles; tile++) {");
    out.println("      int from = aOffset + tile * aRow;");
    out.println("      int s = startOffset + tile * startRow;");
    for (int v = 0; v < how.vectors; v++) {
      for (int p = 0; p < pixels; p++) {
        out.printf(
            "      FloatVector c%1$d_%2$d ="
                + " FloatVector.fromArray(SPECIES, start, s + %1$d * startStep%3$s);%n",
            p, v, v == 0 ? "" : " + startVector");
      }
    }
    out.println("      for (int r = fromStep; r < toStep; r++) {");
    out.println("      int at = from + steps[r];");
    out.printf("      int first = bOffset + r * channels * %d * LANES;%n", taps);
    out.printf("      int end = first + channels * %d * LANES;%n", taps);
    if (how.select) out.println("      int l = indexOffset;");
    out.printf("      for (int w = first; w < end; w += %d * LANES) {%n", taps);
    weights(out, how, taps);
    for (int k = first; k < end; k++) {
      column(out, how, k, pixels, taps, spacing, step);
    }
    out.println(how.select ? "        l += LANES;" : "        at++;");
    out.println("      }}");
    out.println("      int d = cOffset + tile * cRow;");
    for (int v = 0; v < how.vectors; v++) {
      for (int p = 0; p < pixels; p++) {
        out.printf(
            "      c%1$d_%2$d = c%1$d_%2$d.blend(lows, c%1$d_%2$d.lt(lows));%n"
                + "      c%1$d_%2$d.blend(highs, highs.lt(c%1$d_%2$d))"
                + ".intoArray(c, d + %1$d * cStep%3$s);%n",
            p, v, v == 0 ? "" : " + cVector");
      }
    }
    out.println("    }");
    out.println("  }");
  }

  private static void weights(PrintWriter out, How how, int taps) {
    if (how.select) {
      out.println("        IntVector lanes = IntVector.fromArray(INTS, index, l);");
    }
    for (int v = 0; v < how.vectors; v++) {
      for (int t = 0; t < taps; t++) {
        out.printf(
            "        FloatVector b%1$d_%2$d = FloatVector.fromArray(SPECIES, b, w%3$s + %1$d * LANES);%n",
            t, v, v == 0 ? "" : " + bVector");
      }
    }
  }

  /** Loads an input column and adds it to the sums that see it. */
  private static void column(
      PrintWriter out, How how, int k, int pixels, int taps, int spacing, String step) {
    String at = "at + " + k + " * " + step;
    if (how.select) {
      out.printf(
          "        IntVector v%d ="
              + " FloatVector.fromArray(SPECIES, a, %s).reinterpretAsInts();%n",
          k, at);
      out.printf("        FloatVector x%1$d = lanes.selectFrom(v%1$d).reinterpretAsFloats();%n", k);
    } else {
      out.printf("        FloatVector x%d = FloatVector.broadcast(SPECIES, a[%s]);%n", k, at);
    }
    for (int t = taps - 1; t >= 0; t--) {
      int p = (k - t) / spacing;
      if (k >= t && (k - t) % spacing == 0 && p < pixels) {
        for (int v = 0; v < how.vectors; v++) {
          out.printf("        c%1$d_%2$d = x%3$d.fma(b%4$d_%2$d, c%1$d_%2$d);%n", p, v, k, t);
        }
      }
    }
  }
}
